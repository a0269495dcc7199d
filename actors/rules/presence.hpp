// The users who are online, with their connections.
#pragma once
#include "protocol/words/names.hpp"
#include "protocol/words/pieces.hpp"
#include "protocol/words/records.hpp"
#include <algorithm>
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

  void arrive(user_id who, const std::string& username, connection added) {
    auto& person = online_[who];
    person.username = username;
    person.connections.push_back(std::move(added));
    ++connections_;
  }

  enum class departure { unknown, others_remain, last };
  departure depart(user_id who, connection_id id) {
    const auto found = online_.find(who);
    if (found == online_.end())
      return departure::unknown;
    auto& connections = found->second.connections;
    for (auto entry = connections.begin(); entry != connections.end(); ++entry) {
      if (entry->id != id)
        continue;
      connections.erase(entry);
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
      for (const auto& connection : person.connections)
        tell(who, person.username, connection);
  }

  /// Usernames in the order of their keys, as many as a piece holds.
  struct named {
    std::vector<std::string> usernames;
    std::string last_key; ///< of the last of them, if there are more; else empty
  };
  /// The usernames of those of `users` who are online, behind `after_key`; each once.
  named name(const std::vector<user_id>& users, const std::string& after_key) const {
    std::vector<std::pair<std::string, const std::string*>> all;
    for (const auto who : users)
      if (const auto found = online_.find(who); found != online_.end())
        if (auto key = key_of(found->second.username); key > after_key)
          all.emplace_back(std::move(key), &found->second.username);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    named result;
    size_t bytes = 0;
    for (const auto& [key, username] : all) {
      bytes += weight_of(0, username->size());
      if (bytes > max_piece_bytes)
        return result;
      result.usernames.push_back(*username);
      result.last_key = key;
    }
    result.last_key.clear();
    return result;
  }

  /// The username of a user who is online; null if he is not.
  const std::string* name_of(user_id who) const {
    const auto found = online_.find(who);
    return found == online_.end() ? nullptr : &found->second.username;
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
