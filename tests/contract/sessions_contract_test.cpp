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
  write([&](const auto& db) { return decisions::add_member(db, marketing, who); });

  for (int times = 0; times < 2; ++times) { // several at once are allowed
    const auto arrived = write([&](const auto& db) { return decisions::open_session(db, who, noon); });
    ASSERT_TRUE(arrived);
    EXPECT_THAT(arrived->salons, testing::UnorderedElementsAre(general, marketing));
    EXPECT_THAT(arrived->waiting, IsEmpty());
    EXPECT_EQ(arrived->who.username, hostile_name);
    EXPECT_EQ(arrived->who.password_hash, find(hostile_name)->password_hash);
    EXPECT_EQ(arrived->who.role, role::user);
  }
}

TEST_P(StoreContract, NobodyHasNoSession) {
  EXPECT_EQ(write([&](const auto& db) { return decisions::open_session(db, nobody, noon); }).why(),
            fault::unknown_user);
  db->transact([&](const auto& db) { db.sessions.close({nobody}, persistence::session_store::requests::end, noon); });
}

// Of an outdated hash: only a better one of the same password may have taken its place.
TEST_P(StoreContract, WhoWasProvenComesInUnlessAnotherPasswordWasSetMeanwhile) {
  const auto who = add_user(hostile_name);
  const decisions::proven_account proven{*find(hostile_name), {"$argon2id$mine", "$argon2id$others"}};
  const auto enter = [&](const decisions::proven_account& as) {
    return write([&](const auto& db) { return decisions::enter(db, as, noon); });
  };
  const auto store = [&](const std::string& hash) {
    write([&](const auto& db) {
      db.accounts.put_password(who, hash);
      return done{};
    });
  };

  EXPECT_TRUE(enter(proven)) << "nobody has replaced it";
  for (const auto& better : proven.better_hashes) {
    store(better);
    EXPECT_TRUE(enter(proven)) << better;
    EXPECT_EQ(enter({proven.who}).why(), fault::storage) << "no such hash was made of it";
  }
  write([&](const auto& db) {
    return decisions::set_password(db, key_of(hostile_name), "$argon2id$operators", decided());
  });

  EXPECT_EQ(enter(proven).why(), fault::storage);
  EXPECT_TRUE(enter({*find(hostile_name)}));
}

TEST_P(StoreContract, ManySessionsEndAtOnce) {
  std::vector<user_id> all;
  for (int i = 0; i < 75; ++i)
    all.push_back(add_user("u" + std::to_string(i)));
  db->transact([&](const auto& db) {
    for (const auto each : all) {
      decisions::open_session(db, each, noon);
      decisions::add_request(db, marketing, each, noon);
    }
  });
  const auto stays = all.back();
  all.pop_back(); // 74 go: lists of 64, 8, 1 and 1 where there are any

  db->transact([&](const auto& db) {
    db.sessions.close(all, persistence::session_store::requests::end, after_noon(minutes(5)));
  });

  ASSERT_EQ(now().join_requests.all().size(), 1u);
  EXPECT_EQ(now().join_requests.all()[0].user, stays);
  for (int i = 0; i < 75; ++i)
    EXPECT_EQ(now().accounts.profile("u" + std::to_string(i))->connected, i == 74) << i;
}

TEST_P(StoreContract, TheEndOfASessionEndsTheRequestsOfItsUserAlone) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);
  db->transact([&](const auto& db) {
    decisions::open_session(db, zoe, noon);
    decisions::add_request(db, marketing, zoe, noon);
    decisions::add_request(db, marketing, other, noon);
  });

  db->transact([&](const auto& db) { db.sessions.close({zoe}, persistence::session_store::requests::keep, noon); });
  EXPECT_EQ(now().join_requests.all().size(), 2u);
  db->transact([&](const auto& db) { db.sessions.close({zoe}, persistence::session_store::requests::end, noon); });

  ASSERT_EQ(now().join_requests.all().size(), 1u);
  EXPECT_EQ(now().join_requests.all()[0].user, other);
}

