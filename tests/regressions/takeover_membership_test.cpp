// The replaced server let everybody write everywhere, whoever was a member of what. A user without a row for Général,
// and one whom the take-over renamed because two had one name, were refused there afterwards, and the old client
// neither shows that nor can ask to join a salon of that policy. Now the take-over makes everybody a member of such
// salons, and says whom, in its plan and in its log.
#include "tests/support/mariadb_fixture.hpp"
#include "tests/support/stores.hpp"

namespace salond {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class TakeoverMembershipMariadb : public support::mariadb_fixture {
protected:
  static int64_t number(const config::mysql_database& in, const std::string& question) {
    return std::stoll(support::ask_mysql(in, question).at(0).at(0));
  }
};

TEST_F(TakeoverMembershipMariadb, MutesNobodyInTheSalonOfEverybody) {
  const auto where = old_database();

  const auto db = open(where);

  const auto members = support::asked(*db).memberships.members(salon_id{1});
  EXPECT_EQ(members.size(), static_cast<size_t>(number(where, "SELECT COUNT(*) FROM clients")));
  for (const auto& name : {"dup-9", "dup-8-8", "server"}) // two who were renamed, and one who never joined
    EXPECT_THAT(members, Contains(support::asked(*db).accounts.find(name)->id)) << name;
  EXPECT_EQ(support::asked(*db).memberships.members(salon_id{2}).size(), 1u)
      << "only salons that are open to everybody";
}

TEST_F(TakeoverMembershipMariadb, IsSaidInPlanAndLogAlike) {
  const auto where = old_database();

  const auto plan = persistence::dry_run_mysql(where, {});
  open(where);

  const auto sentence = AllOf(HasSubstr("9 users who were no members"), HasSubstr("'DUP-9'"), HasSubstr("'server'"),
                              Not(HasSubstr("'Zoé'")));
  EXPECT_THAT(plan, Contains(sentence));
  EXPECT_THAT(log, Contains(sentence));
}

TEST_F(TakeoverMembershipMariadb, CanBeTakenBack) {
  const auto where = old_database();
  open(where);

  EXPECT_EQ(number(where, "SELECT COUNT(*) FROM migration_repairs r JOIN salons_adheres a ON a.id = r.row_id WHERE"
                          " r.table_name = 'salons_adheres' AND r.field = 'added' AND r.new_value = a.username"),
            9);
}

TEST_F(TakeoverMembershipMariadb, OfASalonWhoseNameIsSpelledOtherwiseToo) {
  const auto where = old_database();
  server().run(where.name, {"UPDATE salons SET nom_salon = 'GÉNÉRAL' WHERE salon_id = 1"});

  const auto db = open(where);
  EXPECT_EQ(support::asked(*db).memberships.members(salon_id{1}).size(), 14u);
}

TEST_F(TakeoverMembershipMariadb, NeedsNoSuchSalon) {
  const auto where = old_database();
  server().run(where.name, {"UPDATE salons SET nom_salon = 'Accueil' WHERE salon_id = 1"});

  const auto db = open(where);
  EXPECT_EQ(support::asked(*db).memberships.members(salon_id{1}).size(), 5u);
}

} // namespace salond
