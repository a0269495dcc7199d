#include "persistence/column_words.hpp"
#include <algorithm>
#include <limits>

namespace salond::persistence {

const char* to_word(role value) {
  switch (value) {
  case role::user: return "user";
  case role::moderator: return "moderator";
  case role::administrator: return "administrator";
  }
  return "user";
}

const char* to_word(policy value) {
  switch (value) {
  case policy::automatic: return "auto";
  case policy::open: return "open";
  case policy::approval: return "approval";
  }
  return "approval";
}

role role_of(std::string_view word) {
  if (word == "administrator")
    return role::administrator;
  return word == "moderator" ? role::moderator : role::user;
}

policy policy_of(std::string_view word) {
  if (word == "auto")
    return policy::automatic;
  return word == "open" ? policy::open : policy::approval;
}

int64_t limit_of(size_t most) {
  return static_cast<int64_t>(std::min(most, static_cast<size_t>(std::numeric_limits<int64_t>::max())));
}

std::string clipped(const std::string& text) {
  constexpr size_t most = 16384;
  if (text.size() <= most)
    return text;
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) // within a character of UTF-8
    --end;
  return text.substr(0, end);
}

bool can_match(std::string_view hash) {
  constexpr std::string_view phc = "$argon2";
  if (hash.substr(0, phc.size()) == phc)
    return true;
  return hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

} // namespace salond::persistence
