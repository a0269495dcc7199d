// How values stand in the columns of MySQL and MariaDB.
#pragma once
#include "persistence/mysql/connection.hpp"

namespace salond::persistence::mysql {

/// The columns that user_in() reads, in its order.
#define SALOND_USER_COLUMNS "c.client_id, c.username, c.alias, c.password_hash, c.role"

const char* to_word(role what);
const char* to_word(policy what);
/// A word that no to_word() gives is the least right: a plain user, a salon that needs approval.
role role_of(const std::string& word);
policy policy_of(const std::string& word);

/// The account in the present row. REQUIRES: the question's first columns are SALOND_USER_COLUMNS.
user user_in(const result& row);

/// True when a password exists that matches `hash`: in PHC form, or 64 hexadecimal digits (SHA-256).
bool can_match(const std::string& hash);

} // namespace salond::persistence::mysql
