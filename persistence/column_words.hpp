// How values stand in the columns of every database alike.
#pragma once
#include "protocol/words/records.hpp"
#include <string>
#include <string_view>

namespace salond::persistence {

/// The columns of an account that each store's user_in() reads, in its order.
#define SALOND_USER_COLUMNS "c.client_id, c.username, c.alias, c.password_hash, c.role"

const char* to_word(role value);
const char* to_word(policy value);
/// A word that no to_word() gives is the least right: a plain user, a salon that needs approval.
role role_of(std::string_view word);
policy policy_of(std::string_view word);

/// A count as a LIMIT takes it.
int64_t limit_of(size_t most);

/// A text as the audit log keeps it: its first 16,384 bytes, cut between characters. MySQL's column holds 65,535, and a
/// decision must not fail for the length of its words.
std::string clipped(const std::string& text);

/// True when a password exists that matches `hash`: in PHC form, or 64 lower-case hexadecimal digits (SHA-256).
bool can_match(std::string_view hash);

} // namespace salond::persistence
