// The take-over of databases of the replaced server on a private MariaDB or MySQL: the fixture. The tests stand beside,
// a file for each concern.
#pragma once
#include "persistence/mysql/open.hpp"
#include "persistence/mysql/schema.hpp"
#include "tests/support/old_database.hpp"
#include "tests/support/stores.hpp"
#include <gmock/gmock.h>

namespace salond {

class Takeover : public testing::Test {
protected:
  void SetUp() override {
    if (!support::mariadb_server::why_not().empty()) {
      if (std::getenv("CI"))
        FAIL() << support::mariadb_server::why_not();
      GTEST_SKIP() << support::mariadb_server::why_not();
    }
    // Nothing here asks whether a commit survives a power cut, and there are thousands of table changes.
    static support::mariadb_server quick({"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF",
                                          "--innodb-flush-method=nosync", "--loose-sync-frm=OFF"});
    server = &quick;
  }

  config::mysql_database dirty(const std::string& charset = "utf8mb4",
                               const std::string& collation = "utf8mb4_unicode_ci") {
    const auto where = server->new_database();
    support::make_old_tables(*server, where.name, charset, collation);
    support::add_dirt(*server, where.name);
    return where;
  }

  std::unique_ptr<persistence::store> open(const config::mysql_database& where,
                                           const persistence::mysql::tuning& tuning = {}) {
    persistence::open_options options;
    options.report = [this](const std::string& line) { log.push_back(line); };
    return persistence::open_mysql(where, options, tuning);
  }

  std::string refusal(const config::mysql_database& where) {
    try {
      open(where);
      return "taken over";
    } catch (const persistence::store_error& why) {
      EXPECT_EQ(why.what_kind(), persistence::store_error::kind::setup);
      return why.what();
    }
  }

  static int64_t number(const config::mysql_database& in, const std::string& question) {
    return std::stoll(support::ask_mysql(in, question).at(0).at(0));
  }

  support::mariadb_server* server = nullptr;
  std::vector<std::string> log;
};

/// What its tables consist of: columns, indexes and foreign keys.
inline std::vector<support::rows> shape_of(const config::mysql_database& where) {
  std::vector<support::rows> all;
  for (const auto* question :
       {"SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLLATION_NAME FROM information_schema.COLUMNS WHERE"
        " TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'migration%' ORDER BY 1, 2",
        "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE FROM information_schema.STATISTICS WHERE"
        " TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'migration%' ORDER BY 1, 2, 3",
        "SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, DELETE_RULE, UPDATE_RULE FROM"
        " information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() ORDER BY 1, 2"})
    all.push_back(support::ask_mysql(where, question));
  return all;
}

} // namespace salond
