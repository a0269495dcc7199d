// One client from the first byte to the last: utterances in, effects out.
// Pure: it knows no codec, no socket, no actor and no clock. The connection carries out the effects and brings the
// answers. The dialect decides which events end a connection.
//
// Invariants:
// - A barrier a command: the next utterance is taken when the last one is answered; only posts to one salon may follow
//   one another unanswered, up to the window, since the salon keeps their order.
// - An answer may be handed out in many pieces (messages that waited for a login, a history): the next utterance is
//   taken behind the last piece.
// - Nothing is asked or told after hang_up.
#pragma once
#include "actors/rules/proof.hpp"
#include "protocol/words/utterance.hpp"
#include <memory>

namespace salond::rules {

/// The effects: what the connection is to do.
struct tell {
  event::any event;
};
struct ask {
  question::any question;
};
/// The same, once the client has room for the answer. The session waits as for any answer.
struct ask_when_read {
  question::any question;
};
/// Nothing comes after it: `last` is told, all is flushed, the connection closes.
struct hang_up {
  std::optional<event::any> last;
};
using effect = std::variant<tell, ask, ask_when_read, hang_up>;
using effects = std::vector<effect>;

/// What a session keeps of its user for as long as it lasts: there are many.
struct session_user {
  user_id id;
  std::string username; ///< as stored
  salond::role role = role::user;
};

class session {
public:
  /// `window`: how many posts of this client may be unanswered, at least 1.
  explicit session(size_t window) : window_(window) {}

  /// True while the next utterance must not be taken yet.
  bool waiting() const;

  /// True until somebody is logged in (a login that is on its way included).
  bool anonymous() const { return !account_; }
  /// Whether a command asked for what is answered now. No command asked for what a login brings, in however many
  /// pieces.
  bool asked_for() const { return account_ && !std::holds_alternative<catching_up>(state_); }
  bool closed() const { return std::holds_alternative<over>(state_); }
  /// True while a question or a post is unanswered.
  bool unanswered() const;

  /// The user of the session. REQUIRES: not anonymous, or a login on its way that is proven.
  const session_user& who() const { return account_ ? *account_ : std::get<entering>(state_).who; }
  /// An operator gave the user another name or another role.
  void change_account(const std::string& username, role now);

  /// REQUIRES: !waiting().
  effects hear(utterance said);
  /// The last question, or a post, was answered.
  effects answered(answer::any answer);
  /// Something of it is being stored: a refusal now might deny what holds already.
  bool stores() const;
  /// The time to log in is over. REQUIRES: !stores().
  effects time_is_up();
  /// The connection was closed from above: nothing is heard or answered any more.
  void hung_up() { state_ = over{}; }

private:
  // The purposes of a proof.
  struct log_in {};
  struct check {};
  struct change_password {
    std::vector<std::string> fresh; ///< a new password for each reading
  };
  using purpose = std::variant<log_in, check, change_password>;

  // --- states, each with what it alone needs ---
  struct nobody {}; ///< waits for a first frame
  /// Somebody says who he is.
  struct proving {
    proof attempt;
    purpose what_for;
  };
  /// Proven, and on the way in.
  struct entering {
    session_user who;
  };
  struct catching_up {}; ///< in; is told the messages that waited
  /// Nothing is asked but posts to one salon.
  struct open {
    std::string salon;                 ///< of the unanswered posts, as typed
    size_t posts = 0;                  ///< that are unanswered
    std::unique_ptr<utterance> held{}; ///< taken, but waits until they are answered
  };
  /// A command is asked.
  struct asking {
    std::string subject; ///< of the command, for its refusal
  };
  // An account is made: is the invitation right, where there is one, and the name free? Then it is stored, its password
  // hashed on the way.
  struct looking_for_invitation {
    std::unique_ptr<command::register_invited> wish; ///< apart: each session has room for the greatest state
  };
  struct looking_for_name {
    command::register_user wish;
    std::string invitation; ///< its code; empty: none
  };
  struct storing_account {};
  // A new password, once the old one is proven: it is hashed, and stored.
  struct hashing_password {
    std::string old_hash;
  };
  struct storing_password {};
  struct over {}; ///< hung up
  using state = std::variant<nobody, proving, entering, catching_up, open, asking, looking_for_invitation,
                             looking_for_name, storing_account, hashing_password, storing_password, over>;

  effects take(utterance& said);
  effects obey(command::any& said);
  effects obey(command::log_in& said);
  effects obey(command::resume& said);
  effects obey(command::register_user& said);
  effects obey(command::register_invited& said);
  effects obey(command::check_credentials& said);
  effects obey(command::change_password& said);
  effects obey(command::tell_privately& said);
  effects obey(command::post& said);
  effects obey(command::help& said);
  effects obey(command::quit& said);
  template <class Command>
  effects obey(Command& said);
  effects prove(proof attempt, purpose what_for);
  effects go_on(proof::step next);
  effects look_for_name(command::register_user wish, std::string invitation);
  effects proven(const log_in&, proof::proven& proven_user);
  effects proven(const check&, proof::proven& proven_user);
  effects proven(change_password& change, proof::proven& proven_user);
  effects not_proven(fault why);

  // Takes an answer in a state. An answer to nothing that is asked there is dropped.
  effects on(proving& now, answer::found& found) { return go_on(now.attempt.answered(found)); }
  effects on(proving& now, answer::verified& verified) { return go_on(now.attempt.answered(verified)); }
  effects on(entering& now, answer::arrived& arrived);
  effects on(catching_up& now, answer::remembered& remembered);
  effects on(open& now, answer::posted& posted);
  effects on(asking& now, answer::settled& settled);
  effects on(asking& now, answer::remembered& remembered);
  effects on(looking_for_invitation& now, answer::settled& settled);
  effects on(looking_for_name& now, answer::found& found);
  effects on(storing_account& now, answer::settled& settled);
  effects on(hashing_password& now, answer::hashed& hashed);
  effects on(storing_password& now, answer::settled& settled);
  template <class State, class Answer>
  effects on(State&, Answer&) {
    return {};
  }

  effects end(std::optional<event::any> last);
  effects settle(std::optional<event::any> told);
  effects hand_out(effects so_far, std::vector<event::any>& events, bool more);
  effects take_held(effects so_far);

  size_t window_;
  std::optional<session_user> account_; ///< the user who is logged in
  state state_;
};

} // namespace salond::rules
