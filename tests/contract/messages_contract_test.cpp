#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::store_error;
using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// 8 KiB, the longest that a frame can be, of characters of four bytes.
std::string longest_text() {
  std::string text;
  for (int i = 0; i < 2048; ++i)
    text += "🦊";
  return text;
}

TEST_P(StoreContract, AMessageIsKeptAsItWasSaid) {
  const auto who = add_user(hostile_name);

  ASSERT_TRUE(post(general, who, 1, hostile_text));
  ASSERT_TRUE(post(general, who, 2, longest_text()));
  ASSERT_TRUE(post(general, who, 3, " \\ % _ 'x'' "));

  const auto kept = now().messages.history(general, newest, 10);
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[0].seq, 1);
  EXPECT_EQ(kept[0].author, hostile_name);
  EXPECT_EQ(kept[0].text, hostile_text);
  EXPECT_EQ(kept[0].at, noon);
  EXPECT_NE(kept[0].id, message_id{});
  EXPECT_NE(kept[0].id, kept[1].id);
  EXPECT_EQ(kept[1].text, longest_text());
  EXPECT_EQ(kept[2].text, " \\ % _ 'x'' ");
}

TEST_P(StoreContract, ASalonWithoutMessagesHasNoHistory) {
  EXPECT_THAT(now().messages.history(general, newest, 10), IsEmpty());
  EXPECT_THAT(now().messages.history(salon_id{4711}, newest, 10), IsEmpty());
}

TEST_P(StoreContract, HistoryIsReadPageByPage) {
  const auto zoe = add_user("Zoé");
  db->transact([&](const auto& db) {
    for (int seq = 1; seq <= 10; ++seq)
      db.messages.append({general, zoe, seq, std::to_string(seq), noon});
    db.messages.append({blabla, zoe, 1, "elsewhere", noon});
  });

  EXPECT_THAT(texts(general, 3), ElementsAre("8", "9", "10"));
  const auto page = now().messages.history(general, 8, 3);
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page[0].seq, 5);
  EXPECT_EQ(page[2].seq, 7);
  EXPECT_EQ(now().messages.history(general, 3, 100).size(), 2u);
  EXPECT_THAT(now().messages.history(general, 1, 100), IsEmpty());
  EXPECT_THAT(now().messages.history(general, newest, 0), IsEmpty());
}

TEST_P(StoreContract, HistoryFollowsTheOrderNumbersAndTheirGaps) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1'000'000'000'000, "late");
  post(general, zoe, 7, "early");

  EXPECT_THAT(texts(general), ElementsAre("early", "late"));
  EXPECT_EQ(last_seq(general), 1'000'000'000'000);
}

TEST_P(StoreContract, AnEmptyTextIsKeptAndNotShown) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1, "before");
  ASSERT_TRUE(post(general, zoe, 2, ""));
  post(general, zoe, 3, "after");

  EXPECT_THAT(texts(general, 2), ElementsAre("before", "after"));
  EXPECT_THROW(post(general, zoe, 2, "again"), store_error);
}

TEST_P(StoreContract, APostOfNobodyIsRefused) {
  EXPECT_EQ(post(general, nobody, 1, hostile_text), fault::unknown_user);
  EXPECT_THAT(texts(general), IsEmpty());
  EXPECT_EQ(last_seq(general), 0);
}

TEST_P(StoreContract, AnOrderNumberIsUsedOnce) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1, "first");

  try {
    post(general, zoe, 1, "second");
    FAIL() << "stored twice";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::refused);
  }

  EXPECT_THAT(texts(general), ElementsAre("first"));
  EXPECT_TRUE(post(blabla, zoe, 1, "another salon, another order"));
  EXPECT_TRUE(post(general, zoe, 2, "third"));
}

TEST_P(StoreContract, TheHighestOrderNumberIsKnown) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 41, "x");
  post(general, zoe, 42, "y");

  EXPECT_EQ(last_seq(general), 42);
  EXPECT_EQ(last_seq(blabla), 0);
}

TEST_P(StoreContract, ABigGroupIsStoredInOrder) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user(hostile_name);

  db->transact([&](const auto& db) {
    for (int seq = 1; seq <= 256; ++seq)
      ASSERT_TRUE(
          db.messages.append({seq % 2 ? general : blabla, seq % 3 ? zoe : other, seq, std::to_string(seq), noon}));
  });

  const auto odd = now().messages.history(general, newest, 500);
  ASSERT_EQ(odd.size(), 128u);
  for (size_t i = 0; i < odd.size(); ++i) {
    EXPECT_EQ(odd[i].seq, static_cast<int64_t>(2 * i + 1));
    EXPECT_EQ(odd[i].text, std::to_string(odd[i].seq));
    EXPECT_EQ(odd[i].author, odd[i].seq % 3 ? "Zoé" : hostile_name);
  }
}

// --- operators ---

