#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::store_error;
using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

// Who may write may ask, and nobody who may ask may write.
static_assert(std::is_convertible_v<persistence::writing, persistence::reading>);
static_assert(!std::is_convertible_v<persistence::reading, persistence::writing>);
static_assert(std::is_same_v<decltype(persistence::reading::messages), const persistence::message_store&>);

TEST_P(StoreContract, ARefusedRequestDoesNotUndoItsNeighbours) {
  const auto zoe = add_user("Zoé");

  db->transact([&](const auto& db) {
    EXPECT_TRUE(db.messages.append({general, zoe, 1, "before", noon}));
    EXPECT_EQ(decisions::register_user(db, {"zoé", "other", "h"}).why(), fault::name_taken);
    EXPECT_EQ(decisions::register_user(db, {"other", "zoé", "h"}).why(), fault::alias_taken);
    EXPECT_EQ(decisions::create_salon(db, "général", policy::open, decided()).why(), fault::invalid_name);
    EXPECT_EQ(db.messages.append({general, nobody, 2, "nobody's", noon}), fault::unknown_user);
    EXPECT_EQ(decisions::add_member(db, blabla, nobody).why(), fault::unknown_user);
    EXPECT_EQ(decisions::add_request(db, blabla, nobody, noon).why(), fault::unknown_user);
    EXPECT_EQ(decisions::accept_request(db, marketing, zoe, decided()), fault::no_such_request);
    EXPECT_EQ(decisions::reject_request(db, marketing, zoe, decided()).why(), fault::no_such_request);
    EXPECT_EQ(decisions::open_session(db, nobody, noon).why(), fault::unknown_user);
    EXPECT_EQ(db.sessions.find_token("no token", noon).why(), fault::wrong_credentials);
    EXPECT_EQ(decisions::store_private(db, zoe, "nobody", "x", noon).why(), fault::unknown_user);
    EXPECT_EQ(decisions::ban(db, "nobody", decided()).why(), fault::unknown_user);
    EXPECT_EQ(decisions::kick(db, key_of("Zoé"), noon, by("zoé")).why(), fault::not_allowed);
    EXPECT_EQ(decisions::unban(db, "nobody", decided()), fault::unknown_user);
    EXPECT_TRUE(decisions::register_user(db, {hostile_name, hostile_name, "h"}));
    EXPECT_TRUE(db.messages.append({general, zoe, 2, "after", noon}));
  });

  EXPECT_THAT(texts(general), ElementsAre("before", "after"));
  EXPECT_TRUE(find(hostile_name));
}

TEST_P(StoreContract, WorkSeesWhatItHasWritten) {
  db->transact([&](const auto& db) {
    const auto made = decisions::register_user(db, {hostile_name, hostile_name, "h"});
    ASSERT_TRUE(made);
    EXPECT_TRUE(db.accounts.find(key_of(hostile_name)));
    EXPECT_TRUE(db.messages.append({general, made->user.id, 1, hostile_text, noon}));
    EXPECT_EQ(db.messages.history(general, newest, 1).size(), 1u);
    EXPECT_EQ(decisions::register_user(db, {hostile_name, "other", "h"}).why(), fault::name_taken);
  });
}

TEST_P(StoreContract, ARefusalOfTheDatabaseUndoesTheWholeTransaction) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1, "first");

  try {
    db->transact([&](const auto& db) {
      db.messages.append({general, zoe, 2, "lost", noon});
      decisions::register_user(db, {hostile_name, hostile_name, "h"});
      db.messages.append({general, zoe, 1, "twice", noon});
    });
    FAIL() << "stored twice";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::refused);
    EXPECT_STRNE(why.what(), "");
  }

  EXPECT_THAT(texts(general), ElementsAre("first"));
  EXPECT_EQ(find(hostile_name), fault::unknown_user);
  EXPECT_TRUE(post(general, zoe, 2, "the store goes on"));
}

TEST_P(StoreContract, AMessageForNoSalonIsRefused) {
  const auto zoe = add_user("Zoé");

  try {
    post(salon_id{4711}, zoe, 1, "x");
    FAIL() << "stored";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::refused);
  }
}

TEST_P(StoreContract, AnExceptionOfTheWorkUndoesItAndPasses) {
  const auto zoe = add_user("Zoé");

  EXPECT_THROW(db->transact([&](const auto& db) {
    db.messages.append({general, zoe, 1, "lost", noon});
    throw std::logic_error("of ours");
  }),
               std::logic_error);

  EXPECT_THAT(texts(general), IsEmpty());
  EXPECT_TRUE(post(general, zoe, 1, "again"));
}

TEST_P(StoreContract, TheSameWorkCanRunAgainAfterItWasUndone) {
  const auto zoe = add_user("Zoé");
  int runs = 0;
  std::vector<outcome<done>> answers;
  const auto work = [&](const persistence::writing& db) {
    answers.clear();
    answers.push_back(db.messages.append({general, zoe, 1, "once", noon}));
    answers.push_back(db.messages.append({general, nobody, 2, "never", noon}));
    if (++runs == 1)
      throw store_error(store_error::kind::refused, "undone from outside");
  };

  EXPECT_THROW(db->transact(work), store_error);
  db->transact(work);

  EXPECT_THAT(answers, ElementsAre(outcome<done>(done{}), outcome<done>(fault::unknown_user)));
  EXPECT_THAT(texts(general), ElementsAre("once"));
}

TEST_P(StoreContract, AnEmptyTransactionIsNone) {
  db->transact([](const auto&) {});
  db->read([](const auto&) {});
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
}

TEST_P(StoreContract, ReadsSeeWhatIsCommitted) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1, hostile_text);
  std::vector<chat_message> seen;

  db->read([&](const auto& db) { seen = db.messages.history(general, newest, 10); });

  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].text, hostile_text);
}

TEST_P(StoreContract, AnExceptionOfAReadPassesAndTheStoreGoesOn) {
  EXPECT_THROW(db->read([](const auto&) { throw std::logic_error("of ours"); }), std::logic_error);
  EXPECT_TRUE(add_user("Zoé").value);
}

TEST_P(StoreContract, AReaderSeesCommitsAndNothingBefore) {
  const auto reader = db->reader();
  if (!reader)
    return; // a store may have none
  const auto zoe = add_user("Zoé");
  const auto count = [&] {
    size_t found = 0;
    reader->read([&](const auto& db) { found = db.messages.history(general, newest, 10).size(); });
    return found;
  };

  db->transact([&](const auto& db) {
    db.messages.append({general, zoe, 1, hostile_text, noon});
    EXPECT_EQ(count(), 0u);
  });

  EXPECT_EQ(count(), 1u);
  EXPECT_EQ(support::asked(*reader).salons.all().size(), 5u);
  EXPECT_EQ(support::asked(*reader).accounts.find(key_of("zoé"))->id, zoe);
}

TEST_P(StoreContract, AReaderHasNoReader) {
  const auto reader = db->reader();
  if (!reader)
    return;

  EXPECT_EQ(reader->reader(), nullptr);
}

TEST_P(StoreContract, DescribesItselfInOneLine) {
  EXPECT_THAT(db->describe(), testing::Not(testing::IsEmpty()));
  EXPECT_THAT(db->describe(), testing::Not(testing::HasSubstr("\n")));
}

} // namespace salond
