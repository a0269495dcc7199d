// Accounts that wait for an administrator, and decisions that wait for their users.
#include "persistence/lookups.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::store;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(StoreContract, ARegistrationWaitsAndTakesItsNames) {
  const auto asked = write([&] { return db->request_registration({hostile_name, "Alias", "$argon2id$h"}, noon); });

  ASSERT_TRUE(asked);
  const auto waiting = db->registrations();
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].username, hostile_name);
  EXPECT_EQ(waiting[0].alias, "Alias");
  EXPECT_EQ(waiting[0].at, noon);
  EXPECT_EQ(find(hostile_name), fault::unknown_user) << "there is no account";
  add_user("paul");
  EXPECT_EQ(write([&] { return db->request_registration({hostile_name, "x", "h"}, noon); }), fault::name_taken);
  EXPECT_EQ(write([&] { return db->request_registration({"x", "ALIAS", "h"}, noon); }), fault::alias_taken);
  EXPECT_EQ(write([&] { return db->request_registration({"PAUL", "x", "h"}, noon); }), fault::name_taken);
  EXPECT_EQ(write([&] { return db->request_registration({"x", "Paul", "h"}, noon); }), fault::alias_taken);
  EXPECT_EQ(write([&] { return db->register_user({hostile_name, "x", "h"}); }).why(), fault::name_taken);
  EXPECT_EQ(write([&] { return db->register_user({"x", "alias", "h"}); }).why(), fault::alias_taken);
  EXPECT_EQ(write([&] { return db->add_user({hostile_name, "x", "h"}, decided()); }).why(), fault::name_taken);
  EXPECT_EQ(write([&] { return db->rename_user("paul", hostile_name, decided()); }), fault::name_taken);
  EXPECT_THAT(db->registrations(), SizeIs(1));
}

TEST_P(StoreContract, SaysBeforehandWhyItWouldRefuseARegistration) {
  add_user("paul");
  const auto refused = [this](const persistence::new_user& who) { return db->refuses_user(who); };

  EXPECT_EQ(refused({"PAUL", "x", {}}), fault::name_taken);
  EXPECT_EQ(refused({"x", "Paul", {}}), fault::alias_taken);
  EXPECT_EQ(refused({"zoë", "z", {}}), std::nullopt);
  for (size_t n = 0; n < store::most_registrations_of_network; ++n)
    write([&] {
      return db->request_registration({"zoë " + std::to_string(n), "z" + std::to_string(n), "h", role::user, "::/64"},
                                      noon);
    });
  EXPECT_EQ(refused({"x", "Z7", {}}), fault::alias_taken) << "of who waits";
  EXPECT_EQ(refused({"x", "y", {}, role::user, "::/64"}), std::nullopt);
  EXPECT_EQ(db->refuses_request({"x", "y", {}, role::user, "::/64"}), fault::too_many_attempts);
  EXPECT_EQ(db->refuses_request({"x", "y", {}, role::user, "192.0.2.1"}), std::nullopt);
}

TEST_P(StoreContract, NobodyWaitsForANameThatIsBanned) {
  add_user("Zoé");
  write([&] { return db->ban(key_of("Zoé"), decided()); });

  EXPECT_EQ(write([&] { return db->request_registration({"ZOÉ", "x", "h"}, noon); }), fault::name_taken);
}

TEST_P(StoreContract, AnAcceptedRegistrationIsAnAccountLikeAnyOther) {
  write([&] { return db->request_registration({hostile_name, "Alias", "$argon2id$h"}, noon); });

  const auto made = write([&] { return db->accept_registration(key_of(hostile_name), decided()); });

  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, ElementsAre(general));
  const auto account = find(hostile_name);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->id, made->user.id);
  EXPECT_EQ(account->username, hostile_name);
  EXPECT_EQ(account->alias, "Alias");
  EXPECT_EQ(account->password_hash, "$argon2id$h");
  EXPECT_EQ(account->role, role::user);
  EXPECT_THAT(db->members(general), ElementsAre(made->user.id));
  EXPECT_THAT(db->registrations(), IsEmpty());
  EXPECT_EQ(write([&] { return db->accept_registration(key_of(hostile_name), decided()); }).why(),
            fault::no_such_request);
  EXPECT_THAT(audited(), ElementsAre("accept_registration|" + hostile_name + "|done",
                                     "accept_registration|" + key_of(hostile_name) + "|no_such_request"));
}

