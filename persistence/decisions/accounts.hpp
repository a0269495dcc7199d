// What becomes of accounts. Each decision writes its line in the audit log, a refused one as well.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// The new name may be another spelling of the old; a kick goes on. unknown_user; name_taken and reserved_name, as
/// why_not_renamed() says.
outcome<user> rename_user(const writing& db, const std::string& username_key, const std::string& new_username,
                          const decision& why);
/// All tokens of the user end. unknown_user.
outcome<user> set_password(const writing& db, const std::string& username_key, const std::string& hash,
                           const decision& why);
/// The user's own new password, if the hash still is `expected`; answers whether it was. All tokens of the user end.
bool change_password(const writing& db, user_id who, const std::string& expected, const std::string& hash,
                     const decision& why);
/// The user's role, and for a moderator the salons that are given to him instead of those before. unknown_user,
/// unknown_salon; not_allowed: nobody takes from himself or from the last administrator.
outcome<user> set_role(const writing& db, const std::string& username_key, role now,
                       const std::vector<salon_id>& moderated, const decision& why);
/// The account cannot log in, and keeps all that it has but its tokens. Nobody disables himself or the last
/// administrator who can log in: not_allowed. unknown_user.
outcome<user> disable_user(const writing& db, const std::string& username_key, const decision& why);
/// It can again. unknown_user.
outcome<user> enable_user(const writing& db, const std::string& username_key, const decision& why);

/// The server's own: makes `username` an administrator with this hash ("" for none: cannot log in): a new account, or a
/// new role and hash for an existing one.
user make_administrator(const writing& db, const std::string& username, const std::string& password_hash);

} // namespace salond::persistence::decisions
