// How many accounts may be made in an hour: from an address, and from all of them together. Memory is bounded: 65,536
// addresses; the one that made none for longest is forgotten. What is made at one of several nodes counts at all of
// them.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/shared_use.hpp"
#include "actors/rules/token_bucket.hpp"
#include <string>

namespace salond::rules {

class registration_rate {
public:
  static constexpr size_t max_addresses = 65536;
  static constexpr size_t max_address_bytes = 64; ///< of what another node says

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
    auto* made = counts ? &made_.at(address) : nullptr;
    if (made
        && made->level(hourly(an_hour.of_address), now) - shared_.reserve(shared_limit::registrations, address, 0) < 1)
      return verdict::refused;
    if (an_hour.of_all != 0) {
      const auto left = made_by_all_.level(hourly(an_hour.of_all), now);
      if (left - shared_.reserve_of_all(shared_limit::registrations) < 1)
        return verdict::refused_by_all;
      made_by_all_.charge(1);
    }
    if (made)
      made->charge(1);
    shared_.add(shared_limit::registrations, address, 1);
    return verdict::go;
  }
  /// It came to no account, and cost nothing.
  void give_back(const std::string& address) {
    if (auto* made = made_.find(address))
      made->charge(-1);
    made_by_all_.charge(-1); // more than its burst it never holds
    shared_.add(shared_limit::registrations, address, -1);
  }

  /// What was made here, for other nodes.
  shared_use& shared() { return shared_; }
  /// So many were made at another node; below 0: given back there. No debt is greater than what an hour allows.
  void made_elsewhere(const std::string& address, int64_t count, const limits& an_hour, instant now) {
    const auto charge = [&](token_bucket& made, uint32_t limit) {
      made.level(hourly(limit), now);
      if (count > 0)
        made.charge(static_cast<double>(count), limit);
      else
        made.charge(static_cast<double>(std::max<int64_t>(count, -int64_t{limit})));
    };
    if (an_hour.of_address != 0 && !address.empty() && address.size() <= max_address_bytes)
      charge(made_.at(address), an_hour.of_address);
    if (an_hour.of_all != 0)
      charge(made_by_all_, an_hour.of_all);
  }
  size_t addresses() const { return made_.size(); }

private:
  static pace hourly(uint32_t count) { return {double(count), count / 3600.0}; }

  token_bucket made_by_all_;
  recent<std::string, token_bucket> made_{max_addresses};
  shared_use shared_;
};

} // namespace salond::rules
