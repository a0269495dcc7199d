#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::request_change;
using persistence::store;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, ASessionBeginsWithTheMemberships) {
  const auto who = add_user(hostile_name);
  write([&] { return db->add_member(marketing, who); });

  for (int times = 0; times < 2; ++times) { // several at once are allowed
    const auto arrived = write([&] { return db->open_session(who, noon); });
    ASSERT_TRUE(arrived);
    EXPECT_THAT(arrived->salons, testing::UnorderedElementsAre(general, marketing));
    EXPECT_THAT(arrived->waiting, IsEmpty());
    EXPECT_EQ(arrived->who.username, hostile_name);
    EXPECT_EQ(arrived->who.password_hash, db->find_user(key_of(hostile_name))->password_hash);
    EXPECT_EQ(arrived->who.role, role::user);
  }
}

TEST_P(StoreContract, NobodyHasNoSession) {
  EXPECT_EQ(write([&] { return db->open_session(nobody, noon); }).why(), fault::unknown_user);
  db->transact([&] { db->close_sessions({nobody}, store::requests::end, noon); });
}

TEST_P(StoreContract, ManySessionsEndAtOnce) {
  std::vector<user_id> all;
  for (int i = 0; i < 75; ++i)
    all.push_back(add_user("u" + std::to_string(i)));
  db->transact([&] {
    for (const auto one : all) {
      db->open_session(one, noon);
      db->add_request(marketing, one, noon);
    }
  });
  const auto stays = all.back();
  all.pop_back(); // 74 go: lists of 64, 8, 1 and 1 where there are any

  db->transact([&] { db->close_sessions(all, store::requests::end, after_noon(minutes(5))); });

  ASSERT_EQ(db->join_requests().size(), 1u);
  EXPECT_EQ(db->join_requests()[0].user, stays);
  for (int i = 0; i < 75; ++i)
    EXPECT_EQ(db->profile("u" + std::to_string(i))->connected, i == 74) << i;
}

TEST_P(StoreContract, TheEndOfASessionEndsTheRequestsOfItsUserAlone) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);
  db->transact([&] {
    db->open_session(zoe, noon);
    db->add_request(marketing, zoe, noon);
    db->add_request(marketing, other, noon);
  });

  db->transact([&] { db->close_sessions({zoe}, store::requests::keep, noon); });
  EXPECT_EQ(db->join_requests().size(), 2u);
  db->transact([&] { db->close_sessions({zoe}, store::requests::end, noon); });

  ASSERT_EQ(db->join_requests().size(), 1u);
  EXPECT_EQ(db->join_requests()[0].user, other);
}

TEST_P(StoreContract, AStartEndsAllRequestsUnlessTheyAreKept) {
  const auto zoe = add_user("Zoé");
  write([&] { return db->open_session(zoe, noon); });
  write([&] { return db->add_request(marketing, zoe, noon); });

  db->transact([&] { db->reset_presence(store::requests::keep); });
  EXPECT_EQ(db->join_requests().size(), 1u);
  db->transact([&] { db->reset_presence(store::requests::end); });
  EXPECT_THAT(db->join_requests(), IsEmpty());
}

TEST_P(StoreContract, AResetOfNothingIsNothing) {
  db->transact([&] { db->reset_presence(store::requests::end); });

  EXPECT_THAT(db->join_requests(), IsEmpty());
}

// --- tokens ---

/// Every byte that a text could not hold.
std::string token_hash(int64_t first = 0) {
  std::string hash;
  for (int64_t byte = 0; byte < 32; ++byte)
    hash += static_cast<char>(byte == 0 ? first : byte * 8);
  return hash;
}

TEST_P(StoreContract, ATokenIsTakenOnce) {
  const auto who = add_user(hostile_name);
  db->transact([&] { db->issue_token(who, token_hash(), noon, after_noon(hours(1))); });

  const auto taken = write([&] { return db->find_token(token_hash(), after_noon(hours(1) - milliseconds(1))); });

  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, who);
  EXPECT_EQ(taken->username, hostile_name);
  EXPECT_TRUE(db->find_token(token_hash(), noon)) << "who asks whose it is uses nothing up";
  db->transact([&] { db->end_token(token_hash()); });
  EXPECT_EQ(db->find_token(token_hash(), noon).why(), fault::wrong_credentials);
}

TEST_P(StoreContract, ATokenExpires) {
  const auto zoe = add_user("Zoé");
  db->transact([&] { db->issue_token(zoe, token_hash(), noon, after_noon(hours(1))); });

  const auto late = write([&] { return db->find_token(token_hash(), after_noon(hours(1))); });

  ASSERT_FALSE(late);
  EXPECT_EQ(late.why(), fault::wrong_credentials);
}

TEST_P(StoreContract, ANewTokenClearsAwayThoseThatExpired) {
  const auto zoe = add_user("Zoé"), paul = add_user("Paul");
  db->transact([&] {
    db->issue_token(zoe, token_hash(1), noon, after_noon(hours(1)));
    db->issue_token(zoe, token_hash(2), noon, after_noon(hours(3)));
  });

  db->transact([&] { db->issue_token(paul, token_hash(3), after_noon(hours(1)), after_noon(hours(4))); });

  EXPECT_THAT(db->rows_after(persistence::table_named("sessions"), {}, 10), testing::SizeIs(2)) << "2 and 3";
}

