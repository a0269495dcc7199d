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

} // namespace salond::bench
