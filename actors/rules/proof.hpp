// Proving who somebody is: the first of two steps. The second, entering the server, is the session's. A proof knows
// nothing of what it is for: a login, a look at somebody's credentials, a new password; another way to prove oneself is
// another state here.
#pragma once
#include "actors/rules/questions.hpp"

namespace salond::rules {

class proof {
public:
  /// Whose account it is, and how that was shown.
  struct proven {
    user who;
    size_t which = 0;          ///< of the passwords: the one that fits
    std::string better_hash{}; ///< of that password, where the stored one is outdated; else empty
    std::string token{};       ///< that showed it, if one did
  };
  /// What comes next: a question, or how it ended.
  using step = std::variant<question::any, fault, proven>;

  /// One of these passwords is the user's. REQUIRES: there is one.
  static proof by_password(std::string username, std::vector<std::string> passwords);
  /// The token is somebody's.
  static proof by_token(command::resume said);

  step begin();
  step answered(answer::found& found);
  step answered(answer::verified& verified);

private:
  /// A name is looked up.
  struct finding {
    std::string username;
    std::vector<std::string> passwords;
  };
  /// The passwords are compared with what is stored of the user; nobody: with nothing, at the same cost.
  struct verifying {
    std::optional<user> who;
  };
  struct redeeming {
    command::resume said;
  };
  using state = std::variant<finding, verifying, redeeming>;

  explicit proof(state first) : state_(std::move(first)) {}
  step find(finding next);
  step verify(outcome<user>& found, std::vector<std::string> passwords);
  step redeem(outcome<user>& found, command::resume said);

  state state_;
};

} // namespace salond::rules
