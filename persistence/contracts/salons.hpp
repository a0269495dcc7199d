// Salons: what they are.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence {

class salon_store {
public:
  virtual ~salon_store() = default;

  /// All but the archived ones, whose messages, members and names stay.
  virtual std::vector<salon_record> all() const = 0;
  /// By rising number.
  virtual std::vector<archived_salon> archived() const = 0;
  /// As it is now. unknown_salon for an archived one too.
  virtual outcome<salon_record> find(salon_id salon) const = 0;
  /// Of an archived one too; its number where there is none.
  virtual std::string name_of(salon_id salon) const = 0;
  virtual bool is_key_taken(const std::string& key, salon_id by_other_than) const = 0;

  virtual salon_id insert(const std::string& name, policy admission) = 0;
  virtual void put_policy(salon_id salon, policy admission) = 0;
  virtual void put_topic(salon_id salon, const std::string& topic) = 0;
  virtual void put_name(salon_id salon, const std::string& name) = 0;
  /// Ends its requests, and nobody moderates it any longer.
  virtual void archive(salon_id salon, moment at) = 0;
  virtual void end_archiving(salon_id salon) = 0;
};

} // namespace salond::persistence
