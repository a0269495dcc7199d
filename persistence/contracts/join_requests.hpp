// Who asks to belong to a salon, and decisions about that of which their users were not told yet.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

class join_request_store {
public:
  virtual ~join_request_store() = default;

  virtual std::vector<join_request> all() const = 0;
  virtual bool has(salon_id salon, user_id who) const = 0;
  /// Of which the user was not told, oldest first, and none about a salon that is archived.
  virtual std::vector<decided_request> decided_for(user_id who) const = 0;

  /// REQUIRES: both exist, and there is none.
  virtual void insert(salon_id salon, user_id who, moment now) = 0;
  /// Whether there was one.
  virtual bool end(salon_id salon, user_id who) = 0;
  /// The user's next logins are told, until mark_told(); in place of an earlier decision about that salon. REQUIRES:
  /// both exist, as after a decision in the same transaction.
  virtual void remember_decision(user_id who, const decided_request& decision) = 0;
  /// Such a decision about that salon is true no more: the user is not told.
  virtual void forget_decision(salon_id salon, user_id who, bool accepted) = 0;
  virtual void mark_told(user_id who, const std::vector<decided_request>& which) = 0;
  /// Of a node: the others tell the user, where he is connected with them, that a request of his was refused.
  virtual void tell_refused(salon_id salon, user_id who) = 0;
};

} // namespace salond::persistence
