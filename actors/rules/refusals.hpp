// Commands that operators have no right to, for the audit log: each has a line of its own, and a burst has one line.
//
// The first ten commands of an operator have their lines, and then one a minute. Those above that are counted. They are
// told of in one line once there was none for ten seconds, or after ten minutes. Memory is bounded: 256 operators. At
// the bound, the one that was quiet longest is told of and forgotten.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/token_bucket.hpp"
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace salond::rules {

/// Refused commands of one operator that have no line of their own.
struct refusal_burst {
  std::string by, from;           ///< his name; the address of the last one
  std::set<std::string> commands; ///< their names: the first 16
  size_t count = 0;
  instant began, last;
};

class refusals {
public:
  static constexpr auto pause = std::chrono::seconds{10};
  static constexpr auto longest = std::chrono::minutes{10};
  static constexpr size_t max_operators = 256, max_commands = 16;

  /// Whether this one gets a line of its own; else it is counted.
  bool add(const std::string& by, const std::string& from, const std::string& command, instant now) {
    constexpr pace lines{10, 1.0 / 60};
    if (!of_.find(by) && of_.full()) {
      auto quiet = of_.oldest();
      of_.forget(quiet.first);
      end(quiet.second);
    }
    auto& known = of_.at(by);
    if (known.lines.take(lines, now))
      return true;
    auto& burst = known.burst;
    if (burst.count++ == 0)
      burst.began = now;
    burst.by = by;
    burst.from = from;
    burst.last = now;
    if (burst.commands.size() < max_commands)
      burst.commands.insert(command);
    return false;
  }

  /// The bursts that are over at `now`.
  std::vector<refusal_burst> take_ended(instant now) {
    of_.forget_if([&](entry& known) {
      if (known.burst.count != 0 && (now - known.burst.last >= pause || now - known.burst.began >= longest))
        end(known);
      return false;
    });
    return std::exchange(ended_, {});
  }

  /// Whether take_ended() will have something one day.
  bool any() {
    bool found = !ended_.empty();
    of_.forget_if([&](const entry& known) {
      found = found || known.burst.count != 0;
      return false;
    });
    return found;
  }

private:
  struct entry {
    token_bucket lines;
    refusal_burst burst;
  };
  void end(entry& refused) {
    if (refused.burst.count != 0)
      ended_.push_back(std::exchange(refused.burst, {}));
  }

  recent<std::string, entry> of_{max_operators};
  std::vector<refusal_burst> ended_;
};

} // namespace salond::rules
