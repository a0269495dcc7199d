// What an operator is told is so.
// - A guard that proved something else: `status` said "database answers: yes" of a database that was dead, as long as
//   nobody wrote, and `kill` was refused since its line in the audit log could not be stored: a server whose disk was
//   full could not be stopped. Now `status` asks the database something, and `kill` stops without it.
// - "Done" that did not hold: `cert revoke` stood as done in the audit log, though its list could not be written and
//   the certificate was as good as before. Now a second line says that it was not done.
// - "Nothing was done" that had been: `message delete --author`, `accept --all` and `session end` work in steps, and a
//   database that refused a later one was told as if it had refused the first. Now they say what is done.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class SaidAsItIs : public OperatorsNode {
protected:
  bool database_answers() { return json::parse(command({"status"}).second)["database"]["answers"].get<bool>(); }
  /// From now on the database refuses to change a row of such a table where that is so.
  void refuse_change(const std::string& change, const std::string& where) {
    look_up("CREATE TRIGGER refused BEFORE " + change + " WHEN " + where + " BEGIN SELECT RAISE(ABORT, 'full'); END");
  }
  void take_changes() { look_up("DROP TRIGGER refused"); }
  /// There is a certificate of zed. To revoke it holds, and finds no room on the disk.
  void revoke_without_room() {
    certificates.list = [] {
      issued_certificate issued_certificate;
      issued_certificate.facts.who = {peer_kind::moderator, "zed"};
      return std::vector{issued_certificate};
    };
    certificates.revoke = [](const std::string&) { return revocation{1, "certificates.new: No space left"}; };
  }
};

TEST_F(SaidAsItIs, ADatabaseThatAnswersNoQuestionDoesNotAnswer) {
  start();
  EXPECT_TRUE(database_answers());

  guard->hold(access::reads);
  EXPECT_FALSE(database_answers()) << "nobody writes, and nobody is answered";
  guard->release(access::reads);

  EXPECT_TRUE(support::eventually([&] { return database_answers(); }));
}

TEST_F(SaidAsItIs, AServerWhoseDiskIsFullCanBeStopped) {
  start();
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);

  EXPECT_EQ(verdict_of({"kill", "0"}), admin_verdict::done);
  EXPECT_EQ(end_status(), 0);
}

TEST_F(SaidAsItIs, AServerWhoseDatabaseHangsCanBeStopped) {
  settings.stop.seconds = 1;
  start();
  guard->hold(access::writes);

  EXPECT_EQ(verdict_of({"kill", "0"}), admin_verdict::done);
  guard->release(access::writes);
  end_status();
}

TEST_F(SaidAsItIs, ARevocationThatCouldNotBeWrittenIsToldAsThat) {
  certificates.list = [] {
    issued_certificate issued_certificate;
    issued_certificate.facts.who = {peer_kind::moderator, "zed"};
    return std::vector{issued_certificate};
  };
  certificates.revoke = [](const std::string&) -> revocation { throw pki_error("certificates.new: No space left"); };
  certificates.issue = [](const identity&, const validity&) -> issued_bundle { throw pki_error("No space left"); };
  start();

  for (const words& said : {words{"cert", "revoke", "zed"}, words{"cert", "issue", "zed"}}) {
    const auto [verdict, text] = command(said);
    EXPECT_EQ(verdict, admin_verdict::refused);
    EXPECT_THAT(text, testing::HasSubstr("No space left"));
    const auto lines = log_of("cert " + said[1]);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0]["result"], "done");
    EXPECT_EQ(lines[1]["result"], "refused");
    EXPECT_EQ(lines[1]["to"], "zed");
    EXPECT_THAT(lines[1]["reason"].get<std::string>(), testing::HasSubstr("not done: "));
  }
}

TEST_F(SaidAsItIs, ARevocationThatHoldsAndIsNotStoredIsToldAsThat) {
  revoke_without_room();
  start();

  const auto [verdict, text] = command({"cert", "revoke", "zed"});

  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("1 revoked, and refused from now on, but that is not stored"));
  const auto lines = log_of("cert revoke");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1]["result"], "not_stored");
  EXPECT_THAT(lines[1]["reason"].get<std::string>(), testing::HasSubstr("No space left"));
}

TEST_F(SaidAsItIs, ARevocationThatIsNotStoredIsAnAlarm) {
  certificates.list = [] {
    issued_certificate issued_certificate;
    issued_certificate.facts.who = {peer_kind::moderator, "zed"};
    issued_certificate.facts.until = std::time(nullptr) + 30 * 86400;
    issued_certificate.revoked = std::time(nullptr);
    issued_certificate.not_stored = true;
    return std::vector{issued_certificate};
  };
  start();

  const auto text = command({"check"}).second;

  EXPECT_THAT(text, testing::HasSubstr("critical"));
  EXPECT_THAT(text, testing::HasSubstr("1 revoked, which a restart makes valid again"));
}

