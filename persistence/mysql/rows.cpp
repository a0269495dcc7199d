#include "persistence/mysql/rows.hpp"
#include <algorithm>

namespace salond::persistence::mysql {

const char* to_word(role what) {
  switch (what) {
  case role::user: return "user";
  case role::moderator: return "moderator";
  case role::administrator: return "administrator";
  }
  return "user";
}

const char* to_word(policy what) {
  switch (what) {
  case policy::automatic: return "auto";
  case policy::open: return "open";
  case policy::approval: return "approval";
  }
  return "approval";
}

role role_of(const std::string& word) {
  if (word == "administrator")
    return role::administrator;
  return word == "moderator" ? role::moderator : role::user;
}

policy policy_of(const std::string& word) {
  if (word == "auto")
    return policy::automatic;
  return word == "open" ? policy::open : policy::approval;
}

user user_in(const result& row) {
  return {user_id{row.integer(0)}, row.text(1), row.text(2), row.text(3), role_of(row.text(4))};
}

bool can_match(const std::string& hash) {
  if (hash.rfind("$argon2", 0) == 0)
    return true;
  return hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

} // namespace salond::persistence::mysql
