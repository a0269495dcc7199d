// The databases that the contract of all stores is tested with, and what their tests say of people and time.
#pragma once
#include "persistence/contracts/all.hpp"
#include "persistence/decisions/accounts.hpp"
#include "persistence/decisions/imports.hpp"
#include "persistence/decisions/invitations.hpp"
#include "persistence/decisions/memberships.hpp"
#include "persistence/decisions/messages.hpp"
#include "persistence/decisions/private_messages.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/decisions/removals.hpp"
#include "persistence/decisions/salons.hpp"
#include "persistence/decisions/sessions.hpp"
#include "persistence/store.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace decisions = persistence::decisions;
}

namespace salond::support {

/// One kind of database. A new one is one more value in tests/contract/stores.cpp.
struct store_maker {
  /// Whether a machine without this database may skip its tests where the environment has CI.
  enum class absence { fails_in_ci, is_fine };

  std::string name; ///< letters and digits: part of the tests' names
  absence without = absence::fails_in_ci;
  /// A migrated store on a new database, or null where this database cannot be had.
  std::function<std::unique_ptr<persistence::store>()> make_empty;
  /// Why it cannot be had.
  std::function<std::string()> why_not;
};

/// SQLite in a file of its own; always there.
store_maker sqlite();

/// What a store hands out for reading, kept for longer than it is given for: a test may ask between transactions, and
/// its helpers within one. REQUIRES: `of` lives, and nothing runs in it now.
const persistence::reading& asked(persistence::store& of);

/// The name of a parameter, for INSTANTIATE_TEST_SUITE_P.
std::string name_of(const testing::TestParamInfo<store_maker>& info);

/// What a user is called who means ill, and what he writes.
extern const std::string hostile_name;
extern const std::string hostile_text;
/// 64 characters of four bytes each: the longest name.
extern const std::string longest_name;

/// A point in time that every test can mean, and one a while later.
constexpr moment noon{std::chrono::milliseconds{1'800'000'000'123}};
inline moment after_noon(std::chrono::milliseconds later) {
  return noon + later;
}

/// A decision of somebody who is no user, taken at noon.
decision decided(const std::string& by = "root");

} // namespace salond::support