// The disk is full, and so is the database's: "nothing was done, try again", and no line of it ever.
TEST_F(SaidAsItIs, ARevocationIsToldAsItIsThoughTheDatabaseTakesNothing) {
  revoke_without_room();
  start();
  guard->fail_writes(persistence::store_error::kind::unavailable, 2);

  const auto [verdict, text] = command({"cert", "revoke", "zed"});

  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("1 revoked, and refused from now on, but that is not stored"));
  EXPECT_TRUE(support::eventually([&] { return log_of("cert revoke").size() == 2; }, std::chrono::seconds{30}));
  EXPECT_EQ(log_of("cert revoke")[1]["result"], "not_stored");
}

// 30,400 of 60,000 messages were deleted, and its operator was told that nothing was; the audit log said `begun`.
TEST_F(SaidAsItIs, ADeletionThatTheDatabaseEndsHalfWayIsToldAsThat) {
  add_user("paul");
  start();
  look_up("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450) "
          "INSERT INTO messages(client_id, salon_id, seq, created_ms, contenu) "
          "SELECT (SELECT client_id FROM clients WHERE username = 'paul'), 1, i, 1000, 'm' || i FROM n");
  ASSERT_EQ(look_up("SELECT COUNT(*) FROM messages WHERE contenu <> ''"), "450");
  refuse_change("UPDATE ON messages", "OLD.contenu = 'm410'");

  const auto [verdict, text] = command({"message", "delete", "--author=paul"});

  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("400 messages of paul deleted, the rest not"));
  EXPECT_EQ(look_up("SELECT COUNT(*) FROM messages WHERE contenu <> ''"), "50");
  auto lines = log_of("delete_message");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["result"], "begun");
  EXPECT_EQ(lines[1]["result"], "storage");
  EXPECT_EQ(lines[1]["reason"], "400 messages, and not the rest");

  take_changes();
  EXPECT_EQ(json::parse(command({"message", "delete", "--author=paul"}).second)["messages"], 50);
  lines = log_of("delete_message");
  EXPECT_EQ(lines.back()["reason"], "50 messages");
  EXPECT_EQ(lines.back()["result"], "done");
}

// The database takes no line either: it comes later.
TEST_F(SaidAsItIs, ADeletionWhoseEndTheDatabaseDoesNotTakeHasItsLineLater) {
  add_user("paul");
  start();
  look_up("INSERT INTO messages(client_id, salon_id, seq, created_ms, contenu) "
          "SELECT client_id, 1, 1, 1000, 'x' FROM clients WHERE username = 'paul'");
  refuse_change("INSERT ON audit", "NEW.result = 'done'");

  EXPECT_EQ(json::parse(command({"message", "delete", "--author=paul"}).second)["messages"], 1);
  EXPECT_EQ(log_of("delete_message").size(), 1u);
  take_changes();

  EXPECT_TRUE(support::eventually([&] { return log_of("delete_message").size() == 2; }, std::chrono::seconds{30}));
  EXPECT_EQ(log_of("delete_message")[1]["result"], "done");
}

TEST_F(SaidAsItIs, AcceptedRegistrationsAreToldThoughTheDatabaseRefusesTheOthers) {
  settings.registration.mode = config::registration::policy::approval;
  start();
  look_up("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) "
          "INSERT INTO registrations(username_key, username, alias_key, alias, password_hash, created_ms) "
          "SELECT CAST('n' || i AS BLOB), 'n' || i, CAST('n' || i AS BLOB), 'n' || i, 'x', i FROM n");
  ASSERT_EQ(look_up("SELECT COUNT(*) FROM registrations"), "50");
  const auto refuse_behind = [&](const std::string& count) {
    refuse_change("INSERT ON clients", "(SELECT COUNT(*) FROM clients WHERE username LIKE 'n%') >= " + count);
  };
  const auto accept = [&] { return command({"accept", "--all"}); };

  refuse_behind("19");
  EXPECT_EQ(accept(), std::pair(admin_verdict::refused,
                                std::string("the database cannot take it now; nothing was done, try again")));
  EXPECT_EQ(look_up("SELECT COUNT(*) FROM registrations"), "50");
  take_changes();
  refuse_behind("40");
  const auto [verdict, text] = accept();
  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("40 registrations are accepted, the others wait as before"));
  EXPECT_EQ(look_up("SELECT COUNT(*) FROM registrations"), "10");
  take_changes();

  EXPECT_EQ(json::parse(accept().second)["registrations"], 10);
}

