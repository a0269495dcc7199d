// Proving who somebody is: the first of two steps. The second, entering the server, is the session's. A proof does not
// know its purpose: a login, a look at somebody's credentials, a new password. A new way to prove oneself is a new
// state here.
#pragma once
#include "actors/rules/questions.hpp"

namespace salond::rules {

class proof {
public:
  /// The account that is proven, and what showed it.
  struct proven {
    user who;
    size_t which = 0;          ///< index of the password that fits
    std::string better_hash{}; ///< of that password, where the stored one is outdated; else empty
    std::string token{};       ///< that showed it, if one did
  };
  /// What comes next: a question, or the end of the proof.
  using step = std::variant<question::any, fault, proven>;

  /// Claims that one of these passwords is the user's. REQUIRES: there is one.
  static proof by_password(std::string username, std::vector<std::string> passwords);
  /// Claims that the token is somebody's.
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
  /// The passwords are compared with the user's hash. Without a user they are compared with nothing, at the same cost.
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
