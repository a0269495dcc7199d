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
  const auto salons = db->salons();

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
  for (const auto how : {policy::automatic, policy::open, policy::approval}) {
    const auto name = hostile_name + std::to_string(static_cast<int>(how));

    const auto made = write([&] { return db->create_salon(name, how, decided()); });

    ASSERT_TRUE(made);
    EXPECT_EQ(made->name, name);
    EXPECT_EQ(made->last_seq, 0);
    const auto stored = db->salons().back();
    EXPECT_EQ(stored.id, made->id);
    EXPECT_EQ(stored.name, name);
    EXPECT_EQ(stored.policy, how);
  }
}

TEST_P(StoreContract, RefusesASalonWhoseKeyIsTaken) {
  EXPECT_EQ(write([&] { return db->create_salon("gÉNÉRAL", policy::open, decided()); }), fault::invalid_name);
  EXPECT_EQ(db->salons().size(), 5u);
}

TEST_P(StoreContract, TakesSalonsThatDifferByAnAccentAndTheLongestName) {
  EXPECT_TRUE(write([&] { return db->create_salon("General", policy::open, decided()); }));
  EXPECT_TRUE(write([&] { return db->create_salon(support::longest_name, policy::open, decided()); }));
  EXPECT_EQ(db->salons().back().name, support::longest_name);
}

TEST_P(StoreContract, ASalonsPolicyTopicAndNameAreChanged) {
  const std::string topic = support::hostile_text;

  EXPECT_EQ(write([&] { return db->set_policy(blabla, policy::approval, decided()); })->policy, policy::approval);
  EXPECT_EQ(write([&] { return db->set_topic(blabla, topic, decided()); })->topic, topic);
  const auto renamed = write([&] { return db->rename_salon(blabla, hostile_name, decided()); });

  ASSERT_TRUE(renamed);
  const auto stored = db->salons().at(1);
  for (const auto& salon : {*renamed, stored}) {
    EXPECT_EQ(salon.id, blabla);
    EXPECT_EQ(salon.name, hostile_name);
    EXPECT_EQ(salon.policy, policy::approval);
    EXPECT_EQ(salon.topic, topic);
  }
  EXPECT_TRUE(write([&] { return db->create_salon("Blabla", policy::open, decided()); })); // the old name is free
}

TEST_P(StoreContract, ASalonMayGetAnotherSpellingOfItsNameAndNobodyElsesName) {
  EXPECT_TRUE(write([&] { return db->rename_salon(blabla, "BLABLA", decided()); }));
  EXPECT_EQ(write([&] { return db->rename_salon(blabla, "GÉNÉRAL", decided()); }), fault::invalid_name);
  EXPECT_EQ(db->salons().at(1).name, "BLABLA");
}

TEST_P(StoreContract, AnArchivedSalonIsGoneButForItsMessagesAndItsName) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);
  post(general, zoe, 1, "kept");
  db->transact([&] {
    db->add_request(general, other, noon);
    db->set_role(key_of("Zoé"), role::moderator, {general}, decided());
  });

  const auto archived = write([&] { return db->archive_salon(general, decided()); });

  ASSERT_TRUE(archived);
  EXPECT_EQ(archived->name, "Général");
  EXPECT_EQ(db->salons().size(), 4u);
  EXPECT_THAT(texts(general), ElementsAre("kept"));
  EXPECT_THAT(db->join_requests(), IsEmpty());
  EXPECT_THAT(db->moderates(key_of("Zoé")), IsEmpty());
  EXPECT_THAT(db->profile(key_of("Zoé"))->salons, IsEmpty());
  EXPECT_THAT(write([&] { return db->open_session(zoe, noon); })->salons, IsEmpty());
  EXPECT_THAT(write([&] { return db->register_user({"new", "new", "h"}); })->salons, IsEmpty());
  EXPECT_EQ(write([&] { return db->create_salon("Général", policy::open, decided()); }), fault::invalid_name);
  EXPECT_EQ(write([&] { return db->archive_salon(general, decided()); }), fault::unknown_salon);
  EXPECT_EQ(write([&] { return db->set_topic(general, "x", decided()); }), fault::unknown_salon);
  EXPECT_EQ(write([&] { return db->admit(general, key_of("new"), decided()); }), fault::unknown_salon);
}

