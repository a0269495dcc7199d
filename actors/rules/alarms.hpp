// When connections are to be woken. Pure: the caller says what time it is.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/time.hpp"
#include <map>
#include <optional>

namespace salond::rules {

class alarms {
public:
  void set(instant when, connection_id who) { all_.emplace(when, who); }
  /// One whose time has come, the earliest first; it is taken out.
  std::optional<connection_id> take_due(instant now) {
    if (all_.empty() || all_.begin()->first > now)
      return std::nullopt;
    const auto who = all_.begin()->second;
    all_.erase(all_.begin());
    return who;
  }
  /// Whether any is set.
  bool any() const { return !all_.empty(); }

private:
  std::multimap<instant, connection_id> all_; ///< of a connection that is gone: until its time comes
};

} // namespace salond::rules
