#include "tests/contract/store_contract.hpp"
#include <map>

namespace salond {

using persistence::membership_change;
using persistence::request_change;
using persistence::store_error;
using support::decided;
using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, BeginsWithTheFiveSalonsOfTheReplacedServer) {
  const auto salons = now().salons.all();

  ASSERT_EQ(salons.size(), 5u);
  const std::pair<const char*, policy> expected[] = {{"Général", policy::automatic},
                                                     {"Blabla", policy::open},
                                                     {"Comptabilité", policy::approval},
                                                     {"Informatique", policy::approval},
                                                     {"Marketing", policy::approval}};
  for (size_t i = 0; i < salons.size(); ++i) {
    EXPECT_EQ(salons[i].id.value, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(salons[i].name, expected[i].first);
    EXPECT_EQ(salons[i].policy, expected[i].second);
    EXPECT_EQ(salons[i].last_seq, 0);
  }
}

TEST_P(StoreContract, CreatesASalonOfEachPolicy) {
  for (const auto each : {policy::automatic, policy::open, policy::approval}) {
    const auto name = hostile_name + std::to_string(static_cast<int>(each));

    const auto made = write([&](const auto& db) { return decisions::create_salon(db, name, each, decided()); });

    ASSERT_TRUE(made);
    EXPECT_EQ(made->name, name);
    EXPECT_EQ(made->last_seq, 0);
    const auto stored = now().salons.all().back();
    EXPECT_EQ(stored.id, made->id);
    EXPECT_EQ(stored.name, name);
    EXPECT_EQ(stored.policy, each);
  }
}

TEST_P(StoreContract, TellsTheMembersOfAllSalonsAtOnce) {
  const auto zoe = add_user("zoë"), paul = add_user(hostile_name);
  write([&](const auto& db) { return decisions::add_member(db, marketing, paul); });
  write([&](const auto& db) { return decisions::add_member(db, marketing, zoe); });
  write([&](const auto& db) { return decisions::add_member(db, blabla, paul); });

  auto all = now().memberships.members_of_all();

  for (const auto salon : {general, blabla, marketing}) {
    std::sort(all[salon].begin(), all[salon].end());
    EXPECT_EQ(all[salon], now().memberships.members(salon)) << salon.value;
  }
  EXPECT_THAT(all[blabla], ElementsAre(paul));
  EXPECT_EQ(all.size(), 3u) << "who has no members is not in it";
}

TEST_P(StoreContract, RefusesASalonWhoseKeyIsTaken) {
  EXPECT_EQ(write([&](const auto& db) { return decisions::create_salon(db, "gÉNÉRAL", policy::open, decided()); }),
            fault::invalid_name);
  EXPECT_EQ(now().salons.all().size(), 5u);
}

TEST_P(StoreContract, TakesSalonsThatDifferByAnAccentAndTheLongestName) {
  EXPECT_TRUE(write([&](const auto& db) { return decisions::create_salon(db, "General", policy::open, decided()); }));
  EXPECT_TRUE(write(
      [&](const auto& db) { return decisions::create_salon(db, support::longest_name, policy::open, decided()); }));
  EXPECT_EQ(now().salons.all().back().name, support::longest_name);
}

TEST_P(StoreContract, ASalonsPolicyTopicAndNameAreChanged) {
  const std::string topic = support::hostile_text;

  EXPECT_EQ(
      write([&](const auto& db) { return decisions::set_policy(db, blabla, policy::approval, decided()); })->policy,
      policy::approval);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_topic(db, blabla, topic, decided()); })->topic, topic);
  const auto renamed =
      write([&](const auto& db) { return decisions::rename_salon(db, blabla, "Blabla", hostile_name, decided()); });

  ASSERT_TRUE(renamed);
  const auto stored = now().salons.all().at(1);
  for (const auto& salon : {*renamed, stored}) {
    EXPECT_EQ(salon.id, blabla);
    EXPECT_EQ(salon.name, hostile_name);
    EXPECT_EQ(salon.policy, policy::approval);
    EXPECT_EQ(salon.topic, topic);
  }
  EXPECT_TRUE(write([&](const auto& db) {
    return decisions::create_salon(db, "Blabla", policy::open, decided());
  })); // the old name is free
}

