// Fills a database with what the scenarios find there.
#pragma once
#include <cstddef>
#include <string>

namespace salond::bench {

/// What a hash of the accounts' password costs. The defaults are as cheap as libsodium allows: hashing is measured
/// apart.
struct account_cost {
  unsigned memory_kib = 8, passes = 1;
};

/// Members of each of the salons `salon1` …
constexpr size_t salon_size = 10;

/// Accounts `u0` … with the password `secret`, members of the salons that are automatic (Général); `u<i>` is a member
/// of `salon<i/10+1>` as well. What exists already stays. `address` as for salond's --db. Throws std::exception.
void prefill(const std::string& address, size_t users, const account_cost& cost);

/// What has been said for years, in the salon `salon1`, in turns by accounts of its own, `large0` …
struct history {
  size_t authors = 0;
  int64_t messages = 0; ///< of all; the first half is two years old
};

/// REQUIRES: prefill() made the salon, and nobody has said anything there.
void prefill(const std::string& address, const history& said);

} // namespace salond::bench
