// Gathers facts that happen again and again: a line of the log tells of many, not of each. Strangers can make them
// happen as often as they like, and must not fill the log.
//
// The first of a kind is told at once. What follows within ten seconds of it is counted, and told in one line when they
// are over; so a kind has two lines in ten seconds at most. Kinds are sentences of ours, or accounts whose password was
// right, so that there are few.
#pragma once
#include "protocol/words/time.hpp"
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace salond::rules {

class repeated_facts {
public:
  static constexpr size_t max_addresses = 64; ///< kept by name; more are known to be more

  /// For how long after the first of a kind, or after the last line about it, the others are counted.
  explicit repeated_facts(instant::duration gathering_time = std::chrono::seconds{10})
      : gathering_time_(gathering_time) {}
  repeated_facts(const repeated_facts&) = delete; // places in the one map are kept
  repeated_facts& operator=(const repeated_facts&) = delete;

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
      ends_.push_back({now + gathering_time_, place});
      return true;
    }
    if (!gathered)
      gathered = std::make_unique<summary>(summary{kind, why, {}, 0});
    ++gathered->times;
    if (gathered->addresses.size() < max_addresses)
      gathered->addresses.insert(address);
    return false;
  }

  /// Those whose time is over; at the end of the server (instant::max()) all of them. What it costs depends on those
  /// whose time is over, not on all that are gathered: it is asked four times a second.
  std::vector<summary> take_over(instant now) {
    std::vector<summary> result;
    for (auto left = ends_.size(); left > 0 && ends_.front().when <= now; --left) {
      const auto place = ends_.front().place;
      ends_.pop_front();
      if (!place->second) {
        gathered_.erase(place);
        continue;
      }
      result.push_back(std::move(*std::exchange(place->second, nullptr)));
      if (now == instant::max())
        gathered_.erase(place);
      else
        ends_.push_back({now + gathering_time_, place}); // what comes next is counted on
    }
    return result;
  }
  bool any() const { return !gathered_.empty(); }

private:
  using gathered_facts = std::map<std::string, std::unique_ptr<summary>>; ///< null: nothing followed the first
  struct end {
    instant when;
    gathered_facts::iterator place;
  };
  instant::duration gathering_time_;
  gathered_facts gathered_; ///< by kind
  std::deque<end> ends_;    ///< one for each of them, the first to end first: all last equally long
};

} // namespace salond::rules
