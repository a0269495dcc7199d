// That a look at the plans of statements finds what it looks for; the statements themselves are looked at in every test
// of the contract.
#include "persistence/mysql/open.hpp"
#include "persistence/sqlite/database.hpp"
#include "persistence/sqlite/schema.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/mariadb.hpp"

namespace salond {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// By what nobody asks for, so that no index will ever be there.
constexpr const char* scan = "SELECT pm_id FROM private_messages WHERE contenu = 'x'";
constexpr const char* no_scan = "SELECT message_id FROM messages WHERE salon_id = 7";

TEST(QueryPlans, AScanOfAGrowingTableIsSeenInSqlite) {
  const auto plans = support::watch_plans("sqlite");
  const auto db = support::sqlite().make_empty();
  persistence::sqlite::database beside(":memory:", persistence::sqlite::database::purpose::write);
  persistence::sqlite::migrate(beside);
  plans->begin();

  beside.run(no_scan);
  const auto before = plans->full_scans(*db);
  beside.run(scan);

  EXPECT_THAT(before, IsEmpty());
  EXPECT_THAT(plans->full_scans(*db), ElementsAre(HasSubstr(scan)));
}

TEST(QueryPlansMariadb, AScanOfAGrowingTableIsSeen) {
  if (const auto why = support::mariadb_server::why_not(); !why.empty() || support::mariadb_server::is_mysql())
    GTEST_SKIP() << why;
  const auto where = support::mariadb_server::shared().new_database();
  const auto plans = support::watch_plans("mariadb");
  const auto db = persistence::open_mysql(where, {});
  persistence::mysql::connection beside(where, {});
  plans->begin();

  beside.number(no_scan);
  beside.number(scan);

  EXPECT_THAT(plans->full_scans(*db), ElementsAre(HasSubstr(scan)));
}

TEST(QueryPlans, EveryReferenceInSqliteHasAnIndex) {
  EXPECT_THAT(support::references_without_index(), IsEmpty());
}

} // namespace salond
