// Accounts that wait for an administrator, and decisions that wait for their users.
#include "persistence/decisions/names.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(StoreContract, ARegistrationWaitsAndTakesItsNames) {
  const auto asked = write([&](const auto& db) {
    return decisions::request_registration(db, {hostile_name, "Alias", "$argon2id$h"}, noon);
  });

  ASSERT_TRUE(asked);
  const auto waiting = now().registrations.all();
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].username, hostile_name);
  EXPECT_EQ(waiting[0].alias, "Alias");
  EXPECT_EQ(waiting[0].at, noon);
  EXPECT_EQ(find(hostile_name), fault::unknown_user) << "there is no account";
  add_user("paul");
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::request_registration(db, {hostile_name, "x", "h"}, noon);
            }),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::request_registration(db, {"x", "ALIAS", "h"}, noon);
            }),
            fault::alias_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::request_registration(db, {"PAUL", "x", "h"}, noon);
            }),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::request_registration(db, {"x", "Paul", "h"}, noon);
            }),
            fault::alias_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {hostile_name, "x", "h"});
            }).why(),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {"x", "alias", "h"});
            }).why(),
            fault::alias_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::add_user(db, {hostile_name, "x", "h"}, decided());
            }).why(),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_user(db, "paul", hostile_name, decided()); }),
            fault::name_taken);
  EXPECT_THAT(now().registrations.all(), SizeIs(1));
}

TEST_P(StoreContract, SaysBeforehandWhyItWouldRefuseARegistration) {
  add_user("paul");
  const auto refused = [this](const persistence::new_user& who) { return decisions::why_not_new(now(), who); };

  EXPECT_EQ(refused({"PAUL", "x", {}}), fault::name_taken);
  EXPECT_EQ(refused({"x", "Paul", {}}), fault::alias_taken);
  EXPECT_EQ(refused({"zoë", "z", {}}), std::nullopt);
  for (size_t n = 0; n < decisions::max_registrations_of_network; ++n)
    write([&](const auto& db) {
      return decisions::request_registration(
          db, {"zoë " + std::to_string(n), "z" + std::to_string(n), "h", role::user, "::/64"}, noon);
    });
  EXPECT_EQ(refused({"x", "Z7", {}}), fault::alias_taken) << "of who waits";
  EXPECT_EQ(refused({"x", "y", {}, role::user, "::/64"}), std::nullopt);
  EXPECT_EQ(decisions::why_not_requested(now(), {"x", "y", {}, role::user, "::/64"}), fault::too_many_attempts);
  EXPECT_EQ(decisions::why_not_requested(now(), {"x", "y", {}, role::user, "192.0.2.1"}), std::nullopt);
}

TEST_P(StoreContract, NobodyWaitsForANameThatIsBanned) {
  add_user("Zoé");
  write([&](const auto& db) { return decisions::ban(db, key_of("Zoé"), decided()); });

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::request_registration(db, {"ZOÉ", "x", "h"}, noon);
            }),
            fault::name_taken);
}

TEST_P(StoreContract, AnAcceptedRegistrationIsAnAccountLikeAnyOther) {
  write([&](const auto& db) {
    return decisions::request_registration(db, {hostile_name, "Alias", "$argon2id$h"}, noon);
  });

  const auto made =
      write([&](const auto& db) { return decisions::accept_registration(db, key_of(hostile_name), decided()); });

  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, ElementsAre(general));
  const auto account = find(hostile_name);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->id, made->user.id);
  EXPECT_EQ(account->username, hostile_name);
  EXPECT_EQ(account->alias, "Alias");
  EXPECT_EQ(account->password_hash, "$argon2id$h");
  EXPECT_EQ(account->role, role::user);
  EXPECT_THAT(now().memberships.members(general), ElementsAre(made->user.id));
  EXPECT_THAT(now().registrations.all(), IsEmpty());
  EXPECT_EQ(
      write([&](const auto& db) { return decisions::accept_registration(db, key_of(hostile_name), decided()); }).why(),
      fault::no_such_request);
  EXPECT_THAT(audited(), ElementsAre("accept_registration|" + hostile_name + "|done",
                                     "accept_registration|" + key_of(hostile_name) + "|no_such_request"));
}