// Two operators at once: the second one had said the name that the salon was called by when he began.
TEST_P(StoreContract, ASalonThatWasRenamedMeanwhileIsUnknownByItsOldName) {
  ASSERT_TRUE(write([&](const auto& db) { return decisions::rename_salon(db, blabla, "Blabla", "Bla", decided()); }));

  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_salon(db, blabla, "Blabla", "Late", decided()); }),
            fault::unknown_salon);

  EXPECT_EQ(now().salons.all().at(1).name, "Bla");
  EXPECT_THAT(audited(), ElementsAre("rename_salon|Blabla (Bla)|done", "rename_salon|Blabla (Late)|unknown_salon"));
}

TEST_P(StoreContract, ASalonMayGetAnotherSpellingOfItsNameAndNobodyElsesName) {
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::rename_salon(db, blabla, "Blabla", "BLABLA", decided()); }));
  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_salon(db, blabla, "BLABLA", "GÉNÉRAL", decided()); }),
            fault::invalid_name);
  EXPECT_EQ(now().salons.all().at(1).name, "BLABLA");
}

TEST_P(StoreContract, AnArchivedSalonIsGoneButForItsMessagesAndItsName) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);
  post(general, zoe, 1, "kept");
  db->transact([&](const auto& db) {
    decisions::add_request(db, general, other, noon);
    decisions::set_role(db, key_of("Zoé"), role::moderator, {general}, decided());
  });

  const auto archived = write([&](const auto& db) { return decisions::archive_salon(db, general, decided()); });

  ASSERT_TRUE(archived);
  EXPECT_EQ(archived->name, "Général");
  EXPECT_EQ(now().salons.all().size(), 4u);
  EXPECT_THAT(texts(general), ElementsAre("kept"));
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
  EXPECT_THAT(now().roles.moderates(key_of("Zoé")), IsEmpty());
  EXPECT_THAT(now().accounts.profile(key_of("Zoé"))->salons, IsEmpty());
  EXPECT_THAT(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); })->salons, IsEmpty());
  EXPECT_THAT(write([&](const auto& db) {
                return decisions::register_user(db, {"new", "new", "h"});
              })->salons,
              IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::create_salon(db, "Général", policy::open, decided()); }),
            fault::invalid_name);
  EXPECT_EQ(write([&](const auto& db) { return decisions::archive_salon(db, general, decided()); }),
            fault::unknown_salon);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_topic(db, general, "x", decided()); }),
            fault::unknown_salon);
  EXPECT_EQ(write([&](const auto& db) { return decisions::admit(db, general, key_of("new"), decided()); }),
            fault::unknown_salon);
}

TEST_P(StoreContract, ARestoredSalonHasItsMembersAndWhoCameMeanwhileIfItIsEverybodys) {
  const auto zoe = add_user("Zoé"), left = add_user("left");
  write([&](const auto& db) { return decisions::add_member(db, marketing, zoe); });
  write([&](const auto& db) { return decisions::remove_member(db, general, left); });
  for (const auto salon : {general, marketing})
    write([&](const auto& db) { return decisions::archive_salon(db, salon, decided()); });
  const auto made = write([&](const auto& db) { return decisions::register_user(db, {"new", "new", "h"}); });
  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, IsEmpty());

  const auto back = write([&](const auto& db) { return decisions::restore_salon(db, key_of("GÉNÉRAL"), decided()); });
  ASSERT_TRUE(back);
  ASSERT_TRUE(write([&](const auto& db) { return decisions::restore_salon(db, key_of("Marketing"), decided()); }));

  EXPECT_EQ(back->name, "Général");
  EXPECT_THAT(now().memberships.members(general), ElementsAre(zoe, made->user.id));
  EXPECT_THAT(now().memberships.members(marketing), ElementsAre(zoe));
  EXPECT_THAT(now().accounts.profile("new")->salons, ElementsAre("Général"));
  EXPECT_EQ(write([&](const auto& db) { return decisions::restore_salon(db, key_of("Général"), decided()); }),
            fault::unknown_salon);
}

