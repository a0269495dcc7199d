// A database of the replaced server, dirt and all: salond starts on it, and its users notice nothing.
#include "config/load.hpp"
#include "tests/end_to_end/databases.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/mariadb.hpp"
#include <gmock/gmock.h>

namespace salond::end_to_end {
namespace {

using support::line_client;
using support::mariadb_server;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> old_tables{
    "CREATE TABLE clients (client_id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255) NOT NULL, alias "
    "VARCHAR(255) NOT "
    "NULL, password_hash VARCHAR(64) NOT NULL, status VARCHAR(20) DEFAULT 'disconnected')",
    "CREATE INDEX idx_username ON clients(username)",
    "CREATE TABLE salons (salon_id INT AUTO_INCREMENT PRIMARY KEY, nom_salon VARCHAR(255) NOT NULL)",
    "CREATE TABLE salons_adheres (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255) NOT NULL, salon_id INT NOT "
    "NULL, "
    "FOREIGN KEY (username) REFERENCES clients(username), FOREIGN KEY (salon_id) REFERENCES salons(salon_id))",
    "CREATE TABLE messages (message_id INT AUTO_INCREMENT PRIMARY KEY, client_id INT NOT NULL, salon_id INT NOT NULL, "
    "contenu "
    "TEXT, timestamp TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, FOREIGN KEY (client_id) REFERENCES clients(client_id), "
    "FOREIGN "
    "KEY (salon_id) REFERENCES salons(salon_id))",
    "INSERT INTO salons(nom_salon) VALUES ('Général'), ('Blabla'), ('Comptabilité'), ('Informatique'), ('Marketing')",
};

// SHA-256 of "secret", "autre" and "se:cret:x", as the replaced server kept passwords.
#define OLD_SECRET "'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'"
#define OLD_OTHER "'e996f291499ef4190e47d296e2d958987f3dbc7be497f56aabb63c3a629cdab6'"
#define OLD_WITH_COLONS "'ce13773ac896b8a8ba56a68d8fdc9fd20104ce8ebad61638ab96b91a2c2d0a77'"

const std::vector<std::string> old_rows{
    "INSERT INTO clients VALUES (1, 'admin', 'admin', 'hashed_admin_password', 'disconnected'),"
    " (2, 'server', 'server', 'hashed_admin_password', 'connected'), (3, 'Zoé', 'zozo', " OLD_SECRET ", 'connected'),"
    " (5, 'paul', 'Paul', " OLD_SECRET ", NULL), (9, 'PAUL', 'paul', " OLD_OTHER ", 'disconnected'),"
    " (12, 'RESUME', 'r', " OLD_SECRET ", 'disconnected'), (15, 'vieux (nom)', 'v', " OLD_SECRET ", 'disconnected'),"
    " (16, 'INVITE', 'i', " OLD_WITH_COLONS ", 'disconnected')",
    "INSERT INTO salons_adheres(username, salon_id) VALUES ('Zoé', 1), ('ZOÉ', 2), ('Zoé', 1), ('paul', 1), ('PAUL', "
    "2)",
    "INSERT INTO messages(message_id, client_id, salon_id, contenu, timestamp) VALUES"
    " (1, 3, 1, ' bonjour', '2019-05-01 10:00:00'), (4, 5, 1, 'salut\\ntoi', '2019-05-01 10:00:01'), (5, 3, 1, NULL, "
    "NULL),"
    " (7, 9, 1, ' moi aussi', NULL), (9, 3, 2, ' blabla', '2019-05-02 10:00:00')",
};

class Takeover : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    where_ = maria().new_database("CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
    maria().run(where_.name, old_tables);
    maria().run(where_.name, old_rows);
    server_.options.db = config::to_string(where_);
  }
  static mariadb_server& maria() { return mariadb_server::shared(); }
  std::string one(const std::string& question) { return maria().ask(where_.name, question).at(0).at(0); }