TEST_P(StoreContract, ARestoredSalonHasItsMembersAndWhoCameMeanwhileIfItIsEverybodys) {
  const auto zoe = add_user("Zoé"), left = add_user("left");
  write([&] { return db->add_member(marketing, zoe); });
  write([&] { return db->remove_member(general, left); });
  for (const auto salon : {general, marketing})
    write([&] { return db->archive_salon(salon, decided()); });
  const auto made = write([&] { return db->register_user({"new", "new", "h"}); });
  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, IsEmpty());

  const auto back = write([&] { return db->restore_salon(key_of("GÉNÉRAL"), decided()); });
  ASSERT_TRUE(back);
  ASSERT_TRUE(write([&] { return db->restore_salon(key_of("Marketing"), decided()); }));

  EXPECT_EQ(back->name, "Général");
  EXPECT_THAT(db->members(general), ElementsAre(zoe, made->user.id));
  EXPECT_THAT(db->members(marketing), ElementsAre(zoe));
  EXPECT_THAT(db->profile("new")->salons, ElementsAre("Général"));
  EXPECT_EQ(write([&] { return db->restore_salon(key_of("Général"), decided()); }), fault::unknown_salon);
}

TEST_P(StoreContract, NoSalonIsRestoredThatLooksLikeAnother) {
  const auto garden = *write([&] { return db->create_salon("Jardin", policy::open, decided()); });
  write([&] { return db->archive_salon(garden.id, decided()); });
  const auto other = write([&] { return db->create_salon("J\xD0\xB0rdin", policy::open, decided()); }); // Cyrillic
  ASSERT_TRUE(other);

  EXPECT_EQ(write([&] { return db->restore_salon(key_of("Jardin"), decided()); }), fault::invalid_name);
  EXPECT_EQ(db->archived_salons().size(), 1u);

  write([&] { return db->archive_salon(other->id, decided()); });
  EXPECT_TRUE(write([&] { return db->restore_salon(key_of("Jardin"), decided()); }));
}

TEST_P(StoreContract, NoSalonIsChangedThatIsNot) {
  const salon_id none{4711};

  EXPECT_EQ(write([&] { return db->set_policy(none, policy::open, decided()); }), fault::unknown_salon);
  EXPECT_EQ(write([&] { return db->set_topic(none, "x", decided()); }), fault::unknown_salon);
  EXPECT_EQ(write([&] { return db->rename_salon(none, "x", decided()); }), fault::unknown_salon);
  EXPECT_EQ(write([&] { return db->archive_salon(none, decided()); }), fault::unknown_salon);
}

TEST_P(StoreContract, AnOperatorMakesMembersAndEndsMemberships) {
  const auto who = add_user(hostile_name);
  const auto key = key_of(hostile_name);
  write([&] { return db->add_request(marketing, who, noon); });

  EXPECT_EQ(write([&] { return db->admit(marketing, key, decided()); }), membership_change::made);
  EXPECT_EQ(write([&] { return db->admit(marketing, key, decided()); }), membership_change::was_so);
  EXPECT_THAT(db->members(marketing), ElementsAre(who));
  EXPECT_THAT(db->join_requests(), IsEmpty());
  EXPECT_EQ(write([&] { return db->dismiss(marketing, key, decided()); }), membership_change::made);
  EXPECT_EQ(write([&] { return db->dismiss(marketing, key, decided()); }), membership_change::was_so);
  EXPECT_THAT(db->members(marketing), IsEmpty());
  EXPECT_EQ(write([&] { return db->admit(marketing, "nobody", decided()); }), fault::unknown_user);
  EXPECT_EQ(write([&] { return db->dismiss(marketing, "nobody", decided()); }), fault::unknown_user);
  EXPECT_EQ(write([&] { return db->dismiss(salon_id{4711}, key, decided()); }), fault::unknown_salon);
}

TEST_P(StoreContract, AMemberIsMadeOnce) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(write([&] { return db->add_member(blabla, zoe); }), membership_change::made);
  EXPECT_EQ(write([&] { return db->add_member(blabla, zoe); }), membership_change::was_so);
  EXPECT_THAT(db->members(blabla), ElementsAre(zoe));
}

TEST_P(StoreContract, AMemberLeavesOnce) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);

  EXPECT_EQ(write([&] { return db->remove_member(general, zoe); }), membership_change::made);
  EXPECT_EQ(write([&] { return db->remove_member(general, zoe); }), membership_change::was_so);
  EXPECT_THAT(db->members(general), ElementsAre(other));
}

