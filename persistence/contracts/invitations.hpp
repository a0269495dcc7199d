// Invitations that were not used up, revoked or forgotten.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

class invitation_store {
public:
  virtual ~invitation_store() = default;

  /// Those that can be used at `now`, oldest first.
  virtual std::vector<invitation> all(moment now) const = 0;
  virtual size_t count(moment now) const = 0;
  /// The number of the one with this code, if it can be used at `now`.
  virtual std::optional<int64_t> usable(const std::string& code_hash, moment now) const = 0;
  /// Without those that are archived.
  virtual std::vector<salon_id> salons_of(int64_t id) const = 0;

  /// Answers its number.
  virtual int64_t insert(const new_invitation& invitation, const decision& why) = 0;
  /// It is gone with its last use.
  virtual void use(int64_t id) = 0;
  /// Whether there was one.
  virtual bool end(int64_t id) = 0;
  /// Those that are too old at `now` go.
  virtual void forget(moment now) = 0;
};

} // namespace salond::persistence
