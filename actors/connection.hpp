// CONNECTION: one client. Gives bytes to its codec, its codec's utterances to its session, and carries out what the
// session decides. A broker: lives on the I/O thread, beside the audience, which calls it directly.
#pragma once
#include "actors/audience.hpp"
#include "actors/client_socket.hpp"

namespace salond {

class connection final : public caf::io::broker, public hearer, public socket_owner {
public:
  /// `refusal`: it is told that and closed.
  connection(caf::actor_config& cfg, std::shared_ptr<audience> house, caf::intrusive_ptr<client_socket> socket,
             dialect speaks, std::optional<fault> refusal);
  ~connection() override;

  const char* name() const override { return "connection"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  // socket_owner
  void input_ended() override;
  void output_drained() override;
  void tls_failed(const std::string& why) override;

  // hearer
  void hear(const shared_bytes& spelled) override;
  void hear(const event::any& what) override;
  void deliver(const event::said_privately& what) override;
  void confirm(const decided_request& what) override;
  void answered(rules::answer::any what) override;
  void close(const std::optional<event::any>& last) override;
  void flush() override;
  void time_has_come(instant now) override;
  void lost(salon_id which) override;
  void services_lost() override;
  void unparked() override;
  void account_is(const std::string& username, role now) override;
  void attempt_due() override;

private:
  instant now() { return clock().now(); }
  void work();
  void pump();
  bool has_room() const;
  size_t unsent() const;
  void drain_codec();
  void go_on_if_choked();
  bool in_pace(utterance& said);
  void carry_out(rules::effects what);
  void read_on_or_pause();
  void wake_at_deadline();
  void wake_up(instant::duration after = instant::duration{0});
  void check_room();
  void finish_if_said();

  // One function a question; connection_questions.cpp.
  void ask(rules::question::any what);
  void carry(rules::question::find_user& what);
  void carry(rules::question::verify& what);
  void carry(rules::question::hash& what);
  void carry(rules::question::redeem_token& what);
  void carry(rules::question::arrive& what);
  void carry(rules::question::register_user& what);
  void carry(rules::question::replace_hash& what);
  void carry(rules::question::change_password& what);
  void carry(rules::question::post& what);
  void carry(rules::question::join& what);
  void carry(rules::question::leave& what);
  void carry(rules::question::history& what);
  void carry(rules::question::tell_privately& what);
  void carry(rules::question::ban& what);
  void carry(rules::question::issue_token& what);
  void send_post(desk& at, rules::question::post& what);
  desk* open_desk(const std::string& salon);
  void read_user(std::string key);
  void found_user(outcome<user> who);
  void give_registration_back();
  void request_registration(const persistence::new_user& who);
  bool may_try(const rules::question::any& what, std::string account);
  void tried(admission::attempt_result how, size_t guesses = 1);

  std::shared_ptr<audience> house_;
  caf::intrusive_ptr<client_socket> socket_;
  std::unique_ptr<codec> codec_;
  rules::session session_;
  std::optional<rules::question::post> parked_;
  instant parked_until_{}, entered_{};
  std::optional<utterance> slowed_; ///< said, and not heard before slowed_until_
  instant slowed_until_{};
  admission::attempt attempt_; ///< of a password
  std::optional<rules::question::any> attempt_waits_;
  bool no_token_ = false;              ///< what was said for a token is none, and is tried as a password
  bool registering_ = false;           ///< until its password is hashed: one account of the hour's is used up
  salon_id asked_salon_;               ///< of the posts or the question that are open
  std::vector<private_id> to_confirm_; ///< private messages on their way into the socket
  std::vector<decided_request> decisions_to_confirm_;
  std::optional<fault> refusal_;
  std::optional<instant> wake_at_;    ///< a `wake` is under way for then
  std::optional<instant> closing_by_; ///< hung up: then it ends, read or not
  bool finished_ = false;             ///< our output is ended; the peer's end is awaited
  bool paused_ = false;
  bool pumping_ = false;
  bool choked_ = false;         ///< its next command waits until it has read its answers
  bool asked_services_ = false; ///< bans or passwords owe an answer
  bool too_slow_ = false;
  bool transparent_ = false; ///< as its codec: what is spelled goes past it
};

} // namespace salond