TEST_P(StoreContract, AStartEndsAllRequestsUnlessTheyAreKept) {
  const auto zoe = add_user("Zoé");
  write([&](const auto& db) { return decisions::open_session(db, zoe, noon); });
  write([&](const auto& db) { return decisions::add_request(db, marketing, zoe, noon); });

  db->transact([&](const auto& db) { db.sessions.reset_presence(persistence::session_store::requests::keep); });
  EXPECT_EQ(now().join_requests.all().size(), 1u);
  db->transact([&](const auto& db) { db.sessions.reset_presence(persistence::session_store::requests::end); });
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
}

TEST_P(StoreContract, AResetOfNothingIsNothing) {
  db->transact([&](const auto& db) { db.sessions.reset_presence(persistence::session_store::requests::end); });

  EXPECT_THAT(now().join_requests.all(), IsEmpty());
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
  db->transact([&](const auto& db) { db.sessions.issue_token(who, token_hash(), noon, after_noon(hours(1))); });

  const auto taken = write(
      [&](const auto& db) { return db.sessions.find_token(token_hash(), after_noon(hours(1) - milliseconds(1))); });

  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, who);
  EXPECT_EQ(taken->username, hostile_name);
  EXPECT_TRUE(now().sessions.find_token(token_hash(), noon)) << "who asks whose it is uses nothing up";
  db->transact([&](const auto& db) { db.sessions.end_token(token_hash()); });
  EXPECT_EQ(now().sessions.find_token(token_hash(), noon).why(), fault::wrong_credentials);
}

TEST_P(StoreContract, ATokenExpires) {
  const auto zoe = add_user("Zoé");
  db->transact([&](const auto& db) { db.sessions.issue_token(zoe, token_hash(), noon, after_noon(hours(1))); });

  const auto late = write([&](const auto& db) { return db.sessions.find_token(token_hash(), after_noon(hours(1))); });

  ASSERT_FALSE(late);
  EXPECT_EQ(late.why(), fault::wrong_credentials);
}

TEST_P(StoreContract, ANewTokenClearsAwayThoseThatExpired) {
  const auto zoe = add_user("Zoé"), paul = add_user("Paul");
  db->transact([&](const auto& db) {
    db.sessions.issue_token(zoe, token_hash(1), noon, after_noon(hours(1)));
    db.sessions.issue_token(zoe, token_hash(2), noon, after_noon(hours(3)));
  });

  db->transact([&](const auto& db) {
    db.sessions.issue_token(paul, token_hash(3), after_noon(hours(1)), after_noon(hours(4)));
  });

  EXPECT_THAT(now().rows.after(persistence::table_named("sessions"), {}, 10), testing::SizeIs(2)) << "2 and 3";
}

TEST_P(StoreContract, OneTokenTooManyEndsTheOldestOfThatUser) {
  const auto zoe = add_user("Zoé"), paul = add_user("Paul");
  db->transact([&](const auto& db) {
    db.sessions.issue_token(paul, token_hash(persistence::session_store::max_tokens + 1), noon, after_noon(hours(1)));
  });
  for (int64_t i = 0; i <= persistence::session_store::max_tokens; ++i)
    db->transact([&](const auto& db) {
      db.sessions.issue_token(zoe, token_hash(i), after_noon(milliseconds(i)), after_noon(hours(1)));
    });

  const auto good = [&](int64_t which) {
    return write([&](const auto& db) { return db.sessions.find_token(token_hash(which), after_noon(minutes(1))); });
  };
  EXPECT_FALSE(good(0));
  for (int64_t i = 1; i <= persistence::session_store::max_tokens + 1; ++i)
    EXPECT_TRUE(good(i)) << i;
}

TEST_P(StoreContract, AnUnknownTokenIsWrong) {
  EXPECT_EQ(write([&](const auto& db) { return db.sessions.find_token(token_hash(), noon); }).why(),
            fault::wrong_credentials);
  EXPECT_EQ(write([&](const auto& db) { return db.sessions.find_token("", noon); }).why(), fault::wrong_credentials);
}

TEST_P(StoreContract, ATokenOfWhoWasBannedInTheSameBreathUndoesNothing) {
  const auto doomed = add_user(hostile_name);

  db->transact([&](const auto& db) {
    EXPECT_TRUE(decisions::ban(db, key_of(hostile_name), decided()));
    db.sessions.issue_token(doomed, token_hash(), noon, after_noon(hours(1)));
  });

  EXPECT_EQ(find(hostile_name), fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) { return db.sessions.find_token(token_hash(), noon); }).why(),
            fault::wrong_credentials);
}

