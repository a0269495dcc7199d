// CONNECTION: one client. Gives bytes to its codec, its codec's utterances to its session, and carries out what the
// session decides. It is a broker, so that it lives on the I/O thread, beside the audience, which calls it directly.
#pragma once
#include "actors/audience.hpp"
#include "actors/client/inlet.hpp"
#include "actors/client/outlet.hpp"
#include "actors/client/unconfirmed.hpp"
#include "actors/client_socket.hpp"
#include "actors/dialects.hpp"
#include "actors/interfaces/connection.hpp"

namespace salond {

class connection final : public caf::io::broker, public subscriber, public socket_owner {
public:
  /// `refusal`: the client is told that, and closed.
  connection(caf::actor_config& cfg, std::shared_ptr<audience> audience, caf::intrusive_ptr<client_socket> socket,
             const dialect& speaks, std::optional<fault> refusal);
  ~connection() override;

  const char* name() const override { return "connection"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  // socket_owner
  void input_ended() override;
  void input_dropped(size_t bytes) override;
  void output_drained() override;
  void tls_failed(const std::string& why) override;

  // subscriber
  void hear(const shared_texts& spelled) override;
  void deliver(const shared_texts& spelled, private_id message) override;
  void confirm(const decided_request& decision) override;
  void answered(rules::answer::any answer) override { answered(std::move(answer), {}); }
  void close(const std::optional<event::any>& last) override;
  bool hung_up() const override { return !outlet_.open(); }
  void flush() override;
  void time_has_come(instant now) override;
  void lost(salon_id failed) override;
  void services_lost() override;
  void unparked() override;
  void account_is(const std::string& username, role now) override;
  void attempt_due() override;

private:
  instant now() { return clock().now(); }
  rules::session& session() { return inlet_.session(); }

  // --- turns; connection.cpp ---
  void work();
  void pump();
  bool take_next();
  void go_on_in_another_dialect();
  void go_on(inlet::step next);
  void take_bytes(std::string_view bytes);
  void wait_for_turn();
  void read_on_or_pause();
  void go_on_if_choked();
  void wake_at_deadline();
  void wake_up(instant::duration after = instant::duration{0});
  void carry_out(rules::effects effects);
  void answered(rules::answer::any answer, const std::vector<decided_request>& decided);

  // --- what it is told, and its end; connection_output.cpp ---
  void tell(const event::any& event);
  void hear(const event::any& event);
  void pass_on(const shared_texts& spelled);
  bool may_hear();
  void tell_that_it_is_left_out();
  void cut_off();
  void stop_hearing();
  void finish_if_said();
  void wait_for_what_is_written();
  void look_what_has_come();
  void look_later();
  void quit_if_over();
  bool is_over() const;
  void take_for_delivered(outlet::written written);
  void settle_what_has_come();
  void let_go_of_socket();

  /// The answer to a `Question`, whose type belongs to it. `decided`: the decisions that are told with it.
  template <class Question>
  void answer(rules::answer_of<Question> result, const std::vector<decided_request>& decided = {}) {
    answered(std::move(result), decided);
  }

  // One function a question; connection_questions.cpp.
  void ask(rules::question::any asked);
  void carry(rules::question::find_user& question);
  void carry(rules::question::verify& question);
  void carry(rules::question::hash& question);
  void carry(rules::question::find_invitation& question);
  void carry(rules::question::find_token& question);
  void carry(rules::question::arrive& question);
  void carry(rules::question::register_user& question);
  void carry(rules::question::replace_hash& question);
  void carry(rules::question::change_password& question);
  void carry(command::post& question);
  void carry(command::join& question);
  void carry(command::leave& question);
  void carry(command::history& question);
  void carry(command::who& question);
  void carry(command::search& question);
  void carry(command::tell_privately& question);
  void carry(command::ban& question);
  void carry(command::issue_token& question);
  void carry(rules::question::next_piece& question);

  // What is handed out piece by piece; connection_hand_out.cpp.
  /// What waited for the login, while another connection may have been told it: read again until it is marked.
  struct mail_of {
    std::string username;
    std::vector<decided_request> decided;
    int looks_left;
  };
  /// Messages of a salon on their way: what is left of them.
  struct messages_of {
    const local_salon* salon;
    std::vector<weighed> later;
  };
  /// A search that has not come to its end.
  struct search_of {
    const local_salon* salon;
    std::string text;
    int64_t before;             ///< nothing below this order number was looked at
    std::vector<weighed> found; ///< newest first
  };
  /// A list of who is connected.
  struct members_of {
    const local_salon* salon;
    std::string after_key; ///< those behind this key are to be told
  };
  void ask_if_read();
  void ask_when_paid(double cost);
  void ask_next(std::monostate&);
  void ask_next(mail_of& state);
  void ask_next(messages_of& state);
  void ask_next(search_of& state);
  void ask_next(members_of& state);
  rules::backlog::piece hand_out_later(const std::string& username, std::vector<decided_request>&& decided);
  void take_mail(persistence::private_page& found);
  void look_again();
  void ask_later(instant::duration wait);
  void tell_messages(std::vector<chat_message> messages);
  void take_found(persistence::searched_part& part);
  void tell_nothing_found(const std::string& salon);
  void tell_members(rules::presence::named& members);
  void hand_out_no_more(fault why);
  bool serves(const local_salon& salon);
  template <class Ask, class Then>
  void read_as_member(const local_salon& salon, Ask ask, Then then);

  void send_post(local_salon& salon, command::post& post);
  outcome<local_salon*> open_salon(const std::string& name);
  void open_session(const rules::question::arrive& as);
  void begin_session(const std::string& username, persistence::arrival&& as, bool told_elsewhere);
  void read_user(std::string key);
  void look_for_names(const rules::question::find_user& question);
  void found_user(outcome<user> found);
  void give_registration_back();
  void take_registration_back();
  void take_hash_back();
  template <class Question>
  bool may_try(const Question& question, std::string account, admission::attempt::secret said);
  void tried(admission::attempt_result result, size_t guesses = 1);

  /// What the client says to prove who it is.
  enum class credential : uint8_t {
    password,
    after_token,   ///< a wrong token, which is tried as a password and counts for nobody's account
    of_new_account ///< until the relay makes the account: it uses up one of those of the hour
  };
  struct services_of_node {}; ///< bans, or passwords

  std::shared_ptr<audience> audience_;
  caf::intrusive_ptr<client_socket> socket_; ///< null once it is closed
  std::unique_ptr<codec> codec_;
  outlet outlet_;
  unconfirmed unconfirmed_;
  inlet inlet_;
  const std::optional<fault> refusal_; ///< the client was told that instead of being let in
  const instant entered_;
  const bool over_tls_;
  std::optional<instant> wake_at_;  ///< a `wake` is under way for then
  std::optional<instant> looks_at_; ///< then it looks what has come of what it was written

  std::unique_ptr<admission::attempt> attempt_; ///< of a password
  std::unique_ptr<rules::question::any> attempt_waits_;
  credential credential_ = credential::password;
  std::shared_ptr<pending_hash> hash_;         ///< that the session waits for
  std::shared_ptr<pending_hash> registration_; ///< with the relay
  /// The salon, or the service, that owes an answer to the posts or the question that are open.
  std::variant<std::monostate, salon_id, services_of_node> owed_by_;
  std::unique_ptr<rules::question::any> when_read_; ///< asked once the client has read what it was told
  /// What is handed out; nothing of these: what waited for the login.
  std::variant<std::monostate, mail_of, messages_of, search_of, members_of> handed_out_;
};

} // namespace salond
