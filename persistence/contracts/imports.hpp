// Many accounts at once.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

class import_store {
public:
  virtual ~import_store() = default;

  virtual taken_names all_taken_names() const = 0;
  /// The highest number of an account; 0: there is none.
  virtual user_id newest_user() const = 0;
  /// By salon, of the accounts with higher numbers; of archived ones too.
  virtual std::vector<new_members> members_after(user_id after) const = 0;

  /// Without memberships. REQUIRES: no name is taken.
  virtual void insert_accounts(const std::vector<imported_account>& all) = 0;
  /// Accounts with higher numbers become members of the salons whose policy is automatic, archived ones too.
  virtual void join_automatic(user_id after) = 0;
  virtual void put_members(const std::vector<std::pair<std::string, salon_id>>& usernames) = 0;
};

} // namespace salond::persistence
