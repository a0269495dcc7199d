// Accounts that wait for an administrator.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

class registration_store {
public:
  virtual ~registration_store() = default;

  /// Who waits for this username.
  virtual std::optional<new_user> waiting(const std::string& username_key) const = 0;
  /// Oldest first.
  virtual std::vector<registration> all() const = 0;
  virtual size_t count() const = 0;
  virtual size_t count_of(const std::string& network) const = 0;

  /// REQUIRES: the names are free.
  virtual void insert(const new_user& who, moment at) = 0;
  virtual void end(const std::string& username_key) = 0;
};

} // namespace salond::persistence