TEST_P(StoreContract, OneTokenTooManyEndsTheOldestOfThatUser) {
  const auto zoe = add_user("Zoé"), paul = add_user("Paul");
  db->transact([&] { db->issue_token(paul, token_hash(store::most_tokens + 1), noon, after_noon(hours(1))); });
  for (int64_t i = 0; i <= store::most_tokens; ++i)
    db->transact([&] { db->issue_token(zoe, token_hash(i), after_noon(milliseconds(i)), after_noon(hours(1))); });

  const auto good = [&](int64_t which) {
    return write([&] { return db->find_token(token_hash(which), after_noon(minutes(1))); });
  };
  EXPECT_FALSE(good(0));
  for (int64_t i = 1; i <= store::most_tokens + 1; ++i)
    EXPECT_TRUE(good(i)) << i;
}

TEST_P(StoreContract, AnUnknownTokenIsWrong) {
  EXPECT_EQ(write([&] { return db->find_token(token_hash(), noon); }).why(), fault::wrong_credentials);
  EXPECT_EQ(write([&] { return db->find_token("", noon); }).why(), fault::wrong_credentials);
}

TEST_P(StoreContract, ATokenOfWhoWasBannedInTheSameBreathUndoesNothing) {
  const auto doomed = add_user(hostile_name);

  db->transact([&] {
    EXPECT_TRUE(db->ban(key_of(hostile_name), decided()));
    db->issue_token(doomed, token_hash(), noon, after_noon(hours(1)));
  });

  EXPECT_EQ(find(hostile_name), fault::unknown_user);
  EXPECT_EQ(write([&] { return db->find_token(token_hash(), noon); }).why(), fault::wrong_credentials);
}

// --- where owners were ---

namespace {

/// "ACCOUNT ADDRESS" of each, in their order.
std::vector<std::string> spelled(const std::vector<persistence::known_address>& all) {
  std::vector<std::string> result;
  for (const auto& one : all)
    result.push_back(one.username_key + " " + one.address);
  return result;
}

} // namespace

TEST_P(StoreContract, RemembersWhereOwnersWereForThirtyDays) {
  const auto zoe = add_user("Zoé"), paul = add_user("paul");
  db->transact([&] {
    db->remember_address(zoe, "192.0.2.1", noon);
    db->remember_address(paul, "2001:db8::/64", after_noon(minutes(1)));
    db->remember_address(zoe, "", after_noon(minutes(2)));
    db->remember_address(zoe, "192.0.2.1", after_noon(minutes(3)));
  });

  EXPECT_THAT(spelled(db->known_addresses(noon, 100)), ElementsAre("paul 2001:db8::/64", "zoé ", "zoé 192.0.2.1"));
  EXPECT_EQ(db->known_addresses(noon, 100).back().at, after_noon(minutes(3)));
  EXPECT_THAT(spelled(db->known_addresses(noon, 2)), ElementsAre("zoé ", "zoé 192.0.2.1")) << "the last ones";
  EXPECT_THAT(spelled(db->known_addresses(after_noon(minutes(2)), 100)), ElementsAre("zoé 192.0.2.1"));

  db->transact([&] { db->remember_address(paul, "192.0.2.9", after_noon(store::address_life + minutes(2))); });
  EXPECT_THAT(spelled(db->known_addresses(moment{}, 100)), ElementsAre("zoé 192.0.2.1", "paul 192.0.2.9"))
      << "of whoever it is";
}

TEST_P(StoreContract, RemembersTheLastEightAddressesOfAnAccount) {
  const auto zoe = add_user("zoé"), paul = add_user("paul");
  db->transact([&] {
    db->remember_address(paul, "paul's", noon);
    for (int n = 0; n < 20; ++n)
      db->remember_address(zoe, std::to_string(n), after_noon(minutes(n)));
    db->remember_address(zoe, "12", after_noon(minutes(30)));
    db->remember_address(zoe, "new", after_noon(minutes(31)));
  });

  EXPECT_THAT(
      spelled(db->known_addresses(moment{}, 100)),
      ElementsAre("paul paul's", "zoé 14", "zoé 15", "zoé 16", "zoé 17", "zoé 18", "zoé 19", "zoé 12", "zoé new"));
}

TEST_P(StoreContract, WhereAnOwnerWasGoesWithTheAccountAndStaysWithAnotherName) {
  const auto zoe = add_user("zoé"), paul = add_user("paul"), marc = add_user("marc");
  db->transact([&] {
    for (const auto one : {zoe, paul, marc})
      db->remember_address(one, "192.0.2.1", noon);
    db->ban("zoé", decided());
    db->erase("paul", decided());
    db->rename_user("marc", "Marcel", decided());
  });

  EXPECT_THAT(spelled(db->known_addresses(moment{}, 100)), ElementsAre("marcel 192.0.2.1"));
}

} // namespace salond