TEST_P(StoreContract, WhoWaitsIsFoundByTheKeyOfTheUsername) {
  write([&] { return db->request_registration({hostile_name, "Alias", "h"}, noon); });
  write([&] { return db->register_user({"Zoé", "Zoé", "h"}); });

  EXPECT_TRUE(db->is_waiting(key_of(hostile_name)));
  EXPECT_FALSE(db->is_waiting(key_of("Zoé"))) << "has an account";
  EXPECT_FALSE(db->is_waiting(key_of("Alias"))) << "is no username";

  write([&] { return db->accept_registration(key_of(hostile_name), decided()); });
  EXPECT_FALSE(db->is_waiting(key_of(hostile_name)));
}

TEST_P(StoreContract, ARejectedRegistrationFreesItsNames) {
  write([&] { return db->request_registration({"Zoé", "Alias", "h"}, noon); });

  ASSERT_TRUE(write([&] { return db->reject_registration(key_of("ZOÉ"), decided()); }));

  EXPECT_THAT(db->registrations(), IsEmpty());
  EXPECT_EQ(write([&] { return db->reject_registration(key_of("Zoé"), decided()); }), fault::no_such_request);
  EXPECT_TRUE(write([&] { return db->register_user({"Zoé", "Alias", "h"}); }));
  EXPECT_THAT(audited(),
              ElementsAre("reject_registration|Zoé|done", "reject_registration|" + key_of("Zoé") + "|no_such_request"));
}

TEST_P(StoreContract, RegistrationsWaitInTheirOrderAndNoMoreThanAThousand) {
  db->transact([&] {
    for (size_t n = 0; n < store::most_registrations; ++n) {
      const auto name = "user" + std::to_string(n);
      ASSERT_TRUE(db->request_registration({name, name, "h"}, after_noon(minutes(n))));
    }
  });

  EXPECT_EQ(write([&] { return db->request_registration({"late", "late", "h"}, noon); }), fault::busy);
  const auto waiting = db->registrations();
  ASSERT_THAT(waiting, SizeIs(store::most_registrations));
  EXPECT_EQ(waiting.front().username, "user0");
  EXPECT_EQ(waiting.back().username, "user999");
  write([&] { return db->reject_registration("user500", decided()); });
  EXPECT_TRUE(write([&] { return db->request_registration({"late", "late", "h"}, noon); }));
}

TEST_P(StoreContract, NoMoreThanTwentyRegistrationsWaitOfOneNetwork) {
  const auto ask = [&](const std::string& name, const std::string& network) {
    return write([&] { return db->request_registration({name, name, "h", role::user, network}, noon); });
  };
  for (size_t n = 0; n < store::most_registrations_of_network; ++n)
    ASSERT_TRUE(ask("a" + std::to_string(n), "2001:db8:0:1::/64"));

  EXPECT_EQ(ask("more", "2001:db8:0:1::/64"), fault::too_many_attempts);
  EXPECT_TRUE(ask("honest", "192.0.2.1"));
  for (size_t n = 0; n <= store::most_registrations_of_network; ++n)
    EXPECT_TRUE(ask("local" + std::to_string(n), "")) << "no address, no bound of its own";
  EXPECT_EQ(db->registrations().front().network, "2001:db8:0:1::/64");
  write([&] { return db->reject_registration("a3", decided()); });
  EXPECT_TRUE(ask("more", "2001:db8:0:1::/64"));
}

TEST_P(StoreContract, ManyRegistrationsAreRejectedAtOnceByNetworkOrAll) {
  const auto ask = [&](const std::string& name, const std::string& network) {
    ASSERT_TRUE(write([&] { return db->request_registration({name, name, "h", role::user, network}, noon); }));
  };
  for (int n = 0; n < 20; ++n)
    ask("bad" + std::to_string(n), "192.0.2.1");
  ask("Zoé", "192.0.2.10");
  ask(hostile_name, "");

  EXPECT_EQ(*write([&] { return db->reject_registrations({"192.0.2.1"}, decided()); }), 20u);
  EXPECT_THAT(db->registrations(), SizeIs(2));
  EXPECT_EQ(write([&] { return db->reject_registrations({"192.0.2.1"}, decided()); }).why(), fault::no_such_request);
  EXPECT_EQ(*write([&] { return db->reject_registrations({}, decided()); }), 2u);

  EXPECT_THAT(db->registrations(), IsEmpty());
  EXPECT_EQ(write([&] { return db->reject_registrations({}, decided()); }).why(), fault::no_such_request);
  EXPECT_THAT(audited(), ElementsAre("reject_registrations|20 registrations (from 192.0.2.1)|done",
                                     "reject_registrations|0 registrations (from 192.0.2.1)|no_such_request",
                                     "reject_registrations|2 registrations (all)|done",
                                     "reject_registrations|0 registrations (all)|no_such_request"));
  EXPECT_TRUE(add_user("bad7").value) << "the names are free";
}