  config::mysql_database where_;
  support::daemon server_;
};

TEST_F(Takeover, AnOldUserLogsInWithTheOldPasswordAndFindsTheHistory) {
  server_.start();

  line_client zoe(server_.endpoint());
  zoe.say("zoÉ:secret");
  EXPECT_EQ(zoe.hear(), "CONNECTED");
  EXPECT_EQ(zoe.hear(), "[[1, \"G\\u00e9n\\u00e9ral\"], [2, \"Blabla\"], [3, \"Comptabilit\\u00e9\"], "
                        "[4, \"Informatique\"], [5, \"Marketing\"]]");
  EXPECT_EQ(zoe.hear(), "[{\"salon_id\": 1, \"salon_name\": \"G\\u00e9n\\u00e9ral\"}, "
                        "{\"salon_id\": 2, \"salon_name\": \"Blabla\"}]");
  zoe.say("HISTORY:Général:10");
  EXPECT_EQ(zoe.hear(), "Zoé dans le salon Général: bonjour");
  EXPECT_EQ(zoe.hear(), "paul dans le salon Général: salut toi");
  EXPECT_EQ(zoe.hear(), "PAUL-9 dans le salon Général: moi aussi");
  EXPECT_TRUE(zoe.hears_nothing());
  zoe.say("MSG (Blabla): encore");
  EXPECT_EQ(zoe.hear(), "Zoé dans le salon Blabla: encore");
  zoe.say("HISTORY:Blabla:10");
  EXPECT_EQ(zoe.hear(), "Zoé dans le salon Blabla: blabla");
  EXPECT_EQ(zoe.hear(), "Zoé dans le salon Blabla: encore");
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Takeover, TheFirstLoginReplacesTheHashInTheSameColumn) {
  server_.start();
  const auto hash = [this] { return one("SELECT password_hash FROM clients WHERE username = 'Zoé'"); };
  EXPECT_EQ(hash().size(), 64u);
  line_client wrong(server_.endpoint());
  EXPECT_FALSE(wrong.log_in("Zoé", "Secret"));
  EXPECT_EQ(hash().size(), 64u);

  line_client right(server_.endpoint());
  EXPECT_TRUE(right.log_in("Zoé"));

  EXPECT_TRUE(support::eventually([&] { return hash().rfind("$argon2id$", 0) == 0; })) << hash();
  line_client again(server_.endpoint());
  EXPECT_TRUE(again.log_in("Zoé"));
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Takeover, UsersOfOneNameBothStayAndOddNamesLogIn) {
  server_.start();

  for (const auto& [name, password] :
       {std::pair{"paul", "secret"}, {"PAUL-9", "autre"}, {"vieux (nom)", "secret"}, {"INVITE", "se:cret:x"}}) {
    line_client client(server_.endpoint());
    EXPECT_TRUE(client.log_in(name, password)) << name;
  }
  line_client resume(server_.endpoint());
  EXPECT_TRUE(resume.log_in("RESUME")) << "is no token, so a user of that name";
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Takeover, AnAdministratorWhoCouldNotLogInGetsAPassword) {
  server_.start();

  line_client admin(server_.endpoint());
  EXPECT_TRUE(admin.log_in("admin", server_.administrator_password()));
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Takeover, SaysWhatItDidAndTheSecondStartHasNothingToDo) {
  server_.start();
  EXPECT_EQ(server_.stop(), 0);
  const auto log = server_.log();
  const auto after = maria().dump(where_.name);

  const auto again = support::run_salond(
      server_.folder(), {"--db=" + server_.options.db, "--state=" + server_.state(), "--migrate-only"});

  EXPECT_THAT(log, HasSubstr("PAUL-9"));
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.errors, testing::Not(HasSubstr("PAUL-9")));
  EXPECT_EQ(maria().dump(where_.name), after);
  server_.start();
  EXPECT_EQ(one("SELECT count(*) FROM clients WHERE status <> 'disconnected'"), "0");
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Takeover, ADryRunSaysWhatItWouldDoAndChangesNothing) {
  const auto before = maria().dump(where_.name);

  const auto run = support::run_salond(
      server_.folder(), {"--db=" + server_.options.db, "--state=" + server_.state(), "--migrate-only", "--dry-run"});

  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("PAUL-9"));
  EXPECT_EQ(maria().dump(where_.name), before);
}

TEST_F(Takeover, RefusesWhatItDoesNotRecogniseAndChangesNothing) {
  maria().run(where_.name, {"DROP TABLE messages"});
  const auto before = maria().dump(where_.name);

  server_.launch();

  EXPECT_EQ(server_.running().wait(), 1);
  EXPECT_EQ(server_.running().output(), "");
  EXPECT_NE(server_.log(), "");
  EXPECT_EQ(maria().dump(where_.name), before);
}

} // namespace
} // namespace salond::end_to_end
