// Who is online, with which connections.
#pragma once
#include "protocol/words/records.hpp"
#include <string>
#include <unordered_map>
#include <vector>

namespace salond::rules {

class presence {
public:
  /// One connection of somebody who is online.
  struct connection {
    connection_id id;
    std::string address;
    moment since;
  };

  void arrive(user_id who, const std::string& username, connection with) {
    auto& one = online_[who];
    one.username = username;
    one.connections.push_back(std::move(with));
    ++connections_;
  }

  enum class departure { unknown, others_remain, last };
  departure depart(user_id who, connection_id with) {
    const auto found = online_.find(who);
    if (found == online_.end())
      return departure::unknown;
    auto& connections = found->second.connections;
    for (auto one = connections.begin(); one != connections.end(); ++one) {
      if (one->id != with)
        continue;
      connections.erase(one);
      --connections_;
      if (!connections.empty())
        return departure::others_remain;
      online_.erase(found);
      return departure::last;
    }
    return departure::unknown;
  }

  void rename(user_id who, const std::string& username) {
    if (const auto found = online_.find(who); found != online_.end())
      found->second.username = username;
  }

  /// Calls `tell(user, username, connection)` for each connection.
  template <class Tell>
  void for_each(Tell tell) const {
    for (const auto& [who, person] : online_)
      for (const auto& one : person.connections)
        tell(who, person.username, one);
  }

  bool online(user_id who) const { return online_.count(who) != 0; }
  size_t users() const { return online_.size(); }
  size_t connections() const { return connections_; }

private:
  struct person {
    std::string username;
    std::vector<connection> connections;
  };
  std::unordered_map<user_id, person> online_;
  size_t connections_ = 0;
};

} // namespace salond::rules