TEST_P(StoreContract, WhoWaitsIsFoundByTheKeyOfTheUsername) {
  write([&](const auto& db) { return decisions::request_registration(db, {hostile_name, "Alias", "h"}, noon); });
  write([&](const auto& db) { return decisions::register_user(db, {"Zoé", "Zoé", "h"}); });

  EXPECT_TRUE(now().registrations.waiting(key_of(hostile_name)));
  EXPECT_FALSE(now().registrations.waiting(key_of("Zoé"))) << "has an account";
  EXPECT_FALSE(now().registrations.waiting(key_of("Alias"))) << "is no username";

  write([&](const auto& db) { return decisions::accept_registration(db, key_of(hostile_name), decided()); });
  EXPECT_FALSE(now().registrations.waiting(key_of(hostile_name)));
}

TEST_P(StoreContract, ARejectedRegistrationFreesItsNames) {
  write([&](const auto& db) { return decisions::request_registration(db, {"Zoé", "Alias", "h"}, noon); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::reject_registration(db, key_of("ZOÉ"), decided()); }));

  EXPECT_THAT(now().registrations.all(), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_registration(db, key_of("Zoé"), decided()); }),
            fault::no_such_request);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::register_user(db, {"Zoé", "Alias", "h"}); }));
  EXPECT_THAT(audited(),
              ElementsAre("reject_registration|Zoé|done", "reject_registration|" + key_of("Zoé") + "|no_such_request"));
}

TEST_P(StoreContract, RegistrationsWaitInTheirOrderAndNoMoreThanAThousand) {
  db->transact([&](const auto& db) {
    for (size_t n = 0; n < decisions::max_registrations; ++n) {
      const auto name = "user" + std::to_string(n);
      ASSERT_TRUE(decisions::request_registration(db, {name, name, "h"}, after_noon(minutes(n))));
    }
  });

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::request_registration(db, {"late", "late", "h"}, noon);
            }),
            fault::busy);
  const auto waiting = now().registrations.all();
  ASSERT_THAT(waiting, SizeIs(decisions::max_registrations));
  EXPECT_EQ(waiting.front().username, "user0");
  EXPECT_EQ(waiting.back().username, "user999");
  write([&](const auto& db) { return decisions::reject_registration(db, "user500", decided()); });
  EXPECT_TRUE(write([&](const auto& db) { return decisions::request_registration(db, {"late", "late", "h"}, noon); }));
}

TEST_P(StoreContract, NoMoreThanTwentyRegistrationsWaitOfOneNetwork) {
  const auto ask = [&](const std::string& name, const std::string& network) {
    return write([&](const auto& db) {
      return decisions::request_registration(db, {name, name, "h", role::user, network}, noon);
    });
  };
  for (size_t n = 0; n < decisions::max_registrations_of_network; ++n)
    ASSERT_TRUE(ask("a" + std::to_string(n), "2001:db8:0:1::/64"));

  EXPECT_EQ(ask("more", "2001:db8:0:1::/64"), fault::too_many_attempts);
  EXPECT_TRUE(ask("honest", "192.0.2.1"));
  for (size_t n = 0; n <= decisions::max_registrations_of_network; ++n)
    EXPECT_TRUE(ask("local" + std::to_string(n), "")) << "no address, no bound of its own";
  EXPECT_EQ(now().registrations.all().front().network, "2001:db8:0:1::/64");
  write([&](const auto& db) { return decisions::reject_registration(db, "a3", decided()); });
  EXPECT_TRUE(ask("more", "2001:db8:0:1::/64"));
}