TEST_P(StoreContract, NoSalonIsRestoredThatLooksLikeAnother) {
  const auto garden =
      *write([&](const auto& db) { return decisions::create_salon(db, "Jardin", policy::open, decided()); });
  write([&](const auto& db) { return decisions::archive_salon(db, garden.id, decided()); });
  const auto other = write([&](const auto& db) {
    return decisions::create_salon(db, "J\xD0\xB0rdin", policy::open, decided());
  }); // Cyrillic
  ASSERT_TRUE(other);

  EXPECT_EQ(write([&](const auto& db) { return decisions::restore_salon(db, key_of("Jardin"), decided()); }),
            fault::invalid_name);
  EXPECT_EQ(now().salons.archived().size(), 1u);

  write([&](const auto& db) { return decisions::archive_salon(db, other->id, decided()); });
  EXPECT_TRUE(write([&](const auto& db) { return decisions::restore_salon(db, key_of("Jardin"), decided()); }));
}

TEST_P(StoreContract, NoSalonIsChangedThatIsNot) {
  const salon_id none{4711};

  EXPECT_EQ(write([&](const auto& db) { return decisions::set_policy(db, none, policy::open, decided()); }),
            fault::unknown_salon);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_topic(db, none, "x", decided()); }),
            fault::unknown_salon);
  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_salon(db, none, "y", "x", decided()); }),
            fault::unknown_salon);
  EXPECT_EQ(write([&](const auto& db) { return decisions::archive_salon(db, none, decided()); }), fault::unknown_salon);
}

TEST_P(StoreContract, AnOperatorMakesMembersAndEndsMemberships) {
  const auto who = add_user(hostile_name);
  const auto key = key_of(hostile_name);
  write([&](const auto& db) { return decisions::add_request(db, marketing, who, noon); });

  EXPECT_EQ(write([&](const auto& db) { return decisions::admit(db, marketing, key, decided()); }),
            membership_change::made);
  EXPECT_EQ(write([&](const auto& db) { return decisions::admit(db, marketing, key, decided()); }),
            membership_change::was_so);
  EXPECT_THAT(now().memberships.members(marketing), ElementsAre(who));
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::dismiss(db, marketing, key, decided()); }),
            membership_change::made);
  EXPECT_EQ(write([&](const auto& db) { return decisions::dismiss(db, marketing, key, decided()); }),
            membership_change::was_so);
  EXPECT_THAT(now().memberships.members(marketing), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::admit(db, marketing, "nobody", decided()); }),
            fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) { return decisions::dismiss(db, marketing, "nobody", decided()); }),
            fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) { return decisions::dismiss(db, salon_id{4711}, key, decided()); }),
            fault::unknown_salon);
}

TEST_P(StoreContract, AMemberIsMadeOnce) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(write([&](const auto& db) { return decisions::add_member(db, blabla, zoe); }), membership_change::made);
  EXPECT_EQ(write([&](const auto& db) { return decisions::add_member(db, blabla, zoe); }), membership_change::was_so);
  EXPECT_THAT(now().memberships.members(blabla), ElementsAre(zoe));
}

TEST_P(StoreContract, AMemberLeavesOnce) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);

  EXPECT_EQ(write([&](const auto& db) { return decisions::remove_member(db, general, zoe); }), membership_change::made);
  EXPECT_EQ(write([&](const auto& db) { return decisions::remove_member(db, general, zoe); }),
            membership_change::was_so);
  EXPECT_THAT(now().memberships.members(general), ElementsAre(other));
}

TEST_P(StoreContract, MembersAreCounted) {
  const auto counts_of = [this](std::optional<salon_id> only) {
    std::map<int64_t, size_t> counts;
    for (const auto& each : now().memberships.counts(only))
      counts[each.salon.value] = each.members;
    return counts;
  };
  const auto zoe = add_user("Zoé");
  add_user(hostile_name);
  write([&](const auto& db) { return decisions::add_member(db, blabla, zoe); });

  EXPECT_EQ(counts_of({}), (std::map<int64_t, size_t>{{general.value, 2}, {blabla.value, 1}}));
  EXPECT_EQ(counts_of(general), (std::map<int64_t, size_t>{{general.value, 2}}));
  EXPECT_THAT(counts_of(marketing), IsEmpty());
  write([&](const auto& db) { return decisions::archive_salon(db, blabla, decided()); });
  EXPECT_EQ(counts_of(blabla), (std::map<int64_t, size_t>{{blabla.value, 1}}));
}

