// How values stand in SQLite's columns.
#pragma once
#include "persistence/sqlite/database.hpp"

namespace salond::persistence::sqlite {

/// The columns that user_in() reads, in its order.
#define SALOND_USER_COLUMNS "c.client_id, c.username, c.alias, c.password_hash, c.role"

const char* to_word(role what);
const char* to_word(policy what);
/// REQUIRES: a word of to_word(); the tables hold no other.
role role_of(std::string_view word);
policy policy_of(std::string_view word);

/// The account in the present row. REQUIRES: the question's first columns are SALOND_USER_COLUMNS.
user user_in(const query& row);

/// True when a password exists that matches `hash`: in PHC form, or 64 hexadecimal digits (SHA-256).
bool can_match(std::string_view hash);

} // namespace salond::persistence::sqlite
