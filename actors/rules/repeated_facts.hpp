// What happens again and again, gathered: a line of the log tells of many, not of each. Strangers can make it happen as
// often as they like, and must not fill the log.
//
// The first of a kind is told at once. What follows within ten seconds of it is counted, and told in one line when they
// are over; so a kind has two lines in ten seconds at most. Kinds are sentences of ours, or accounts whose password was
// right, so that there are few.
#pragma once
#include "protocol/words/time.hpp"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace salond::rules {

class repeated_facts {
public:
  static constexpr size_t most_addresses = 64; ///< kept by name; more are known to be more

  /// For how long after the first of a kind, or after the last line about it, the others are counted.
  explicit repeated_facts(instant::duration gathering_time = std::chrono::seconds{10})
      : gathering_time_(gathering_time) {}

  /// Many of a kind.
  struct summary {
    std::string kind;
    std::string why;                 ///< of the first
    std::set<std::string> addresses; ///< the first 64
    size_t times = 0;
  };

  /// Whether it is to be told of now, as the first of its kind; else it is counted.
  bool add(const std::string& kind, const std::string& why, const std::string& address, instant now) {
    const auto [place, first] = gathered_.try_emplace(kind);
    auto& gathered = place->second;
    if (first) {
      gathered.began = now;
      return true;
    }
    if (gathered.facts.times++ == 0)
      gathered.facts.why = why;
    if (gathered.facts.addresses.size() < most_addresses)
      gathered.facts.addresses.insert(address);
    return false;
  }

  /// Those whose time is over; at the end of the server all of them.
  std::vector<summary> take_over(instant now) {
    std::vector<summary> result;
    for (auto place = gathered_.begin(); place != gathered_.end();) {
      auto& [kind, gathered] = *place;
      if (now != instant::max() && now < gathered.began + gathering_time_) {
        ++place;
        continue;
      }
      if (gathered.facts.times == 0) {
        place = gathered_.erase(place);
        continue;
      }
      result.push_back(std::move(gathered.facts));
      result.back().kind = kind;
      gathered = {{}, now}; // what comes next is counted on
      ++place;
    }
    return result;
  }
  bool any() const { return !gathered_.empty(); }

private:
  struct gathering {
    summary facts;
    instant began{};
  };
  instant::duration gathering_time_;
  std::map<std::string, gathering> gathered_;
};

} // namespace salond::rules
