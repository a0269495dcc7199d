// The times at which connections are woken. Pure: the caller says what time it is.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/time.hpp"
#include <map>
#include <optional>

namespace salond::rules {

class alarms {
public:
  void set(instant due, connection_id connection) { all_.emplace(due, connection); }
  /// Takes out a connection whose time has come, the earliest first.
  std::optional<connection_id> take_due(instant now) {
    if (all_.empty() || all_.begin()->first > now)
      return std::nullopt;
    const auto connection = all_.begin()->second;
    all_.erase(all_.begin());
    return connection;
  }
  /// Whether any is set.
  bool any() const { return !all_.empty(); }

private:
  std::multimap<instant, connection_id> all_; ///< an alarm of a connection that is gone stays until its time comes
};

} // namespace salond::rules
