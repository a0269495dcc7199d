// One client from the first byte to the last: what it says in, what is to be done out.
// Pure: knows no codec, no socket, no actor and no clock. The connection carries out the effects and brings the
// answers.
//
// Invariants:
// - A barrier a command: the next utterance is taken when the last one is answered; only posts to one salon may follow
//   one another unanswered, up to the window, since the salon keeps their order.
// - What is handed out (what waited for a login, a history) is one answer in many pieces: the next utterance is taken
//   behind the last of them.
// - Nothing is asked or told after hang_up.
#pragma once
#include "protocol/words/event.hpp"
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"
#include "protocol/words/utterance.hpp"
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace salond::rules {

/// What a session asks the server; each but replace_hash is answered by exactly one `answer`.
namespace question {

/// Is the name out for good, and what is stored about it? -> answer::found
struct find_user {
  /// What for: to prove a password, which may be tried only so often, or to see whether the name is free.
  enum class purpose { proof, registration, invited_registration };
  std::string username;
  purpose what = purpose::proof;
  std::string key = {}; ///< of the name, once it was made: who waits for his turn is asked for again
};
/// Which of the passwords fits the hash? An empty hash fits none, at the same cost. -> answer::verified
struct verify {
  std::string hash;
  std::vector<std::string> passwords;
};
/// -> answer::hashed
struct hash {
  std::string password;
};
/// May somebody register with it? It is used up by the account that is made, not before. -> answer::settled, or found
/// where it may not be tried
struct find_invitation {
  std::string code;
};
/// Whose is it? It is used up by the login that begins, not before. -> answer::found
struct find_token {
  std::string token;
};
/// The user is proven; the session begins, and ends the token that proved him, if one did. -> answer::arrived
struct arrive {
  user_id who;
  std::string username;
  std::string token = {};
};
/// -> answer::settled
struct register_user {
  std::string username, alias, hash;
  std::string invitation = {}; ///< its code; empty: none
};
/// A better hash of a password that was right. No answer: an improvement only.
struct replace_hash {
  user_id who;
  std::string expected, hash;
};
/// -> answer::settled
struct change_password {
  user_id who;
  std::string expected, hash;
};
/// -> answer::posted
struct post {
  std::string salon, text;
};
/// -> answer::settled, or answer::told
struct join {
  std::string salon;
};
/// -> answer::settled
struct leave {
  std::string salon;
};
/// -> answer::remembered
struct history {
  std::string salon;
  int64_t count = 0;
};
/// -> answer::remembered
struct who {
  std::string salon;
};
/// -> answer::remembered, or answer::told: that there is none
struct search {
  std::string salon, text;
};
/// -> answer::settled
struct tell_privately {
  std::string target, text;
};
/// -> answer::told
struct ban {
  std::string target;
};
/// -> answer::told
struct issue_token {};

/// Of what is handed out: what waited for the login, a history, a list. -> answer::remembered; of a search also
/// answer::told
struct next_piece {};

using any = std::variant<find_user, verify, hash, find_invitation, find_token, arrive, register_user, replace_hash,
                         change_password, post, join, leave, history, who, search, tell_privately, ban, issue_token,
                         next_piece>;

} // namespace question

namespace answer {

/// banned, unknown_user, wrong_credentials (a token), too_many_attempts, registration_closed, reserved_name, storage,
/// busy.
struct found {
  outcome<user> who;
};
struct verified {
  outcome<done> heard;         ///< or why nothing could be verified (busy)
  std::optional<size_t> which; ///< the first password that fits
  std::string better_hash;     ///< of that password, where the stored one is outdated; else empty
};
struct hashed {
  outcome<std::string> hash;
};
struct arrived {
  outcome<event::logged_in> welcome; ///< banned, kicked, unknown_user, wrong_credentials (a token), storage, busy
  std::vector<event::any> missed;    ///< what waited, in order; told after the welcome
  bool more = false;                 ///< not all of it
};
struct posted {
  std::optional<fault> why_not;
  std::string salon; ///< as typed, where it was refused
};
struct settled {
  outcome<done> result;
};
/// What the client is told where it is not refused.
struct told {
  outcome<event::any> what;
};
struct remembered {
  outcome<std::vector<event::any>> page;
  bool more = false; ///< there is another piece
};

using any = std::variant<found, verified, hashed, arrived, posted, settled, told, remembered>;

} // namespace answer

/// What the connection is to do.
struct tell {
  event::any what;
};
struct ask {
  question::any what;
};
/// The same, once the client has room for the answer. The session waits as for any answer.
struct ask_when_read {
  question::any what;
};
/// Nothing comes after it: `last` is told, all is flushed, the connection closes.
struct hang_up {
  std::optional<event::any> last;
};
using effect = std::variant<tell, ask, ask_when_read, hang_up>;
using effects = std::vector<effect>;

class session {
public:
  /// `window`: how many posts of this client may be unanswered, at least 1.
  explicit session(size_t window) : window_(window) {}

  /// True while the next utterance must not be taken yet.
  bool waiting() const;

  /// True until somebody is logged in (a login that is on its way included).
  bool anonymous() const { return !logged_in_; }
  /// Whether what is answered now was asked for by a command: what a login brings, in however many pieces, was not.
  bool asked_for() const { return logged_in_ && stage_ != stage::handing_out; }
  bool closed() const { return stage_ == stage::closed; }
  /// True while a question or a post is unanswered.
  bool unanswered() const { return posts_ > 0 || asked(); }

  /// Whose session it is. REQUIRES: not anonymous, or a login on its way.
  const user& who() const { return who_; }
  /// An operator gave the user another name or another role.
  void change_account(const std::string& username, role now) {
    who_.username = username;
    who_.role = now;
  }

  /// REQUIRES: !waiting().
  effects hear(utterance said);
  /// What the last question, or a post, was answered.
  effects answered(answer::any what);
  /// The time to log in is over.
  effects time_is_up();
  /// The connection was closed from above: nothing is heard or answered any more.
  void hung_up();

private:
  enum class stage {
    greeting,    ///< nobody yet
    finding,     ///< what is stored about the name?
    verifying,   ///< is the password right?
    redeeming,   ///< is the token right?
    invited,     ///< is the invitation right?
    hashing,     ///< of a new password
    storing,     ///< of an account, or of a new password
    arriving,    ///< proven; the session begins
    handing_out, ///< logged in; it is told what waited
    open,        ///< logged in, nothing asked but posts
    asked,       ///< logged in, one question is open
    closed
  };
  enum class purpose { none, log_in, register_user, check, change_password };

  bool asked() const { return stage_ != stage::greeting && stage_ != stage::open && stage_ != stage::closed; }
  effects end(std::optional<event::any> last);
  effects refuse(fault why);
  effects question_is(question::any what, std::string subject = {});
  effects settle(std::optional<event::any> told);
  effects go_on(effects so_far);

  effects take(utterance& said);
  effects obey(command::any& said);
  effects greeted(command::any& said);
  effects begin_login(command::log_in& said);
  effects begin_registration(command::register_user& said);
  effects begin_invited(command::register_invited& said);
  effects commanded(command::any& said);
  effects post(command::post& said);
  effects on_found(answer::found& found);
  effects on_verified(answer::verified& verified);
  effects on_hashed(answer::hashed& hashed);
  effects on_arrived(answer::arrived& arrived);
  effects on_remembered(answer::remembered& remembered);
  effects hand_out(effects so_far, std::vector<event::any>& events, bool more);
  effects on_posted(const answer::posted& posted);
  effects on_settled(const answer::settled& settled);

  size_t window_;
  stage stage_ = stage::greeting;
  purpose purpose_ = purpose::none;
  bool logged_in_ = false;
  size_t posts_ = 0;
  std::string post_salon_;        ///< of the posts in flight, as typed
  std::optional<utterance> held_; ///< taken, but waits until the posts are answered
  user who_;
  std::string subject_; ///< whom the open question is about, for its refusal
  command::register_user registering_;
  std::string invitation_;                  ///< the code of who registers by one
  std::optional<command::log_in> fallback_; ///< RESUME: the token, and what to try as a password when it is none
  std::vector<std::pair<std::string, std::string>> readings_;
  std::string password_; ///< of the login on its way
  std::string old_hash_; ///< that a new password replaces
};

} // namespace salond::rules
