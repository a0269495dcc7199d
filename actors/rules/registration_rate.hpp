// How many accounts may be made in an hour: from an address, and from all of them together. Memory is bounded: 65,536
// addresses; the one that made none for longest is forgotten.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/token_bucket.hpp"
#include <string>

namespace salond::rules {

class registration_rate {
public:
  static constexpr size_t most_addresses = 65536;

  /// Accounts an hour; 0: no limit. An empty address has no limit of its own.
  struct limits {
    uint32_t of_address = 0, of_all = 0;
  };
  enum class verdict {
    go,
    refused,       ///< by the address's limit
    refused_by_all ///< by the one of all together
  };

  /// Takes one if there is one left.
  verdict take(const std::string& address, const limits& an_hour, instant now) {
    const bool counts = an_hour.of_address != 0 && !address.empty();
    if (counts && !made_.at(address).take(hourly(an_hour.of_address), now))
      return verdict::refused;
    if (an_hour.of_all == 0 || made_by_all_.take(hourly(an_hour.of_all), now))
      return verdict::go;
    if (counts)
      made_.at(address).charge(-1);
    return verdict::refused_by_all;
  }
  /// It came to no account, and cost nothing.
  void give_back(const std::string& address) {
    if (auto* made = made_.find(address))
      made->charge(-1);
    made_by_all_.charge(-1); // more than its burst it never holds
  }
  size_t addresses() const { return made_.size(); }

private:
  static pace hourly(uint32_t count) { return {double(count), count / 3600.0}; }

  token_bucket made_by_all_;
  recent<std::string, token_bucket> made_{most_addresses};
};

} // namespace salond::rules
