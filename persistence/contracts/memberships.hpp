// Who belongs to which salon.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

class membership_store {
public:
  virtual ~membership_store() = default;

  virtual std::vector<user_id> members(salon_id salon) const = 0;
  /// Of each salon that has members, archived ones too.
  virtual std::unordered_map<salon_id, std::vector<user_id>> members_of_all() const = 0;
  /// Of each salon that has members, or of `only` this one, by rising number; archived ones too.
  virtual std::vector<member_count> counts(std::optional<salon_id> only) const = 0;
  /// Without those that are archived.
  virtual std::vector<salon_id> salons_of(const std::string& username) const = 0;
  virtual bool has(salon_id salon, const std::string& username) const = 0;
  /// The salons that the user belongs to, but for those to which a moderator added him.
  virtual std::vector<salon_id> joined_without_moderator(user_id who) const = 0;

  /// REQUIRES: both exist, and there is none.
  virtual void put(salon_id salon, const std::string& username) = 0;
  /// The same of an account that this transaction made: nobody hears of it, as of its automatic ones.
  virtual void put_of_new(salon_id salon, const std::string& username) = 0;
  /// It is a moderator's doing. REQUIRES: there is one.
  virtual void mark_made_by_moderator(salon_id salon, user_id who) = 0;
  /// Whether there was one. `told`: where there are other nodes, to the members there as well.
  virtual bool end(salon_id salon, const std::string& username, bool told) = 0;
};

} // namespace salond::persistence