TEST_P(StoreContract, MembersAreCounted) {
  const auto counts_of = [this](std::optional<salon_id> only) {
    std::map<int64_t, size_t> counts;
    for (const auto& one : db->member_counts(only))
      counts[one.salon.value] = one.members;
    return counts;
  };
  const auto zoe = add_user("Zoé");
  add_user(hostile_name);
  write([&] { return db->add_member(blabla, zoe); });

  EXPECT_EQ(counts_of({}), (std::map<int64_t, size_t>{{general.value, 2}, {blabla.value, 1}}));
  EXPECT_EQ(counts_of(general), (std::map<int64_t, size_t>{{general.value, 2}}));
  EXPECT_THAT(counts_of(marketing), IsEmpty());
  write([&] { return db->archive_salon(blabla, decided()); });
  EXPECT_EQ(counts_of(blabla), (std::map<int64_t, size_t>{{blabla.value, 1}}));
}

TEST_P(StoreContract, NobodyIsNoMember) {
  EXPECT_EQ(write([&] { return db->add_member(blabla, nobody); }), fault::unknown_user);
  EXPECT_EQ(write([&] { return db->remove_member(blabla, nobody); }), fault::unknown_user);
  EXPECT_THAT(db->members(blabla), IsEmpty());
}

TEST_P(StoreContract, ARequestWaitsOnce) {
  const auto who = add_user(hostile_name);

  EXPECT_EQ(write([&] { return db->add_request(marketing, who, noon); }), request_change::made);
  EXPECT_EQ(write([&] { return db->add_request(marketing, who, noon); }), request_change::was_pending);

  const auto requests = db->join_requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].user, who);
  EXPECT_EQ(requests[0].username, hostile_name);
  EXPECT_EQ(requests[0].salon, marketing);
  EXPECT_EQ(requests[0].at, noon);
  EXPECT_THAT(db->members(marketing), IsEmpty());
}

TEST_P(StoreContract, AMemberDoesNotAskAndNobodyCannot) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(write([&] { return db->add_request(general, zoe, noon); }), request_change::was_member);
  EXPECT_EQ(write([&] { return db->add_request(general, nobody, noon); }), fault::unknown_user);
  EXPECT_THAT(db->join_requests(), IsEmpty());
}

TEST_P(StoreContract, AnAcceptedRequestIsAMembership) {
  const auto who = add_user(hostile_name);
  write([&] { return db->add_request(marketing, who, noon); });

  EXPECT_TRUE(write([&] { return db->accept_request(marketing, who, decided()); }));

  EXPECT_THAT(db->members(marketing), ElementsAre(who));
  EXPECT_THAT(db->join_requests(), IsEmpty());
  EXPECT_EQ(write([&] { return db->accept_request(marketing, who, decided()); }), fault::no_such_request);
}

TEST_P(StoreContract, NoRequestIsAcceptedThatWasNotMade) {
  const auto zoe = add_user("Zoé");
  write([&] { return db->add_request(marketing, zoe, noon); });

  EXPECT_EQ(write([&] { return db->accept_request(blabla, zoe, decided()); }), fault::no_such_request);
  EXPECT_EQ(write([&] { return db->accept_request(marketing, nobody, decided()); }), fault::no_such_request);
  EXPECT_EQ(db->join_requests().size(), 1u);
}

TEST_P(StoreContract, ARejectedRequestEndsAndMayBeMadeAgain) {
  const auto who = add_user(hostile_name);
  write([&] { return db->add_request(marketing, who, noon); });

  EXPECT_EQ(write([&] { return db->reject_request(marketing, who, decided()); }), membership_change::was_so);
  EXPECT_THAT(db->join_requests(), IsEmpty());
  EXPECT_EQ(write([&] { return db->reject_request(marketing, who, decided()); }), fault::no_such_request);
  EXPECT_EQ(write([&] { return db->add_request(marketing, who, noon); }), request_change::made);
}

TEST_P(StoreContract, ARejectionEndsAMembershipWithoutARequest) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(write([&] { return db->reject_request(general, zoe, decided()); }), membership_change::made);
  EXPECT_THAT(db->members(general), IsEmpty());
  EXPECT_EQ(write([&] { return db->reject_request(general, nobody, decided()); }), fault::no_such_request);
}

TEST_P(StoreContract, AMembershipMadeOtherwiseEndsTheRequest) {
  const auto zoe = add_user("Zoé");
  write([&] { return db->add_request(marketing, zoe, noon); });

  write([&] { return db->add_member(marketing, zoe); });

  EXPECT_THAT(db->join_requests(), IsEmpty());
}

} // namespace salond
