// A right that was exceeded, by a name that means two things. The old collation of names (utf8mb4_general_ci) held
// `ＡＤＭＩＮ`, in letters of full width, for another name than `admin`, so anybody could register it; to us they are
// one name. The take-over made that stranger the administrator, and the true one, with a higher number, an ordinary
// user called `admin-9`. Now they are administrators whom the old server meant; plan and log name them. The stranger's
// memberships follow his new name: they kept the old one, and the take-over stopped half-way, for good.
#include "protocol/words/names.hpp"
#include "tests/support/mariadb_fixture.hpp"
#include "tests/support/stores.hpp"

namespace salond {

using testing::Contains;
using testing::HasSubstr;

class TakeoverAdministratorsMariadb : public support::mariadb_fixture {
protected:
  config::mysql_database with(const std::string& clients, const std::string& collation = "utf8mb4_general_ci") {
    const auto where = server().new_database();
    support::make_old_tables(server(), where.name, "utf8mb4", collation);
    server().run(where.name, {"INSERT INTO clients(client_id, username, alias, password_hash) VALUES " + clients});
    return where;
  }
  static role role_of(persistence::store& db, const std::string& name) {
    const auto found = support::asked(db).accounts.find(key_of(name));
    return found ? found->role : throw std::runtime_error("there is no " + name);
  }
};

TEST_F(TakeoverAdministratorsMariadb, AreNotThoseWhoseNameOnlyLooksSo) {
  const auto where = with("(4, 'ＡＤＭＩＮ', 'x', 'h'), (5, 'bob', 'b', 'h')");
  server().run(where.name, {"INSERT INTO salons_adheres(username, salon_id) VALUES ('ＡＤＭＩＮ', 3)"});

  const auto plan = persistence::dry_run_mysql(where, {});
  const auto db = open(where);

  EXPECT_EQ(role_of(*db, "ＡＤＭＩＮ-4"), role::user);
  EXPECT_THAT(support::asked(*db).memberships.members(salon_id{3}), testing::ElementsAre(user_id{4}));
  EXPECT_EQ(support::asked(*db).roles.administrators(), persistence::administrator_state::none);
  for (const auto& said : {plan, log})
    EXPECT_THAT(said, Contains(HasSubstr("nobody is called admin or server")));
}

TEST_F(TakeoverAdministratorsMariadb, KeepTheirNameAndRole) {
  const auto where = with("(4, 'ＡＤＭＩＮ', 'x', 'h'), (9, 'admin', 'a', 'h'), (11, 'Server', 's', 'h')");
  server().run(where.name, {"INSERT INTO salons_adheres(username, salon_id) VALUES ('admin', 3)"});

  const auto plan = persistence::dry_run_mysql(where, {});
  const auto db = open(where);

  EXPECT_EQ(support::asked(*db).accounts.find("admin")->id, user_id{9});
  EXPECT_EQ(role_of(*db, "admin"), role::administrator);
  EXPECT_EQ(role_of(*db, "server"), role::administrator);
  EXPECT_EQ(role_of(*db, "ＡＤＭＩＮ-4"), role::user);
  EXPECT_THAT(support::asked(*db).memberships.members(salon_id{3}), testing::ElementsAre(user_id{9}));
  for (const auto& said : {plan, log}) {
    EXPECT_THAT(said, Contains(HasSubstr("clients 9: 'admin' stays an administrator")));
    EXPECT_THAT(said, Contains(HasSubstr("clients 11: 'Server' stays an administrator")));
  }
}

TEST_F(TakeoverAdministratorsMariadb, AreWhomTheOldServerKnewByTheExactName) {
  const auto where = with("(4, 'ADMIN', 'x', 'h'), (9, 'admin', 'a', 'h')", "utf8mb4_bin");

  const auto db = open(where);
  EXPECT_EQ(support::asked(*db).accounts.find("admin")->id, user_id{9});
}

} // namespace salond