TEST_P(StoreContract, ManyRegistrationsAreRejectedAtOnceByNetworkOrAll) {
  const auto ask = [&](const std::string& name, const std::string& network) {
    ASSERT_TRUE(write([&](const auto& db) {
      return decisions::request_registration(db, {name, name, "h", role::user, network}, noon);
    }));
  };
  for (int n = 0; n < 20; ++n)
    ask("bad" + std::to_string(n), "192.0.2.1");
  ask("Zoé", "192.0.2.10");
  ask(hostile_name, "");

  EXPECT_EQ(*write([&](const auto& db) { return decisions::reject_registrations(db, {"192.0.2.1"}, decided()); }), 20u);
  EXPECT_THAT(now().registrations.all(), SizeIs(2));
  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_registrations(db, {"192.0.2.1"}, decided()); }).why(),
            fault::no_such_request);
  EXPECT_EQ(*write([&](const auto& db) { return decisions::reject_registrations(db, {}, decided()); }), 2u);

  EXPECT_THAT(now().registrations.all(), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_registrations(db, {}, decided()); }).why(),
            fault::no_such_request);
  EXPECT_THAT(audited(), ElementsAre("reject_registrations|20 registrations (from 192.0.2.1)|done",
                                     "reject_registrations|0 registrations (from 192.0.2.1)|no_such_request",
                                     "reject_registrations|2 registrations (all)|done",
                                     "reject_registrations|0 registrations (all)|no_such_request"));
  EXPECT_TRUE(add_user("bad7").value) << "the names are free";
}

TEST_P(StoreContract, ARegistrationThatCannotBeAcceptedKeepsItsNetworkAndItsTime) {
  const auto asked = noon - minutes(7);
  write([&](const auto& db) {
    return decisions::request_registration(db, {"admin", "admin", "h", role::user, "192.0.2.1"}, asked);
  });
  write([&](const auto& db) { return decisions::make_administrator(db, "admin", "h"); });

  ASSERT_FALSE(write([&](const auto& db) { return decisions::accept_registration(db, "admin", decided()); }));

  ASSERT_THAT(now().registrations.all(), SizeIs(1));
  EXPECT_EQ(now().registrations.all()[0].network, "192.0.2.1");
  EXPECT_EQ(now().registrations.all()[0].at, asked);
}

TEST_P(StoreContract, ManyRegistrationsAreAcceptedAndThoseThatCannotBeAreNamed) {
  for (const auto* name : {"zoe", "casino", "paul"})
    ASSERT_TRUE(write([&](const auto& db) { return decisions::request_registration(db, {name, name, "h"}, noon); }));
  write([&](const auto& db) { return decisions::ban_name(db, "c\xD0\xB0sino", decided()); }); // a Cyrillic а
  auto waiting = decisions::registrations_of(now(), {});
  ASSERT_THAT(waiting, SizeIs(3));
  waiting.push_back({"nobody", "nobody", noon, ""}); // decided meanwhile

  const auto found = write([&](const auto& db) { return decisions::accept_registrations(db, waiting, decided()); });

  ASSERT_THAT(found.made, SizeIs(2));
  EXPECT_THAT(found.made[0].salons, ElementsAre(general));
  EXPECT_THAT(found.refused, ElementsAre("casino"));
  ASSERT_THAT(now().registrations.all(), SizeIs(1));
  EXPECT_EQ(now().registrations.all()[0].at, noon);
  EXPECT_THAT(decisions::registrations_of(now(), {std::nullopt, noon}), IsEmpty()) << "none from before";
}

TEST_P(StoreContract, AStartKeepsTheRegistrations) {
  write([&](const auto& db) { return decisions::request_registration(db, {"Zoé", "Zoé", "h"}, noon); });

  db->transact([&](const auto& db) { db.sessions.reset_presence(persistence::session_store::requests::end); });

  EXPECT_THAT(now().registrations.all(), SizeIs(1));
}

// --- decisions that their users have not been told ---

