// What users may do.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

class role_store {
public:
  virtual ~role_store() = default;

  virtual administrator_state administrators() const = 0;
  /// Whether nobody else could log in as an administrator at `now`: who is disabled or out could not.
  virtual bool is_last_administrator(const user& target, moment now) const = 0;
  /// The salons that are given to a moderator.
  virtual std::vector<salon_id> moderates(const std::string& username_key) const = 0;

  /// The salons are given to the user instead of those before.
  virtual void put(const user& target, role now, const std::vector<salon_id>& moderated) = 0;
  /// Can log in with this hash again, whatever kept the account from it.
  virtual void make_administrator(user_id who, const std::string& password_hash) = 0;
};

} // namespace salond::persistence
