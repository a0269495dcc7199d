// Accounts: who there is, by name and number.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence {

class account_store {
public:
  virtual ~account_store() = default;

  /// By key. unknown_user.
  virtual outcome<user> find(const std::string& username_key) const = 0;
  /// unknown_user.
  virtual outcome<user> numbered(user_id who) const = 0;
  virtual bool exists(user_id who) const = 0;
  /// By an account, or by one that waits.
  virtual bool is_alias_taken(const std::string& alias_key) const = 0;
  /// Who has such a username, waits for it, or is out for good under it.
  virtual std::vector<similar_user> like(const skeletons& looks) const = 0;
  /// Users whose key contains `key_part`, by rising key, at most `most` after the key `after_key`; without their
  /// salons.
  virtual std::vector<user_profile> profiles(const std::string& key_part, const std::optional<std::string>& after_key,
                                             size_t most) const = 0;
  /// unknown_user.
  virtual outcome<user_profile> profile(const std::string& username_key) const = 0;

  /// Where several nodes write: what is looked up about names from then on is still so when it is acted upon.
  virtual void hold_names() = 0;
  /// A member of the salons whose policy is automatic, archived ones too. REQUIRES: neither name is taken.
  virtual user insert(const new_user& who) = 0;
  /// Replaces the hash if it still is `expected`; answers whether it did.
  virtual bool replace_hash(user_id who, const std::string& expected, const std::string& hash) = 0;
  virtual void put_password(user_id who, const std::string& hash) = 0;
  /// Memberships follow. REQUIRES: the name is free.
  virtual void put_name(user_id who, const std::string& new_username) = 0;
  /// Disabled from then on; enabled when there is none.
  virtual void put_disabled(user_id who, std::optional<moment> since) = 0;
  /// The account and all that hangs on it: memberships, requests, tokens, messages of both kinds. The salons keep the
  /// highest order number that was used.
  virtual void remove(user_id who) = 0;
  /// What names a user beside what others did, and what a database remembers beside the tables that all have.
  virtual void forget_beside(const user& who) = 0;
};

} // namespace salond::persistence