// --- where owners were ---

namespace {

/// "ACCOUNT ADDRESS" of each, in their order.
std::vector<std::string> spelled(const std::vector<persistence::known_address>& all) {
  std::vector<std::string> result;
  for (const auto& each : all)
    result.push_back(each.username_key + " " + each.address);
  return result;
}

} // namespace

TEST_P(StoreContract, RemembersWhereOwnersWereForThirtyDays) {
  const auto zoe = add_user("Zoé"), paul = add_user("paul");
  db->transact([&](const auto& db) {
    db.sessions.remember_address(zoe, "192.0.2.1", noon);
    db.sessions.remember_address(paul, "2001:db8::/64", after_noon(minutes(1)));
    db.sessions.remember_address(zoe, "", after_noon(minutes(2)));
    db.sessions.remember_address(zoe, "192.0.2.1", after_noon(minutes(3)));
  });

  EXPECT_THAT(spelled(now().sessions.known_addresses(noon, 100)),
              ElementsAre("paul 2001:db8::/64", "zoé ", "zoé 192.0.2.1"));
  EXPECT_EQ(now().sessions.known_addresses(noon, 100).back().at, after_noon(minutes(3)));
  EXPECT_THAT(spelled(now().sessions.known_addresses(noon, 2)), ElementsAre("zoé ", "zoé 192.0.2.1"))
      << "the last ones";
  EXPECT_THAT(spelled(now().sessions.known_addresses(after_noon(minutes(2)), 100)), ElementsAre("zoé 192.0.2.1"));

  db->transact([&](const auto& db) {
    db.sessions.remember_address(paul, "192.0.2.9", after_noon(persistence::session_store::address_life + minutes(2)));
  });
  EXPECT_THAT(spelled(now().sessions.known_addresses(moment{}, 100)), ElementsAre("zoé 192.0.2.1", "paul 192.0.2.9"))
      << "of whoever it is";
}

TEST_P(StoreContract, RemembersTheLastEightAddressesOfAnAccount) {
  const auto zoe = add_user("zoé"), paul = add_user("paul");
  db->transact([&](const auto& db) {
    db.sessions.remember_address(paul, "paul's", noon);
    for (int n = 0; n < 20; ++n)
      db.sessions.remember_address(zoe, std::to_string(n), after_noon(minutes(n)));
    db.sessions.remember_address(zoe, "12", after_noon(minutes(30)));
    db.sessions.remember_address(zoe, "new", after_noon(minutes(31)));
  });

  EXPECT_THAT(
      spelled(now().sessions.known_addresses(moment{}, 100)),
      ElementsAre("paul paul's", "zoé 14", "zoé 15", "zoé 16", "zoé 17", "zoé 18", "zoé 19", "zoé 12", "zoé new"));
}

TEST_P(StoreContract, RemembersNoMoreThanEightAddressesOfOneMillisecond) {
  const auto zoe = add_user("zoé");
  db->transact([&](const auto& db) {
    for (int n = 0; n < 20; ++n)
      db.sessions.remember_address(zoe, std::to_string(n), noon);
    db.sessions.remember_address(zoe, "new", after_noon(minutes(1)));
  });

  const auto kept = now().sessions.known_addresses(moment{}, 100);
  EXPECT_EQ(kept.size(), persistence::session_store::max_known_addresses);
  EXPECT_EQ(kept.back().address, "new");
}

TEST_P(StoreContract, WhereAnOwnerWasGoesWithTheAccountAndStaysWithAnotherName) {
  const auto zoe = add_user("zoé"), paul = add_user("paul"), marc = add_user("marc");
  db->transact([&](const auto& db) {
    for (const auto each : {zoe, paul, marc})
      db.sessions.remember_address(each, "192.0.2.1", noon);
    decisions::ban(db, "zoé", decided());
    decisions::erase(db, "paul", decided());
    decisions::rename_user(db, "marc", "Marcel", decided());
  });

  EXPECT_THAT(spelled(now().sessions.known_addresses(moment{}, 100)), ElementsAre("marcel 192.0.2.1"));
}

} // namespace salond
