#include "tests/contract/store_contract.hpp"

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

    const auto made = write([&] { return db->create_salon(name, how); });

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
  EXPECT_EQ(write([&] { return db->create_salon("gÉNÉRAL", policy::open); }), fault::invalid_name);
  EXPECT_EQ(db->salons().size(), 5u);
}

TEST_P(StoreContract, TakesSalonsThatDifferByAnAccentAndTheLongestName) {
  EXPECT_TRUE(write([&] { return db->create_salon("General", policy::open); }));
  EXPECT_TRUE(write([&] { return db->create_salon(support::longest_name, policy::open); }));
  EXPECT_EQ(db->salons().back().name, support::longest_name);
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
