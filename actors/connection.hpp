// CONNECTION: one client. Gives bytes to its codec, its codec's utterances to its session, and carries out what the
// session decides. A broker: lives on the I/O thread, beside the audience, which calls it directly.
#pragma once
#include "actors/audience.hpp"
#include "actors/client_socket.hpp"
#include "actors/interfaces/connection.hpp"
#include "actors/rules/said_bytes.hpp"

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
  void hear(const shared_texts& spelled) override;
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
  bool has_room();
  size_t unsent() const;
  bool waits_for_pace() const;
  bool waits_for_peer() const;
  void drain_codec();
  void go_on_if_choked();
  bool next_may_be_heard();
  bool in_pace(utterance& said);
  bool in_budget(utterance& said);
  bool in_message_rate(utterance& said);
  void hold_for(instant::duration wait);
  void wait_for_turn();
  void arrived();
  void pay_for(const rules::effects& answer);
  void pay_for_reading(size_t bytes, bool begins);
  utterance refused_for_flooding();
  void carry_out(rules::effects what);
  void tell(const event::any& what);
  bool takes_none();
  void read_on_or_pause();
  bool is_not_to_be_read();
  void forget(size_t bytes);
  void wake_at_deadline();
  void wake_up(instant::duration after = instant::duration{0});
  bool hear_of(const event::any& what);
  bool keeps_up();
  void leave_out();
  void finish_if_said();

  // One function a question; connection_questions.cpp.
  void ask(rules::question::any what);
  void carry(rules::question::find_user& what);
  void carry(rules::question::verify& what);
  void carry(rules::question::hash& what);
  void carry(rules::question::find_invitation& what);
  void carry(rules::question::find_token& what);
  void carry(rules::question::arrive& what);
  void carry(rules::question::register_user& what);
  void carry(rules::question::replace_hash& what);
  void carry(rules::question::change_password& what);
  void carry(rules::question::post& what);
  void carry(rules::question::join& what);
  void carry(rules::question::leave& what);
  void carry(rules::question::history& what);
  void carry(rules::question::who& what);
  void carry(rules::question::search& what);
  void carry(rules::question::tell_privately& what);
  void carry(rules::question::ban& what);
  void carry(rules::question::issue_token& what);
  void carry(rules::question::next_piece& what);

  // What is handed out piece by piece; connection_hand_out.cpp.
  /// Messages of a salon on their way: what is left of them.
  struct messages_of {
    const desk* at;
    std::vector<weighed> later;
  };
  /// A search that has not come to its end.
  struct search_of {
    const desk* at;
    std::string text;
    int64_t before;             ///< nothing below this order number was looked at
    std::vector<weighed> found; ///< newest first
  };
  /// A list of who is connected.
  struct members_of {
    const desk* at;
    std::string after_key; ///< those behind this key are to be told
  };
  void ask_if_read();
  void ask_when_paid(double cost);
  void ask_next(std::monostate&);
  void ask_next(messages_of& state);
  void ask_next(search_of& state);
  void ask_next(members_of& state);
  void tell_messages(std::vector<chat_message> messages);
  void take_found(persistence::searched_part& part);
  void tell_members(rules::presence::named& who);
  void hand_out_no_more(rules::answer::any why);
  bool serves(const desk& at);
  template <class Ask, class Then>
  void read_as_member(const desk& at, Ask ask, Then then);
  void confirm_all(const std::vector<decided_request>& told);
  void confirm_taken();

  void send_post(desk& at, rules::question::post& what);
  outcome<desk*> open_desk(const std::string& salon);
  void open_session(const rules::question::arrive& as);
  void read_user(std::string key);
  void found_user(outcome<user> who);
  void give_registration_back();
  bool may_try(const rules::question::any& what, std::string account);
  void tried(admission::attempt_result how, size_t guesses = 1);

  std::shared_ptr<audience> house_;
  caf::intrusive_ptr<client_socket> socket_;
  std::unique_ptr<codec> codec_;
  rules::session session_;
  std::optional<rules::question::post> parked_;
  instant parked_until_{}, entered_{};
  rules::client_budget budget_;
  std::optional<utterance> slowed_; ///< said, and not heard before slowed_until_
  instant slowed_until_{};          ///< nothing is heard before
  bool paid_ = false;               ///< what is slowed has paid for itself
  double prepaid_ = 0;              ///< for an answer that is not whole yet
  size_t heard_ = 0;                ///< frames in this turn of the loop
  bool resting_ = false;            ///< enough were heard in this turn
  admission::attempt attempt_;      ///< of a password
  std::optional<rules::question::any> attempt_waits_;
  bool no_token_ = false;    ///< what was said for a token is none, and is tried as a password
  bool registering_ = false; ///< until its password is hashed: one account of the hour's is used up
  salon_id asked_salon_;     ///< of the posts or the question that are open
  std::optional<rules::question::any> when_read_; ///< asked once it has read what it was told
  rules::said_bytes said_;
  /// On their way into the socket; delivered when so many bytes of said_ are taken.
  std::vector<std::pair<uint64_t, private_id>> to_confirm_;
  std::vector<std::pair<uint64_t, decided_request>> decisions_to_confirm_;
  /// What is handed out; nothing of these: what waited for the login.
  std::variant<std::monostate, messages_of, search_of, members_of> handed_out_;
  std::optional<fault> refusal_;
  std::optional<instant> wake_at_;    ///< a `wake` is under way for then
  std::optional<instant> closing_by_; ///< hung up: then it ends, read or not
  bool over_tls_ = false;
  bool arriving_ = false; ///< its handshake waits for its turn at its address
  size_t forgotten_ = 0;  ///< bytes, since it was hung up
  bool finished_ = false; ///< our output is ended; the peer's end is awaited
  bool paused_ = false;
  bool pumping_ = false;
  bool choked_ = false;         ///< its next command waits until it has read its answers
  bool asked_services_ = false; ///< bans or passwords owe an answer
  bool too_slow_ = false;
  bool behind_ = false;      ///< what others say is left out until it has been told half of what waits
  bool transparent_ = false; ///< as its codec: what is spelled goes past it
};

} // namespace salond