TEST_P(StoreContract, ADecisionIsToldAtEachLoginUntilItIsMarked) {
  const auto zoe = add_user(hostile_name);
  const auto other = add_user("paul");
  const decided_request yes{marketing, "Marketing", true, after_noon(minutes(2))},
      no{blabla, "Blabla", false, after_noon(minutes(1))};
  db->transact([&](const auto& db) {
    db.join_requests.remember_decision(zoe, yes);
    db.join_requests.remember_decision(zoe, no);
    db.join_requests.remember_decision(other, no);
  });

  for (int times = 0; times < 2; ++times) {
    const auto told = write([&](const auto& db) { return decisions::open_session(db, zoe, noon); })->decided;
    ASSERT_THAT(told, SizeIs(2));
    EXPECT_EQ(told[0].salon, blabla);
    EXPECT_EQ(told[0].salon_name, "Blabla");
    EXPECT_FALSE(told[0].accepted);
    EXPECT_EQ(told[0].at, no.at);
    EXPECT_EQ(told[1].salon, marketing);
    EXPECT_TRUE(told[1].accepted);
  }
  db->transact([&](const auto& db) { db.join_requests.mark_told(zoe, {yes, no}); });

  EXPECT_THAT(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); })->decided, IsEmpty());
  EXPECT_THAT(write([&](const auto& db) { return decisions::open_session(db, other, noon); })->decided, SizeIs(1));
}

TEST_P(StoreContract, ANewerDecisionTakesTheOldersPlaceAndIsNotMarkedWithIt) {
  const auto zoe = add_user("Zoé");
  const decided_request first{marketing, "Marketing", false, noon},
      second{marketing, "Marketing", true, after_noon(minutes(1))};
  db->transact([&](const auto& db) { db.join_requests.remember_decision(zoe, first); });
  db->transact([&](const auto& db) { db.join_requests.remember_decision(zoe, second); });

  db->transact([&](const auto& db) { db.join_requests.mark_told(zoe, {first}); });

  const auto told = write([&](const auto& db) { return decisions::open_session(db, zoe, noon); })->decided;
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_TRUE(told[0].accepted);
}

TEST_P(StoreContract, ADecisionThatIsTrueNoMoreIsForgotten) {
  const auto zoe = add_user("Zoé");
  const auto remember = [&](bool accepted) {
    write([&](const auto& db) {
      db.join_requests.remember_decision(zoe, {marketing, "Marketing", accepted, noon});
      return done{};
    });
  };
  const auto decided_now = [&] {
    return write([&](const auto& db) { return db.join_requests.decided_for(zoe).size(); });
  };

  remember(true);
  write([&](const auto& db) { return decisions::admit(db, marketing, key_of("Zoé"), decided()); });
  EXPECT_EQ(decided_now(), 1u) << "it says the same";
  write([&](const auto& db) { return decisions::dismiss(db, marketing, key_of("Zoé"), decided()); });
  EXPECT_EQ(decided_now(), 0u);

  remember(false);
  write([&](const auto& db) { return decisions::dismiss(db, marketing, key_of("Zoé"), decided()); });
  EXPECT_EQ(decided_now(), 1u) << "it says the same";
  write([&](const auto& db) { return decisions::admit(db, blabla, key_of("Zoé"), decided()); });
  EXPECT_EQ(decided_now(), 1u) << "another salon";
  write([&](const auto& db) { return decisions::admit(db, marketing, key_of("Zoé"), decided()); });
  EXPECT_EQ(decided_now(), 0u);

  // Where the later decision is not remembered itself: requests.keep_offline is off by then.
  remember(true);
  write([&](const auto& db) { return decisions::reject_request(db, marketing, zoe, decided()); });
  EXPECT_EQ(decided_now(), 0u);
  remember(false);
  write([&](const auto& db) { return decisions::add_request(db, marketing, zoe, noon); });
  write([&](const auto& db) { return decisions::accept_request(db, marketing, zoe, decided()); });
  EXPECT_EQ(decided_now(), 0u);
}

TEST_P(StoreContract, DecisionsWaitWhileTheirSalonIsArchivedAndGoWithTheirUser) {
  const auto zoe = add_user("Zoé");
  const auto doomed = add_user("doomed");
  db->transact([&](const auto& db) {
    db.join_requests.remember_decision(zoe, {marketing, "", true, noon});
    db.join_requests.remember_decision(doomed, {blabla, "", true, noon});
    decisions::archive_salon(db, marketing, decided());
    EXPECT_TRUE(decisions::ban(db, "doomed", decided()));
  });

  EXPECT_THAT(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); })->decided, IsEmpty());
  write([&](const auto& db) { return decisions::restore_salon(db, key_of("Marketing"), decided()); });
  EXPECT_THAT(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); })->decided, SizeIs(1));
}

} // namespace salond
