// The users who are online at this node: the connections of each, from the proof of a password on, and the telling of
// one person. Until its session begins a connection hears nothing; changes are remembered meanwhile
// (docs/decisions/0006-arrivals.md). A plain object of the I/O thread.
#pragma once
#include "actors/fan_out/subscriber.hpp"
#include <unordered_map>

namespace salond {

class online_users {
public:
  /// A membership was made, or is ended.
  enum class membership : uint8_t { made, ended };

  /// The connection's user is proven.
  void arrive(subscriber& who, user_id user);
  /// Its session begins: it is online from now on. `stored`: the salons of its user as they were read from the store
  /// while it arrived. Answers them as they are now.
  std::vector<salon_id> begin(subscriber& who, const std::vector<salon_id>& stored);
  /// It ended. False if its user was never proven.
  bool leave(subscriber& who);
  size_t size() const { return users_.size(); }
  /// Whether a connection of the user is here, online or arriving.
  bool has(user_id user) const { return users_.count(user) != 0; }
  /// Whether another connection of its user is online here.
  bool has_another(const subscriber& who) const;
  std::vector<user_id> all() const;
  static bool online(const subscriber& who) { return who.stage_ == subscriber::stage::online; }

  /// Calls `change` with each connection of the user that is online; with those that arrive it is remembered.
  template <class Change>
  void change_membership(user_id user, salon_id salon, membership now, Change change) {
    for (auto* who : of(user)) {
      if (online(*who))
        change(*who);
      else
        who->while_arriving_[salon] = now == membership::made;
    }
  }

  /// Tells each connection of a user. A user may have as many as an address may: the event is spelled once for all, as
  /// for a salon.
  void tell(user_id user, const event::any& event) const;
  /// Tells each connection of the target that is not still told what waited, which comes first; and the author's others
  /// but `from`; nobody twice. What comes again (over a link, or read in the store) the target is told once.
  void tell_privately(user_id target, user_id author, connection_id from, const event::said_privately& message) const;
  /// Those of a user's private messages, by rising numbers, that one of his connections should have been told and was
  /// not. Of the newest ones alone: what is older may have been forgotten.
  std::vector<private_id> lacking(user_id target, std::vector<private_id> of) const;
  /// Tells it each connection that lacks it.
  void tell_missed(user_id target, const event::said_privately& message) const;
  /// Each connection of the user has been told a decision.
  void confirm(user_id user, const decided_request& request) const;
  void change_account(user_id user, const std::string& username, role now) const;
  /// `only`: one connection of the user; 0: all.
  void close(user_id user, const event::any& last, connection_id only = {}) const;

private:
  const std::vector<subscriber*>& of(user_id user) const;

  std::unordered_map<user_id, std::vector<subscriber*>> users_;
};

} // namespace salond
