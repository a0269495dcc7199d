// The databases that the real server is tested with.
#pragma once
#include "tests/support/daemon.hpp"
#include "tests/support/tables.hpp"
#include <functional>
#include <gtest/gtest.h>

namespace salond::end_to_end {

/// One new, empty database for one test.
class database {
public:
  virtual ~database() = default;
  /// Where a server finds it, and with which variables.
  virtual support::daemon_options options() const = 0;
  virtual support::rows ask(const support::daemon& server, const std::string& sql) = 0;
  /// A statement that answers nothing.
  virtual void change(const support::daemon& server, const std::string& sql) = 0;
};

/// One kind of database. A new one is one more value of kinds().
struct database_kind {
  std::string name;
  std::function<std::unique_ptr<database>()> make;
  std::function<std::string()> why_not; ///< it cannot be had; empty when it can
};

/// Skips the test where the database cannot be had; fails it there in continuous integration.
#define SALOND_NEEDS(kind)                                                                                             \
  if (const auto missing = (kind).why_not(); !missing.empty()) {                                                       \
    if (std::getenv("CI"))                                                                                             \
      FAIL() << missing;                                                                                               \
    GTEST_SKIP() << missing;                                                                                           \
  }

/// For GoogleTest's messages.
inline void PrintTo(const database_kind& kind, std::ostream* out) {
  *out << kind.name;
}

/// A server that runs on a new database of each kind.
class server_test : public testing::TestWithParam<database_kind> {
protected:
  void SetUp() override;

  std::unique_ptr<database> db_;
  support::daemon server_;
};

std::vector<database_kind> kinds();
std::string name_of(const testing::TestParamInfo<database_kind>& info);

} // namespace salond::end_to_end
