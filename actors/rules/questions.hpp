// The questions that a session asks the server, and the answer to each. Pure values.
#pragma once
#include "protocol/words/command.hpp"
#include "protocol/words/event.hpp"
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace salond::rules {

/// The questions of a session beside its client's commands. answer_to() names the type of each answer.
namespace question {

/// Is the name out for good, and what is stored about it?
struct find_user {
  /// The reason for the question: to prove a password, which may be tried only so often, or to see whether the names
  /// are free.
  enum class purpose { proof, registration, invited_registration };
  std::string username;
  purpose reason = purpose::proof;
  std::string key = {};   ///< of the name, once it was made: the question is asked again after a wait
  std::string alias = {}; ///< of a registration: whether it is free as well
};
/// Which of the passwords fits the hash? An empty hash fits none, at the same cost.
struct verify {
  std::string hash;
  std::vector<std::string> passwords;
};
struct hash {
  std::string password;
};
/// May somebody register with it? The account that is made uses it up, not the question. invalid_invitation,
/// too_many_attempts, storage; wrong_credentials: it is no invitation, and may be the login of an existing user of that
/// name.
struct find_invitation {
  std::string code;
  std::string otherwise = {}; ///< the username; empty: it can be no login
};
/// Whose is it? The login that begins uses it up, not the question.
struct find_token {
  std::string token;
};
/// The user is proven, and enters the server. The token that proved him ends with it, if one did. Refused with storage
/// if an operator has given him another name, role or password meanwhile: he is to try again with the new ones.
struct arrive {
  user who;               ///< as stored before the proof
  std::string token = {}; ///< that showed it, if one did
};
struct register_user {
  std::string username, alias, password;
  std::string invitation = {}; ///< its code; empty: none
};
/// A better hash of a password that was right. No answer: an improvement only.
struct replace_hash {
  user_id who;
  std::string expected, hash;
};
struct change_password {
  user_id who;
  std::string expected, hash;
};
/// The next piece of what is handed out: messages that waited for the login, a history, a search's finds, a list.
struct next_piece {};

/// A command of the client's that the session lets pass is asked as it is.
using any = std::variant<find_user, verify, hash, find_invitation, find_token, arrive, register_user, replace_hash,
                         change_password, next_piece, command::post, command::join, command::leave, command::history,
                         command::who, command::search, command::tell_privately, command::ban, command::issue_token>;

} // namespace question

namespace answer {

/// banned, unknown_user, wrong_credentials (a token), too_many_attempts, storage, busy. Of a registration: unknown_user
/// if nothing is in its way, else registration_closed, reserved_name, name_taken, alias_taken.
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
  std::vector<event::any> missed;    ///< events that waited, in order; told after the welcome
  bool more = false;                 ///< not all of it
};
struct posted {
  std::optional<fault> why_not;
  std::string salon; ///< as typed, if it was refused
};
struct settled {
  outcome<done> result;
  std::optional<event::any> told{}; ///< to the client, if it is not refused and nobody else tells it
};
struct remembered {
  outcome<std::vector<event::any>> page;
  bool more = false; ///< there is another piece
};

using any = std::variant<found, verified, hashed, arrived, posted, settled, remembered>;

} // namespace answer

// The answer to each question.
answer::found answer_to(const question::find_user&);
answer::found answer_to(const question::find_token&);
answer::settled answer_to(const question::find_invitation&);
answer::verified answer_to(const question::verify&);
answer::hashed answer_to(const question::hash&);
answer::arrived answer_to(const question::arrive&);
answer::settled answer_to(const question::register_user&);
answer::settled answer_to(const question::change_password&);
answer::remembered answer_to(const question::next_piece&);
answer::posted answer_to(const command::post&);
answer::settled answer_to(const command::join&);
answer::settled answer_to(const command::leave&);
answer::remembered answer_to(const command::history&);
answer::remembered answer_to(const command::who&);
answer::remembered answer_to(const command::search&);
answer::settled answer_to(const command::tell_privately&);
answer::settled answer_to(const command::ban&);
answer::settled answer_to(const command::issue_token&);

/// The type of a question's answer.
template <class Question>
using answer_of = decltype(answer_to(std::declval<const Question&>()));

} // namespace salond::rules