// The sessions were closed and `done` in the audit log, and the last step, which ends late tokens, was refused.
TEST_F(SaidAsItIs, SessionsThatAreClosedAreToldAsClosedThoughTheLastStepIsRefused) {
  start();
  auto paul = add_user_and_log_in("paul");
  look_up("CREATE TRIGGER late AFTER INSERT ON audit WHEN NEW.what = 'session end' BEGIN "
          "INSERT INTO sessions(token_hash, client_id, created_ms, expires_ms) "
          "SELECT x'00', client_id, 0, 4000000000000 FROM clients WHERE username = 'paul'; END");
  refuse_change("DELETE ON sessions", "OLD.token_hash = x'00'");

  const auto [verdict, text] = command({"session", "end", "paul"});

  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("1 session of paul closed; but"));
  EXPECT_EQ(paul.line(), "Votre session a été fermée par un administrateur.");
  EXPECT_EQ(log_of("session end").size(), 1u);
  EXPECT_EQ(look_up("SELECT COUNT(*) FROM sessions"), "1");
  look_up("DROP TRIGGER late");
  take_changes();
  EXPECT_EQ(verdict_of({"session", "end", "paul"}), admin_verdict::done);
  EXPECT_EQ(look_up("SELECT COUNT(*) FROM sessions"), "0");
}

// Two certificates of one name are one in the audit log, and whoever bears it can revoke neither.
TEST_F(SaidAsItIs, NobodyElseGetsTheNameOfTheServersOwnCertificate) {
  certificates.list = [] { return std::vector<issued_certificate>{}; };
  certificates.issue = [](const identity&, const validity&) { return issued_bundle{"bundle", 0}; };
  start();

  for (const words& said : {words{"cert", "issue", "local"}, words{"cert", "issue", "local", "--role=moderator"}}) {
    const auto [verdict, text] = command(said);
    EXPECT_EQ(verdict, admin_verdict::refused);
    EXPECT_THAT(text, testing::HasSubstr("the server's own certificate"));
  }
  EXPECT_EQ(log_of("cert issue").size(), 2u);
  EXPECT_EQ(log_of("cert issue")[0]["result"], "refused");
  EXPECT_EQ(verdict_of({"cert", "issue", "locale"}), admin_verdict::done);
}

// A certificate `ops`, and an account `ops` that had waited when it was issued.
TEST_F(SaidAsItIs, NoAccountIsMadeWithTheNameOfACertificate) {
  settings.registration.mode = config::registration::policy::approval;
  auto issued = std::make_shared<std::vector<issued_certificate>>();
  certificates.list = [issued] { return *issued; };
  certificates.issue = [issued](const identity& who, const validity&) -> issued_bundle {
    issued->push_back({{who, "AB", 0, 0}, std::nullopt});
    return {"bundle", 0};
  };
  start();
  for (const std::string name : {"ops", "zo"}) {
    auto one = connect();
    one.say("INSCRIPTION:" + name + ":" + name + ":secret");
    ASSERT_EQ(one.line(), "Inscription en attente d'approbation.");
  }
  ASSERT_EQ(verdict_of({"cert", "issue", "ops"}), admin_verdict::done);

  EXPECT_EQ(verdict_of({"accept", "OPS"}), admin_verdict::refused);
  EXPECT_EQ(json::parse(command({"accept", "--all"}).second)["refused"], json::array({"ops"}));

  EXPECT_EQ(look_up("SELECT COUNT(*) FROM clients WHERE username IN ('ops', 'zo')"), "1");
  EXPECT_EQ(log_of("accept")[0]["result"], "reserved_name");
}

