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

// A plan does not show it: with `max(seq)` in a part of a statement MariaDB read all messages of each salon by its
// index, and a list of salons took ten seconds where one had a million and a half.
TEST(QueryPlansMariadb, ASalonsNewestNumberIsLookedUp) {
  if (const auto why = support::mariadb_server::why_not(); !why.empty() || support::mariadb_server::is_mysql())
    GTEST_SKIP() << why;
  const auto where = support::mariadb_server::shared().new_database();
  const auto db = persistence::open_mysql(where, {});
  constexpr int64_t messages = 3000;
  user_id author;
  db->transact([&](const persistence::writing& in) {
    author = persistence::decisions::register_user(in, {"zoë", "zoë", "h"})->user.id;
    for (int64_t seq = 1; seq <= messages; ++seq)
      in.messages.append({salon_id{1}, author, seq, "text", support::noon});
  });
  const auto rows_read = [&] {
    int64_t sum = 0;
    for (const auto& row : support::ask_mysql(where, "SHOW GLOBAL STATUS LIKE 'Handler_read%'"))
      sum += std::stoll(row.at(1));
    return sum;
  };
  const auto before = rows_read();

  EXPECT_EQ(support::asked(*db).salons.all().at(0).last_seq, messages);
  EXPECT_EQ(support::asked(*db).homes.last_seq(salon_id{1}), messages);
  EXPECT_EQ(support::asked(*db).search_index.reaches({}, 1).at(0).newest, messages);

  EXPECT_LT(rows_read() - before, messages / 3);
}

TEST(QueryPlans, EveryReferenceInSqliteHasAnIndex) {
  EXPECT_THAT(support::references_without_index(), IsEmpty());
}

} // namespace salond
