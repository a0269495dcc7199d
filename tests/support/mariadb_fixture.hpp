// What tests of the store in a private MariaDB (or MySQL) begin with.
#pragma once
#include "persistence/mysql/open.hpp"
#include "tests/support/old_database.hpp"
#include <cstdlib>
#include <gmock/gmock.h>

namespace salond::support {

/// One server for all tests of the program.
class mariadb_fixture : public testing::Test {
protected:
  void SetUp() override {
    if (const auto why = mariadb_server::why_not(); !why.empty()) {
      if (std::getenv("CI"))
        FAIL() << why;
      GTEST_SKIP() << why;
    }
  }
  static mariadb_server& server() { return mariadb_server::shared(); }

  /// A database of the replaced server, with all the dirt that is known.
  config::mysql_database old_database(const std::string& charset = "utf8mb4",
                                      const std::string& collation = "utf8mb4_general_ci",
                                      const std::string& more_options = "") {
    const auto where = server().new_database();
    make_old_tables(server(), where.name, charset, collation, more_options);
    add_dirt(server(), where.name);
    return where;
  }

  std::unique_ptr<persistence::store> open(const config::mysql_database& where,
                                           const persistence::mysql::tuning& tuning = {}) {
    persistence::open_options options;
    options.where = where;
    options.patience = std::chrono::milliseconds{300};
    options.warn = options.report = [this](const std::string& line) { log.push_back(line); };
    return persistence::open_mysql(where, options, tuning);
  }

  /// What `work` is refused with; empty where it is not. A failure that a new try might cure is none.
  template <class Work>
  static std::string refusal_of(const Work& work) {
    try {
      work();
      return {};
    } catch (const persistence::store_error& why) {
      EXPECT_EQ(why.what_kind(), persistence::store_error::kind::setup) << why.what();
      return why.what();
    }
  }

  std::vector<std::string> log;
};

} // namespace salond::support
