// A name that means two things, and a thing that has two names. The lock of a SQLite database goes by its path: with a
// hard link to it two servers both said "ready" on one file, each with a log of its own, and the accounts and messages
// of one of them were gone. Now a file with several names is refused, and the sentence says so.
#include "persistence/sqlite/open.hpp"
#include "tests/support/stores.hpp"
#include "tests/support/temporary_folder.hpp"
#include <filesystem>
#include <gmock/gmock.h>

namespace salond {
namespace {

using persistence::store_error;
using testing::HasSubstr;

/// How it is refused; an empty text where it is not.
template <class Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::setup);
    return why.what();
  }
  return {};
}

TEST(OneThingTwoNames, ADatabaseWithHardLinksIsOpenedByNoneOfThem) {
  const support::temporary_folder folder;
  const config::sqlite_database sqlite_database{folder / "x.db"}, other{folder / "hard.db"};
  persistence::open_sqlite(sqlite_database).reset();
  const auto open = persistence::open_sqlite(sqlite_database);
  std::filesystem::create_hard_link(sqlite_database.path, other.path);

  EXPECT_THAT(refusal_of([&] { persistence::open_sqlite(other); }), HasSubstr("2 names (hard links)"));
  EXPECT_THAT(refusal_of([&] { persistence::dry_run_sqlite(other); }), HasSubstr("2 names"));
  EXPECT_THAT(refusal_of([&] { persistence::is_empty_sqlite(other); }), HasSubstr("2 names"));
  EXPECT_FALSE(std::filesystem::exists(other.path + ".lock"));
}

TEST(OneThingTwoNames, ADatabaseThatHasOneNameAgainIsOpened) {
  const support::temporary_folder folder;
  const config::sqlite_database sqlite_database{folder / "x.db"}, other{folder / "hard.db"};
  persistence::open_sqlite(sqlite_database).reset();
  std::filesystem::create_hard_link(sqlite_database.path, other.path);
  EXPECT_THAT(refusal_of([&] { persistence::open_sqlite(sqlite_database); }), HasSubstr(sqlite_database.path));

  std::filesystem::remove(other.path);

  EXPECT_EQ(refusal_of([&] { persistence::open_sqlite(sqlite_database); }), "");
}

} // namespace
} // namespace salond
