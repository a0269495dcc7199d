// A connection as the audience and its parts know it: the functions that they call, and the little that each of them
// keeps with it. Each part's data is private to that part; a connection sees none of it.
#pragma once
#include "actors/rules/backlog.hpp"
#include "actors/rules/questions.hpp"
#include "protocol/codec.hpp"
#include <map>

namespace salond {

class subscriber_list;

class subscriber {
public:
  virtual ~subscriber() = default;
  /// Queues bytes in the spelling that it takes; they go out at flush().
  virtual void hear(const shared_texts& spelled) = 0;
  /// As hear(), of a private message to its target: audience::delivered() is called once it is written.
  virtual void deliver(const shared_texts& spelled, private_id message) = 0;
  /// The last event that it was told is this decision: audience::told_decisions() is called once that is written.
  virtual void confirm(const decided_request& decision) = 0;
  virtual void answered(rules::answer::any answer) = 0;
  /// Says `last` and closes, once all queued bytes are out.
  virtual void close(const std::optional<event::any>& last) = 0;
  /// Whether it was told its last words, and hears nothing more.
  virtual bool hung_up() const = 0;
  virtual void flush() = 0;
  /// The time it asked to be woken at has come.
  virtual void time_has_come(instant now) = 0;
  /// The salon failed; nobody answers what it was asked.
  virtual void lost(salon_id salon) = 0;
  /// Bans or passwords failed and were started again; nobody answers what they were asked.
  virtual void services_lost() = 0;
  /// There is room for a post that was parked.
  virtual void unparked() = 0;
  /// Its user has another name or another role now.
  virtual void account_is(const std::string& username, role now) = 0;
  /// Its password, which waited for others' to be judged, may be tried now or is to be refused.
  virtual void attempt_due() = 0;

  connection_id number;             ///< from connection_registry::enter() on
  std::string peer;                 ///< its address
  std::string network;              ///< network_of() its address; it uses the allowances of this network
  bool refused = false;             ///< it is not let in: it is told why, and closed
  const spelling* spells = nullptr; ///< how events are spelled for it
  rules::backlog backlog;           ///< private messages before it is over; later ones come as they are told
  /// Its user; none before the user is proven.
  user_id account() const { return account_; }

private:
  // online_users
  friend class online_users;
  enum class stage : uint8_t { stranger, arriving, online };
  stage stage_ = stage::stranger;
  user_id account_;
  std::map<salon_id, bool> while_arriving_; ///< memberships made (true) or ended before its session began

  // subscriber_list
  friend class subscriber_list;
  struct subscription {
    subscriber_list* list = nullptr;
    size_t place = 0; ///< in it
  };
  std::vector<subscription> subscriptions_;

  // pending_writes
  friend class pending_writes;
  bool has_to_write_ = false;
};

} // namespace salond
