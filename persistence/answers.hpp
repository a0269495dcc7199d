// What the store is given and what it answers, beside the records that everybody knows: plain values.
#pragma once
#include "protocol/words/records.hpp"
#include <optional>
#include <string>
#include <vector>

namespace salond::persistence {

struct new_user {
  std::string username, alias, password_hash;
  salond::role role = salond::role::user;
};

struct registered_user {
  salond::user user;
  std::vector<salon_id> salons; ///< of which the user is a member now: those whose policy is automatic
};

/// What a login needs to know at once.
struct arrival {
  std::vector<salon_id> salons;         ///< memberships
  std::vector<private_message> waiting; ///< undelivered, oldest first
  std::vector<decided_request> decided; ///< of which the user was not told, oldest first
};

enum class membership_change { made, was_so };
enum class request_change { made, was_pending, was_member };

struct stored_private {
  private_id id;
  user_id target;
  std::string target_username; ///< the stored spelling
};

/// Who a kick or a ban hit. There is no user for a name that is only refused from now on.
struct removed_user {
  user_id id;
  std::string username;
  std::vector<salon_id> salons; ///< of which the user was a member
};

/// What the administrators look like at a start.
enum class administrator_state {
  none,      ///< nobody has the role
  locked,    ///< administrators exist, none has a hash that a password could match
  can_log_in ///< at least one can
};

/// An account with what an operator asks about it.
struct user_profile {
  salond::user who; ///< without the password's hash, which is nobody's to see
  bool connected = false;
  std::optional<moment> last_seen; ///< the last login or its end; nothing: never
  std::vector<std::string> salons; ///< of which the user is a member
  std::vector<std::string> moderates;
};

/// A decision, or an attempt at one, as the audit log has it.
struct audit_line {
  int64_t id = 0; ///< rises with each line
  moment at;
  std::string by, from; ///< who and from where
  std::string what, to; ///< a stable word; to whom, or to which salon
  std::string reason;
  std::string result; ///< "done", or the name of a fault
};

} // namespace salond::persistence