TEST_P(StoreContract, NobodyIsNoMember) {
  EXPECT_EQ(write([&](const auto& db) { return decisions::add_member(db, blabla, nobody); }), fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) { return decisions::remove_member(db, blabla, nobody); }), fault::unknown_user);
  EXPECT_THAT(now().memberships.members(blabla), IsEmpty());
}

TEST_P(StoreContract, ARequestWaitsOnce) {
  const auto who = add_user(hostile_name);

  EXPECT_EQ(write([&](const auto& db) { return decisions::add_request(db, marketing, who, noon); }),
            request_change::made);
  EXPECT_EQ(write([&](const auto& db) { return decisions::add_request(db, marketing, who, noon); }),
            request_change::was_pending);

  const auto requests = now().join_requests.all();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].user, who);
  EXPECT_EQ(requests[0].username, hostile_name);
  EXPECT_EQ(requests[0].salon, marketing);
  EXPECT_EQ(requests[0].at, noon);
  EXPECT_THAT(now().memberships.members(marketing), IsEmpty());
}

TEST_P(StoreContract, AMemberDoesNotAskAndNobodyCannot) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(write([&](const auto& db) { return decisions::add_request(db, general, zoe, noon); }),
            request_change::was_member);
  EXPECT_EQ(write([&](const auto& db) { return decisions::add_request(db, general, nobody, noon); }),
            fault::unknown_user);
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
}

TEST_P(StoreContract, AnAcceptedRequestIsAMembership) {
  const auto who = add_user(hostile_name);
  write([&](const auto& db) { return decisions::add_request(db, marketing, who, noon); });

  EXPECT_TRUE(write([&](const auto& db) { return decisions::accept_request(db, marketing, who, decided()); }));

  EXPECT_THAT(now().memberships.members(marketing), ElementsAre(who));
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::accept_request(db, marketing, who, decided()); }),
            fault::no_such_request);
}

TEST_P(StoreContract, NoRequestIsAcceptedThatWasNotMade) {
  const auto zoe = add_user("Zoé");
  write([&](const auto& db) { return decisions::add_request(db, marketing, zoe, noon); });

  EXPECT_EQ(write([&](const auto& db) { return decisions::accept_request(db, blabla, zoe, decided()); }),
            fault::no_such_request);
  EXPECT_EQ(write([&](const auto& db) { return decisions::accept_request(db, marketing, nobody, decided()); }),
            fault::no_such_request);
  EXPECT_EQ(now().join_requests.all().size(), 1u);
}

TEST_P(StoreContract, ARejectedRequestEndsAndMayBeMadeAgain) {
  const auto who = add_user(hostile_name);
  write([&](const auto& db) { return decisions::add_request(db, marketing, who, noon); });

  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_request(db, marketing, who, decided()); }),
            membership_change::was_so);
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_request(db, marketing, who, decided()); }),
            fault::no_such_request);
  EXPECT_EQ(write([&](const auto& db) { return decisions::add_request(db, marketing, who, noon); }),
            request_change::made);
}

TEST_P(StoreContract, ARejectionEndsAMembershipWithoutARequest) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_request(db, general, zoe, decided()); }),
            membership_change::made);
  EXPECT_THAT(now().memberships.members(general), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::reject_request(db, general, nobody, decided()); }),
            fault::no_such_request);
}

TEST_P(StoreContract, AMembershipMadeOtherwiseEndsTheRequest) {
  const auto zoe = add_user("Zoé");
  write([&](const auto& db) { return decisions::add_request(db, marketing, zoe, noon); });

  write([&](const auto& db) { return decisions::add_member(db, marketing, zoe); });

  EXPECT_THAT(now().join_requests.all(), IsEmpty());
}

} // namespace salond