TEST_P(StoreContract, ARegistrationThatCannotBeAcceptedKeepsItsNetworkAndItsTime) {
  const auto asked = noon - minutes(7);
  write([&] { return db->request_registration({"admin", "admin", "h", role::user, "192.0.2.1"}, asked); });
  write([&] { return db->make_administrator("admin", "h"); });

  ASSERT_FALSE(write([&] { return db->accept_registration("admin", decided()); }));

  ASSERT_THAT(db->registrations(), SizeIs(1));
  EXPECT_EQ(db->registrations()[0].network, "192.0.2.1");
  EXPECT_EQ(db->registrations()[0].at, asked);
}

TEST_P(StoreContract, ManyRegistrationsAreAcceptedAndThoseThatCannotBeAreNamed) {
  for (const auto* name : {"zoe", "casino", "paul"})
    ASSERT_TRUE(write([&] { return db->request_registration({name, name, "h"}, noon); }));
  write([&] { return db->ban_name("c\xD0\xB0sino", decided()); }); // a Cyrillic а
  auto waiting = persistence::registrations_of(*db, {});
  ASSERT_THAT(waiting, SizeIs(3));
  waiting.push_back({"nobody", "nobody", noon, ""}); // decided meanwhile

  const auto found = write([&] { return persistence::accept_registrations(*db, waiting, decided()); });

  ASSERT_THAT(found.made, SizeIs(2));
  EXPECT_THAT(found.made[0].salons, ElementsAre(general));
  EXPECT_THAT(found.refused, ElementsAre("casino"));
  ASSERT_THAT(db->registrations(), SizeIs(1));
  EXPECT_EQ(db->registrations()[0].at, noon);
  EXPECT_THAT(persistence::registrations_of(*db, {std::nullopt, noon}), IsEmpty()) << "none from before";
}

TEST_P(StoreContract, AStartKeepsTheRegistrations) {
  write([&] { return db->request_registration({"Zoé", "Zoé", "h"}, noon); });

  db->transact([&] { db->reset_presence(store::requests::end); });

  EXPECT_THAT(db->registrations(), SizeIs(1));
}

// --- decisions that their users have not been told ---

TEST_P(StoreContract, ADecisionIsToldAtEachLoginUntilItIsMarked) {
  const auto zoe = add_user(hostile_name);
  const auto other = add_user("paul");
  const decided_request yes{marketing, "Marketing", true, after_noon(minutes(2))},
      no{blabla, "Blabla", false, after_noon(minutes(1))};
  db->transact([&] {
    db->remember_decision(zoe, yes);
    db->remember_decision(zoe, no);
    db->remember_decision(other, no);
  });

  for (int times = 0; times < 2; ++times) {
    const auto told = write([&] { return db->open_session(zoe, noon); })->decided;
    ASSERT_THAT(told, SizeIs(2));
    EXPECT_EQ(told[0].salon, blabla);
    EXPECT_EQ(told[0].salon_name, "Blabla");
    EXPECT_FALSE(told[0].accepted);
    EXPECT_EQ(told[0].at, no.at);
    EXPECT_EQ(told[1].salon, marketing);
    EXPECT_TRUE(told[1].accepted);
  }
  db->transact([&] { db->mark_told(zoe, {yes, no}); });

  EXPECT_THAT(write([&] { return db->open_session(zoe, noon); })->decided, IsEmpty());
  EXPECT_THAT(write([&] { return db->open_session(other, noon); })->decided, SizeIs(1));
}

TEST_P(StoreContract, ANewerDecisionTakesTheOldersPlaceAndIsNotMarkedWithIt) {
  const auto zoe = add_user("Zoé");
  const decided_request first{marketing, "Marketing", false, noon},
      second{marketing, "Marketing", true, after_noon(minutes(1))};
  db->transact([&] { db->remember_decision(zoe, first); });
  db->transact([&] { db->remember_decision(zoe, second); });

  db->transact([&] { db->mark_told(zoe, {first}); });

  const auto told = write([&] { return db->open_session(zoe, noon); })->decided;
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_TRUE(told[0].accepted);
}

TEST_P(StoreContract, DecisionsGoWithTheirSalonAndTheirUser) {
  const auto zoe = add_user("Zoé");
  const auto doomed = add_user("doomed");
  db->transact([&] {
    db->remember_decision(zoe, {marketing, "", true, noon});
    db->remember_decision(doomed, {blabla, "", true, noon});
    db->archive_salon(marketing, decided());
    EXPECT_TRUE(db->ban("doomed", decided()));
  });

  EXPECT_THAT(write([&] { return db->open_session(zoe, noon); })->decided, IsEmpty());
}

} // namespace salond
