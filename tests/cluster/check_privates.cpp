// Private messages: whom they were told, how often.
#include "tests/cluster/findings.hpp"
#include <algorithm>

namespace salond::faults {
namespace {

class one_private {
public:
  one_private(findings& found, const std::string& text, const message& its) : found_(found), text_(text), its_(its) {}

  void look() {
    check_whom();
    check_twice();
    if (its_.rows.empty())
      return;
    check_target();
    for (const auto& [connection, life] : found_.known.connections)
      if (connection != its_.connection && (life.client == its_.where || life.client == its_.author))
        check_connection(connection, life);
  }

private:
  const life* life_of(const sight& sight) const {
    const auto found = found_.known.connections.find(sight.connection);
    return found == found_.known.connections.end() ? nullptr : &found->second;
  }
  bool told(int64_t connection) const {
    return std::any_of(its_.seen.begin(), its_.seen.end(),
                       [&](const sight& sight) { return sight.connection == connection; });
  }
  std::string name() const { return text_ + " from " + its_.author + " to " + its_.where; }

  void check_whom() {
    for (const auto& each : its_.seen) {
      const auto* whose = life_of(each);
      if (whose && whose->client != its_.where && whose->client != its_.author)
        found_.add(broken::invented, name() + " was told " + found_.who(each.connection));
    }
  }

  /// Again to a connection, or to one that asked to log in when another of the target's had been told.
  void check_twice() {
    for (const auto& later : its_.seen)
      for (const auto& earlier : its_.seen) {
        const auto *whose = life_of(later), *before = life_of(earlier);
        if (&later <= &earlier || !whose || !before)
          continue;
        const bool again = earlier.connection == later.connection;
        const bool next =
            whose->client == its_.where && before->client == its_.where && whose->asked_us > earlier.at_us;
        if ((again || next) && !found_.troubles.loss(its_.sent_us, later.at_us))
          return found_.add(broken::private_doubled,
                            name() + " was told " + found_.who(earlier.connection) + " at " + seconds_of(earlier.at_us)
                                + " and " + found_.who(later.connection) + " at " + seconds_of(later.at_us));
      }
  }

  /// Somebody who was there in quiet times has been told, on whatever connection.
  void check_target() {
    const auto is_told = [&](const sight& sight) {
      const auto* whose = life_of(sight);
      return whose && whose->client == its_.where && sight.connection != its_.connection;
    };
    if (its_.where == its_.author || std::any_of(its_.seen.begin(), its_.seen.end(), is_told))
      return;
    for (const auto& [connection, life] : found_.known.connections) {
      const auto quiet = std::max(life.in_us, its_.sent_us);
      if (life.client != its_.where || life.end != "quit" || life.out_us - quiet < us_of(found_.within.settle)
          || found_.troubles.any(life.out_us - us_of(found_.within.settle), life.out_us))
        continue;
      return found_.add(broken::private_lost, name() + ", sent at " + seconds_of(its_.sent_us) + ", is stored, and "
                                                  + found_.who(connection) + " was never told");
    }
  }

  /// Who was there all the time, in quiet times, is told. Links begin anew some time behind a trouble, too. The target
  /// is told on each connection whatever happened, if quiet times came while it lasted.
  void check_connection(int64_t connection, const life& its) {
    const auto settle = us_of(found_.within.settle);
    const auto until = its_.known_us().value_or(its_.sent_us) + settle;
    if (its.in_us >= its_.sent_us || its.out_us < until || found_.known.end_us < until || told(connection))
      return;
    const bool quiet = !found_.troubles.any(its_.sent_us - settle, until);
    const auto last = std::min(its.out_us, found_.known.end_us);
    const bool quiet_at_last = its.client == its_.where && !found_.troubles.any(last - settle, last);
    if (quiet || quiet_at_last)
      found_.add(broken::left_out,
                 name() + ", sent at " + seconds_of(its_.sent_us) + ", was not told " + found_.who(connection));
  }

  findings& found_;
  const std::string& text_;
  const message& its_;
};

} // namespace

void check_privates(findings& found) {
  for (const auto& [text, its] : found.known.messages)
    if (its.is_private)
      one_private(found, text, its).look();
}

} // namespace salond::faults
