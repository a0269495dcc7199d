// The tables of errors, a test a row: what each becomes at a start and while the server runs, and that it says what
// helps whom. What the databases really say stands in the regressions.
#include "persistence/mysql/open.hpp"
#include "persistence/sqlite/errors.hpp"
#include "tests/support/mariadb.hpp"
#include "tests/support/stores.hpp"
#include <cerrno>
#include <cstdlib>
#include <gmock/gmock.h>
#include <set>
#include <sqlite3.h>

namespace salond {

using persistence::cure;
using persistence::store_error;
using testing::HasSubstr;
using kind = store_error::kind;

namespace {

/// What is expected of each cure, in plain words and not by the code under test.
kind expected_at_start(cure by) {
  return by == cure::retry ? kind::unavailable : kind::setup;
}
kind expected_while_running(cure by) {
  return by == cure::nothing ? kind::fatal : by == cure::refusal ? kind::refused : kind::unavailable;
}

template <class Work>
std::pair<std::optional<kind>, std::string> failure_of(const Work& work) {
  try {
    work();
  } catch (const store_error& why) {
    return {why.what_kind(), why.what()};
  }
  return {};
}

} // namespace

class ErrorsOfTheServer : public testing::TestWithParam<persistence::mysql::error_row> {
protected:
  void SetUp() override {
    if (const auto why = support::mariadb_server::why_not(); !why.empty()) {
      if (std::getenv("CI"))
        FAIL() << why;
      GTEST_SKIP() << why;
    }
  }
  static config::mysql_database& database() {
    static auto where = support::mariadb_server::shared().new_database();
    return where;
  }
  /// The next statement that contains `word` fails with the row's code.
  persistence::mysql::tuning failing(const std::string& word) {
    persistence::mysql::tuning tuning;
    tuning.before_statement = [this, word](const std::string& statement) {
      if (fails_ && statement.find(word) != std::string::npos)
        throw persistence::mysql::error(GetParam().known.code, "the server's own words");
    };
    return tuning;
  }
  bool fails_ = true;
};

TEST_P(ErrorsOfTheServer, AtAStartEndTheStartUnlessANewTryMayHelp) {
  const auto& row = GetParam().known;

  const auto [failure, words] =
      failure_of([&] { persistence::open_mysql(database(), {database()}, failing("writers")); });

  EXPECT_EQ(failure, expected_at_start(row.cured_by));
  EXPECT_THAT(words, HasSubstr("the server's own words [" + std::to_string(row.code) + "]"));
  if (row.cured_by == cure::person || row.cured_by == cure::nothing) {
    EXPECT_GT(std::string(row.helps).size(), 10u) << "says nobody what to do";
  }
  EXPECT_THAT(words, HasSubstr(row.helps));
}

TEST_P(ErrorsOfTheServer, OfARunningServerAreWaitedForUnlessNothingHelps) {
  fails_ = false;
  const auto db = persistence::open_mysql(database(), {database(), std::chrono::milliseconds{0}}, failing("salons"));
  fails_ = true;

  const auto [failure, words] = failure_of([&] { db->read([&](const auto& db) { db.salons.all(); }); });
  fails_ = false;

  EXPECT_EQ(failure, expected_while_running(GetParam().known.cured_by));
  EXPECT_THAT(words, HasSubstr(GetParam().known.helps));
  if (failure != kind::fatal) {
    EXPECT_NO_THROW(db->read([&](const auto& db) { db.salons.all(); })) << "does not go on";
  }
}

std::string code_of(const testing::TestParamInfo<persistence::mysql::error_row>& info) {
  return std::to_string(info.param.known.code);
}
INSTANTIATE_TEST_SUITE_P(Rows, ErrorsOfTheServer, testing::ValuesIn(persistence::mysql::known_errors()), code_of);

TEST(ErrorTables, ListEachCodeOnce) {
  std::set<int> codes;
  for (const auto& row : persistence::mysql::known_errors())
    EXPECT_TRUE(codes.insert(row.known.code).second) << row.known.code;
}

TEST(ErrorTables, KnowWhatTheIssueNames) {
  const auto cure_of = [](int code) { return persistence::mysql::row_of(code).known.cured_by; };
  for (const auto code : {2002, 2003, 2006, 2013, 2999, 1040, 1205, 1213, 1226})
    EXPECT_EQ(cure_of(code), cure::retry) << code;
  for (const auto code :
       {1005, 1045, 1071, 1114, 1118, 1142, 1215, 1283, 1290, 1305, 1419, 1709, 1824, 1833, 1836, 3159, 3780, 6125})
    EXPECT_EQ(cure_of(code), cure::person) << code;
  for (const auto code : {1034, 1194, 1712})
    EXPECT_EQ(cure_of(code), cure::nothing) << code;
}

// What nobody listed was told as "cannot be reached", and tried again for a minute, when a start met it.
TEST(ErrorTables, TellWhatNobodyListedToAPersonAndLoseNothingWhileTheServerRuns) {
  const persistence::mysql::error why(99999, "the server's own words");

  EXPECT_EQ(persistence::mysql::at_start(why, "here").what_kind(), kind::setup);
  EXPECT_THAT(persistence::mysql::at_start(why, "here").what(), HasSubstr("the server's own words [99999]"));
  EXPECT_EQ(why.what_kind(), kind::unavailable);
  EXPECT_TRUE(why.left().unknown);
  EXPECT_FALSE(why.left().alive);
}

TEST(ErrorTables, DoNotTellEveryOptionThatForbidsAsAReadOnlyServer) {
  const persistence::mysql::error why(1290, "running with the NO_ENGINE_SUBSTITUTION option");

  EXPECT_THAT(why.what(), HasSubstr("change that option"));
  EXPECT_THAT(why.what(), testing::Not(HasSubstr("the database server is read-only")));
}

TEST(ErrorTables, OfSqliteSayWhoHelps) {
  using namespace persistence::sqlite;
  const auto cure_of = [](int code) { return row_of(code).cured_by; };
  const std::pair<int, cure> rows[] = {
      {SQLITE_NOMEM, cure::retry},
      {SQLITE_PROTOCOL, cure::retry},
      {SQLITE_IOERR, cure::retry},
      {SQLITE_IOERR_READ, cure::retry},
      {SQLITE_BUSY, cure::person},
      {SQLITE_BUSY_SNAPSHOT, cure::person},
      {SQLITE_FULL, cure::person},
      {SQLITE_IOERR_WRITE, cure::person},
      {SQLITE_IOERR_SHMOPEN, cure::person},
      {SQLITE_IOERR_SHMSIZE, cure::person},
      {SQLITE_IOERR_SHMLOCK, cure::person},
      {SQLITE_IOERR_SHMMAP, cure::person},
      {SQLITE_IOERR_LOCK, cure::person},
      {SQLITE_CANTOPEN, cure::person},
      {SQLITE_PERM, cure::person},
      {SQLITE_AUTH, cure::person},
      {SQLITE_READONLY, cure::person},
      {SQLITE_READONLY_DIRECTORY, cure::person},
      {SQLITE_NOLFS, cure::person},
      {SQLITE_READONLY_DBMOVED, cure::nothing},
      {SQLITE_IOERR_FSYNC, cure::nothing},
      {SQLITE_IOERR_DIR_FSYNC, cure::nothing},
      {SQLITE_IOERR_CORRUPTFS, cure::nothing},
      {SQLITE_CORRUPT, cure::nothing},
      {SQLITE_CORRUPT_VTAB, cure::nothing},
      {SQLITE_NOTADB, cure::nothing},
      {SQLITE_CONSTRAINT_UNIQUE, cure::refusal},
      {SQLITE_MISMATCH, cure::refusal},
      {SQLITE_ERROR, cure::refusal},
  };
  std::set<int> tried;
  for (const auto& [code, by] : rows) {
    EXPECT_EQ(cure_of(code), by) << code;
    tried.insert(code);
  }
  for (const auto& row : known_errors()) {
    EXPECT_TRUE(tried.count(row.code)) << row.code << " has no test";
    EXPECT_EQ(kind_at_start(row.cured_by), expected_at_start(row.cured_by));
    EXPECT_EQ(kind_while_running(row.cured_by), expected_while_running(row.cured_by));
    if (row.cured_by == cure::person || row.cured_by == cure::nothing) {
      EXPECT_GT(std::string(row.helps).size(), 10u) << row.code;
    }
  }
}

// One code tells of all of them, and of an hour nobody waits for the end.
TEST(ErrorTables, TellWhichLimitOfAUserWasMet) {
  const auto met = [](const char* limit) {
    return persistence::mysql::error(1226, std::string("User 'chat' has exceeded the '") + limit + "' resource");
  };
  EXPECT_THAT(met("max_user_connections").what(), HasSubstr("raise the user's MAX_USER_CONNECTIONS"));
  EXPECT_EQ(at_start(met("max_user_connections"), "x").what_kind(), kind::unavailable);
  for (const auto* limit :
       {"max_updates_per_hour", "max_queries_per_hour", "max_connections_per_hour", "max_questions", "max_updates"}) {
    EXPECT_THAT(met(limit).what(), HasSubstr("MAX_UPDATES_PER_HOUR 0")) << limit;
    EXPECT_EQ(at_start(met(limit), "x").what_kind(), kind::setup) << limit;
    EXPECT_EQ(met(limit).what_kind(), kind::unavailable) << limit;
  }
}

// Whoever reads such a sentence comes from a dry run, or from a run that looked for the same as one.
TEST(ErrorTables, SendNobodyInACircle) {
  for (const auto& row : persistence::mysql::known_errors())
    EXPECT_EQ(std::string(row.known.helps).find("--dry-run"), std::string::npos) << row.known.code;
}

TEST(ErrorTables, OfFilesSayWhoHelps) {
  using namespace persistence::sqlite;
  for (const auto& row : known_file_errors())
    EXPECT_TRUE(row.cured_by == cure::retry || std::string(row.helps).size() > 10) << row.code;
  EXPECT_THAT(behind(row_of_file_error(ENOSPC)), HasSubstr("room"));
  EXPECT_THAT(behind(row_of_file_error(EROFS)), HasSubstr("read-only"));
  EXPECT_THAT(behind(row_of_file_error(EMFILE)), HasSubstr("open files"));
  EXPECT_THAT(behind(row_of_file_error(EFBIG)), HasSubstr("LimitFSIZE"));
  EXPECT_EQ(row_of_file_error(EDQUOT).cured_by, cure::person);
  EXPECT_EQ(row_of_file_error(EXDEV).cured_by, cure::person);
}

} // namespace salond
