// How many accounts an address may make in an hour. Memory is bounded: 65,536 addresses; the one that made none for
// longest is forgotten.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/token_bucket.hpp"
#include <string>

namespace salond::rules {

class registration_rate {
public:
  static constexpr size_t most_addresses = 65536;

  /// Takes one if there is one left. `an_hour`: 0: no limit. An empty address has none.
  bool take(const std::string& address, uint32_t an_hour, instant now) {
    return an_hour == 0 || address.empty() || made_.at(address).take({double(an_hour), an_hour / 3600.0}, now);
  }
  /// It came to no account, and cost nothing.
  void give_back(const std::string& address) {
    if (auto* made = made_.find(address))
      made->charge(-1);
  }
  size_t addresses() const { return made_.size(); }

private:
  recent<std::string, token_bucket> made_{most_addresses};
};

} // namespace salond::rules
