// What a client can ask, in any dialect. Names are as typed: whether they name anything is not the codec's business.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace salond::command {

struct register_user {
  std::string username, alias, password;
};
struct log_in {
  std::string username, password;
};
/// An account for who has an invitation, also where nobody else may register.
struct register_invited {
  std::string code;
  register_user account;
  std::optional<log_in> otherwise{}; ///< what it may have meant, where there is no such invitation
};
/// A login by a token instead of a password.
struct resume {
  std::string token;
  std::optional<log_in> otherwise{}; ///< what it may have meant, where there is no such token
};
struct post {
  std::string salon, text;
};
struct join {
  std::string salon;
};
struct leave {
  std::string salon;
};
struct tell_privately {
  std::string target, text;
};
/// Are these credentials right? Changes nothing.
struct check_credentials {
  std::string username, password;
};
struct ban {
  std::string target;
};
struct change_password {
  /// Each way to read the words as an old and a new password, in the order in which they are tried; at most 8.
  std::vector<std::pair<std::string, std::string>> readings;
};
/// The last `count` messages of a salon.
struct history {
  std::string salon;
  int64_t count = 0;
};
/// Who of a salon's members is connected?
struct who {
  std::string salon;
};
/// The last messages of a salon that hold the text, in any case of letters.
struct search {
  static constexpr int max_found = 50;
  std::string salon, text;
};
struct issue_token {};
struct help {};
struct quit {};

using any = std::variant<register_user, register_invited, log_in, resume, post, join, leave, tell_privately,
                         check_credentials, ban, change_password, history, who, search, issue_token, help, quit>;

} // namespace salond::command