TEST_P(StoreContract, ADeletedMessageIsNotShownAndItsNumberStaysUsed) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1, "kept");
  post(general, zoe, 2, "gone");
  const auto which = now().messages.history(general, newest, 1).at(0).id;

  EXPECT_TRUE(write([&](const auto& db) { return decisions::delete_message(db, which, decided()); }));

  EXPECT_THAT(texts(general), ElementsAre("kept"));
  EXPECT_EQ(last_seq(general), 2);
  EXPECT_EQ(write([&](const auto& db) { return decisions::delete_message(db, which, decided()); }),
            fault::no_such_message);
  EXPECT_EQ(write([&](const auto& db) { return decisions::delete_message(db, message_id{4711}, decided()); }),
            fault::no_such_message);
}

/// The order numbers of the newest `count` messages that hold the text, oldest first.
std::vector<int64_t> found_in(const persistence::reading& db, salon_id salon, const std::string& text, size_t count) {
  std::vector<int64_t> result;
  for (const auto& each : db.messages.look_through(salon, text, std::numeric_limits<int64_t>::max(), count).found)
    result.insert(result.begin(), each.number);
  return result;
}

TEST_P(StoreContract, MessagesAreFoundByAPartOfTheirText) {
  const auto zoe = add_user("Zoé");
  const char* said[] = {"Bonjour", "100% _sûr_", "BONJOUR \\ encore", "adieu", "dit bonjour!"};
  for (int seq = 1; seq <= 5; ++seq)
    post(general, zoe, seq, said[seq - 1]);
  post(blabla, zoe, 1, "bonjour ailleurs");

  EXPECT_THAT(found_in(now(), general, "bonJour", 10), ElementsAre(1, 3, 5));
  EXPECT_THAT(found_in(now(), general, "bonjour", 2), ElementsAre(3, 5));
  EXPECT_THAT(found_in(now(), general, "sûr", 10), ElementsAre(2));
  EXPECT_THAT(found_in(now(), general, "%", 10), ElementsAre(2));
  EXPECT_THAT(found_in(now(), general, "_", 10), ElementsAre(2));
  EXPECT_THAT(found_in(now(), general, "\\", 10), ElementsAre(3));
  EXPECT_THAT(found_in(now(), general, "jour_", 10), IsEmpty());
  EXPECT_THAT(found_in(now(), general, hostile_text, 10), IsEmpty());
}

TEST_P(StoreContract, MessagesAreFoundInAnyCaseOfLettersAndWithAnyAccents) {
  const auto zoe = add_user("Zoé");
  const char* said[] = {"L'ÉTÉ à ŒUF", "l'été à œuf", "l'ete a œuf", "ЖУК", "жук", "e\xCC\x81te\xCC\x81"};
  for (int seq = 1; seq <= 6; ++seq)
    post(general, zoe, seq, said[seq - 1]);

  EXPECT_THAT(found_in(now(), general, "L'Été À œUf", 50), ElementsAre(1, 2, 3));
  EXPECT_THAT(found_in(now(), general, "Жук", 50), ElementsAre(4, 5));
  EXPECT_THAT(found_in(now(), general, "ete", 50), ElementsAre(1, 2, 3, 6));
  EXPECT_THAT(found_in(now(), general, "Été", 50), ElementsAre(1, 2, 3, 6));
  EXPECT_THAT(found_in(now(), general, "\xCC\x81", 50), IsEmpty()); // a mark alone
}

TEST_P(StoreContract, MessagesAreLookedThroughPartByPart) {
  constexpr auto part = static_cast<int64_t>(persistence::message_store::max_looked_through);
  const auto zoe = add_user("Zoé");
  db->transact([&](const auto& db) {
    for (int64_t seq = 1; seq <= 2 * part + 1; ++seq)
      db.messages.append({general, zoe, 3 * seq, seq == 1 || seq == part + 2 ? "Aiguille" : "foin", support::noon});
    db.messages.append({blabla, zoe, 1, "aiguille", support::noon});
  });
  db->transact([&](const auto& db) {
    decisions::delete_message(db, db.messages.history(general, newest, 1).at(0).id, support::decided());
  });

  const auto first = now().messages.look_through(general, "aiguille", newest, 50);
  const auto second = now().messages.look_through(general, "aiguille", first.before, 50);
  const auto third = now().messages.look_through(general, "aiguille", second.before, 50);

  EXPECT_EQ(first.before, 3 * (part + 2));
  ASSERT_THAT(first.found, SizeIs(1));
  EXPECT_EQ(first.found[0].number, 3 * (part + 2));
  EXPECT_EQ(first.found[0].bytes, weight_of(std::string{"Aiguille"}.size(), std::string{"Zoé"}.size()));
  EXPECT_THAT(second.found, IsEmpty());
  EXPECT_EQ(second.before, 6);
  ASSERT_THAT(third.found, SizeIs(1));
  EXPECT_EQ(third.found[0].number, 3);
  EXPECT_EQ(third.before, 0);
}

TEST_P(StoreContract, NoMoreMessagesAreFoundThanAreWanted) {
  const auto zoe = add_user("Zoé");
  for (int seq = 1; seq <= 9; ++seq)
    post(general, zoe, seq, seq == 5 ? "foin" : "aiguille");

  EXPECT_THAT(found_in(now(), general, "aiguille", 5), ElementsAre(4, 6, 7, 8, 9));
  EXPECT_THAT(found_in(now(), marketing, "aiguille", 5), IsEmpty());
}

} // namespace salond
