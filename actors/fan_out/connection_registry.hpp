// The connections of this node: each by its number, the count for each network, and those that have something to write
// in this turn of the loop. Plain objects of the I/O thread.
#pragma once
#include "actors/fan_out/subscriber.hpp"
#include "config/config.hpp"
#include "protocol/words/fault.hpp"
#include <unordered_map>

namespace salond {

class connection_registry {
public:
  /// Connections above the limit that may still be told why they are closed.
  static constexpr size_t max_refusals_at_once = 256;
  /// Connections that are told at once why they are not let in.
  static constexpr size_t max_told_why = 64;

  /// No two are the same, across restarts and nodes too. `run`: the node's, a number that no other node has; 0: this is
  /// the only process.
  connection_id next_id(int64_t run = 0);
  /// Why a connection from there is not let in; nothing: it is. Connections that are told why not take nobody's place.
  std::optional<fault> refuses(const std::string& address, const config::limits& limits) const;
  /// Whether even saying why costs too much: far above the limit.
  bool overrun(const config::limits& limits) const;

  /// Gives it its number, by next_id(), and its network. REQUIRES: its address, and whether it is refused.
  void enter(subscriber& who, int64_t run = 0);
  /// False if it is not there.
  bool leave(subscriber& who);
  /// Null if it is gone.
  subscriber* find(connection_id number) const;
  size_t size() const { return all_.size(); }
  /// The number of those that are not let in.
  size_t refused() const { return refused_; }
  bool empty() const { return all_.empty(); }
  /// As they are now; the list does not change when one of them leaves.
  std::vector<subscriber*> all() const;

private:
  int64_t last_id_ = 0;
  std::unordered_map<connection_id, subscriber*> all_;
  std::unordered_map<std::string, size_t> networks_;
  size_t refused_ = 0;
};

/// Connections that have something to write, each once.
class pending_writes {
public:
  /// False if it stands there already.
  bool add(subscriber& who) {
    if (who.has_to_write_)
      return false;
    who.has_to_write_ = true;
    waiting_.push_back(&who);
    return true;
  }
  void remove(subscriber& who);
  /// Has each write. A write may end a connection, which is removed then, and may add others.
  void flush();

private:
  std::vector<subscriber*> waiting_;
};

} // namespace salond