// `kick nobody` was a line of the audit log, and `member add nobody` was none.
TEST_F(SaidAsItIs, EveryRefusedCommandThatWouldChangeSomethingIsOneLine) {
  add_user("paul");
  start();

  const std::vector<std::pair<words, const char*>> refused = {{{"kick", "nobody"}, "unknown_user"},
                                                              {{"user", "rename", "paul", "admin"}, "reserved_name"},
                                                              {{"user", "rename", "nobody", "zed"}, "unknown_user"},
                                                              {{"member", "add", "nobody", "Général"}, "unknown_user"},
                                                              {{"member", "add", "paul", "nope"}, "unknown_salon"},
                                                              {{"salon", "policy", "nope", "auto"}, "unknown_salon"},
                                                              {{"salon", "create", "a:b"}, "invalid_name"},
                                                              {{"role", "paul", "moderator", "nope"}, "unknown_salon"},
                                                              {{"session", "end", "nobody"}, "unknown_user"},
                                                              {{"invite", "create", "--salon=nope"}, "unknown_salon"},
                                                              {{"accept", "nobody"}, "no_such_request"},
                                                              {{"user", "disable", "nobody"}, "unknown_user"}};
  auto count = std::stoul(look_up("SELECT COUNT(*) FROM audit"));
  for (const auto& [said, why] : refused) {
    EXPECT_EQ(verdict_of(said), admin_verdict::refused) << said[0] << ' ' << said[1];
    EXPECT_EQ(look_up("SELECT COUNT(*) FROM audit"), std::to_string(++count)) << said[0] << ' ' << said[1];
    EXPECT_EQ(look_up("SELECT result FROM audit ORDER BY audit_id DESC LIMIT 1"), why) << said[0] << ' ' << said[1];
  }
  EXPECT_EQ(verdict_of({"history", "nope"}), admin_verdict::refused);
  EXPECT_EQ(verdict_of({"salon", "policy", "Blabla", "maybe"}), admin_verdict::wrong_usage);
  EXPECT_EQ(look_up("SELECT COUNT(*) FROM audit"), std::to_string(count)) << "who looks, or errs, changes nothing";
}

// `check` was OK of a database that took nothing.
TEST_F(SaidAsItIs, ADatabaseThatTookNoWriteIsCritical) {
  start();
  const auto database = [&] {
    const auto text = command({"check"}).second;
    const auto all = json::parse(text);
    for (const auto& check : all["checks"])
      if (check["check"] == "database")
        return check["status"].get<std::string>();
    return text;
  };
  EXPECT_EQ(database(), "ok");

  guard->fail_writes(persistence::store_error::kind::unavailable, 1);
  verdict_of({"announce", "x"});
  EXPECT_EQ(database(), "critical");

  verdict_of({"announce", "y"});
  EXPECT_EQ(database(), "ok");
}

// `check` was OK while every message was refused: what somebody had defined in the database was in the way of messages
// alone, and the last write was another one.
TEST_F(SaidAsItIs, MessagesThatTheDatabaseRefusesAreAWarning) {
  add_user("zoë");
  start();
  const auto posts = [&] {
    const auto all = json::parse(command({"check"}).second);
    for (const auto& check : all["checks"])
      if (check["check"] == "posts")
        return check["status"].get<std::string>() + ": " + check["text"].get<std::string>();
    return all.dump();
  };
  auto zoe = log_in("zoë");
  EXPECT_EQ(posts(), "ok: none was refused of late");

  look_up("CREATE TRIGGER strangers BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no'); END");
  for (int times = 0; times < 2; ++times) {
    zoe.say("MSG (Général):x");
    EXPECT_EQ(zoe.line(), "ERREUR: service momentanément indisponible, réessayez");
  }
  verdict_of({"announce", "x"});

  EXPECT_EQ(posts(), "warning: the database refused 2 messages of late; the server's log says why");
}

// Whether there is room for another ban of an address was asked twice, once for the sentence.
TEST_F(SaidAsItIs, NoRoomForAnAddressIsRefusedByTheDecisionAndHasOneLine) {
  add_user("luc", role::administrator);
  start();
  look_up("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) INSERT INTO address_bans"
          "(network, until_ms, created_ms, reason, by_whom) SELECT '10.0.' || (i >> 8) || '.' || (i & 255), NULL, 1,"
          " '', 'x' FROM n");
  ASSERT_EQ(look_up("SELECT COUNT(*) FROM address_bans"), "10000");

  const auto [verdict, text] = command({"ban", "192.0.2.1"});

  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("10,000 addresses and networks are banned, which is the most"));
  EXPECT_EQ(log_of("ban_address").size(), 1u);
  EXPECT_EQ(log_of("ban_address").at(0)["result"], "busy");
  // The cure that is told can be followed: it was to ban the network first, for which there was no room.
  EXPECT_THAT(text, testing::HasSubstr("unban one that a network will hold, ban the network, and unban the others"));
  EXPECT_EQ(verdict_of({"ban", "10.0.0.0/24"}), admin_verdict::refused);
  EXPECT_EQ(verdict_of({"unban", "10.0.0.0"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"ban", "10.0.0.0/24"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"ban", "10.0.0.1"}), admin_verdict::done) << "it is out already";
}

} // namespace
} // namespace salond
