// How long messages are kept: what is too old is found whatever the order of times is, and goes in pieces.
#include "persistence/decisions/retention.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::message_series;
using std::chrono::hours;
using support::after_noon;
using support::decided;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr message_series private_ones{};

/// What is known of a salon, or of the private messages.
persistence::aged_series known(const persistence::reading& db, message_series of) {
  if (of.is_private())
    return db.retention.private_messages();
  for (auto& each : db.retention.salons(true, salon_id{of.salon.value - 1}, 1))
    if (each.of.salon == of.salon)
      return each;
  return {};
}

/// Looks at all times that nobody looked at yet.
void look(persistence::store& db, const persistence::reading& now, message_series of) {
  for (auto each = known(now, of); each.looked < each.newest; each = known(now, of)) {
    const auto found = now.retention.look_at_ages(of, each.looked, each.newest);
    db.transact([&](const auto& in) { in.retention.put_ages(of, found); });
  }
}

/// Removes what is known to be older, at most `most` at once; answers how many went with each piece.
std::vector<size_t> remove(persistence::store& db, message_series of, moment before, size_t most = 100) {
  std::vector<size_t> pieces;
  for (persistence::removed_piece piece; !piece.over;) {
    db.transact([&](const auto& in) { piece = in.retention.remove_older(of, before, most); });
    if (piece.count != 0)
      pieces.push_back(piece.count);
  }
  return pieces;
}

TEST_P(StoreContract, OldMessagesAreFoundWhateverTheOrderOfTheirTimesIs) {
  const auto zoe = add_user(support::hostile_name);
  db->transact([&](const auto& db) {
    for (int64_t seq = 1; seq <= 5000; ++seq) {
      const bool is_old = seq == 2 || seq == 999 || seq == 1000 || seq == 3333 || seq == 5000;
      db.messages.append({general, zoe, seq, hostile_text, is_old ? noon : after_noon(hours{1000000 - 2 * seq})});
    }
    db.messages.append({blabla, zoe, 1, "elsewhere", noon});
  });
  look(*db, now(), {general});
  EXPECT_EQ(known(now(), {general}).oldest, noon);
  EXPECT_EQ(known(now(), {blabla}).oldest, std::nullopt) << "nobody looked";

  EXPECT_THAT(remove(*db, {general}, noon), IsEmpty()) << "not older than that";
  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), SizeIs(4)) << "a block at a time";

  EXPECT_THAT(texts(general, 5000), SizeIs(4995));
  EXPECT_THAT(texts(blabla), ElementsAre("elsewhere"));
  EXPECT_EQ(last_seq(general), 5000);
  EXPECT_EQ(known(now(), {general}).oldest, after_noon(hours{1000000 - 2 * 4999}));
  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), IsEmpty());
}

TEST_P(StoreContract, WhatIsPostedLaterIsLookedAtLater) {
  const auto zoe = add_user("Zoé");
  post(general, zoe, 1, "first");
  look(*db, now(), {general});
  remove(*db, {general}, after_noon(hours{1}));

  db->transact([&](const auto& db) {
    db.messages.append({general, zoe, 2, "of a clock that was set back", noon - hours{1000}});
    db.messages.append({general, zoe, 3, "of a clock that was set ahead", after_noon(hours{1000})});
  });
  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), IsEmpty());
  look(*db, now(), {general});

  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), ElementsAre(1u));
  EXPECT_THAT(texts(general), ElementsAre("of a clock that was set ahead"));
  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1001})), ElementsAre(1u)) << "its time has come";
  EXPECT_THAT(texts(general), IsEmpty());
}

TEST_P(StoreContract, ASalonWhoseMessagesAllWentKeepsItsNumbers) {
  const auto zoe = add_user("Zoé");
  for (int seq = 1; seq <= 3; ++seq)
    post(general, zoe, seq, std::to_string(seq));
  look(*db, now(), {general});

  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1}), 2), ElementsAre(2u, 1u));

  EXPECT_EQ(last_seq(general), 3);
  EXPECT_THAT(texts(general), IsEmpty());
  EXPECT_EQ(known(now(), {general}).oldest, std::nullopt);
  ASSERT_TRUE(post(general, zoe, 4, "again"));
  EXPECT_EQ(last_seq(general), 4);
  look(*db, now(), {general});
  EXPECT_EQ(known(now(), {general}).oldest, noon);
}

TEST_P(StoreContract, OldMessagesGoInPiecesOfRowsAndBytes) {
  const auto zoe = add_user("Zoé");
  const std::string long_text(400 << 10, 'x');
  db->transact([&](const auto& db) {
    for (int64_t seq = 1; seq <= 250; ++seq)
      db.messages.append({general, zoe, seq, "short", noon});
    for (int64_t seq = 1; seq <= 7; ++seq)
      db.messages.append({blabla, zoe, seq, long_text, noon});
  });
  look(*db, now(), {general});
  look(*db, now(), {blabla});

  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), ElementsAre(100u, 100u, 50u));
  EXPECT_THAT(remove(*db, {blabla}, after_noon(hours{1})), ElementsAre(3u, 3u, 1u));
}

TEST_P(StoreContract, WhatElseRemovesMessagesDoesNotDisturbTheRest) {
  const auto zoe = add_user("Zoé"), paul = add_user("Paul");
  for (int seq = 1; seq <= 4; ++seq)
    post(general, seq % 2 ? zoe : paul, seq, std::to_string(seq));
  look(*db, now(), {general});
  write([&](const auto& db) { return decisions::ban(db, key_of("zoé"), decided()); });
  write([&](const auto& db) {
    return decisions::delete_message(db, db.messages.history(general, newest, 1).at(0).id, decided());
  });

  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), ElementsAre(2u)) << "the emptied one, too";

  EXPECT_THAT(remove(*db, {general}, after_noon(hours{1})), IsEmpty());
  EXPECT_EQ(last_seq(general), 4);
}

TEST_P(StoreContract, AHistoryThatIsHandedOutMeanwhileGoesOn) {
  const auto zoe = add_user("Zoé");
  const std::string long_text(60 << 10, 'x');
  db->transact([&](const auto& db) {
    for (int64_t seq = 1; seq <= 6; ++seq)
      db.messages.append({general, zoe, seq, long_text, seq <= 4 ? noon : after_noon(hours{2})});
  });
  auto page = now().messages.begin_history(general, 6);
  ASSERT_THAT(page.messages, SizeIs(1));
  ASSERT_THAT(page.later, SizeIs(5));
  look(*db, now(), {general});

  remove(*db, {general}, after_noon(hours{1}));

  std::vector<int64_t> shown;
  while (!page.later.empty())
    for (const auto& message : now().messages.at(general, take_piece(page.later)))
      shown.push_back(message.seq);
  EXPECT_THAT(shown, ElementsAre(5, 6));
  EXPECT_THAT(now().messages.look_through(general, "x", newest, 50).found, SizeIs(2));
}

TEST_P(StoreContract, OldPrivateMessagesGoDeliveredOrNotAndMakeRoom) {
  const auto zoe = add_user("Zoé"), paul = add_user("Paul");
  ASSERT_TRUE(tell(paul, "zoé", "delivered"));
  const auto first = waiting(zoe).at(0).id;
  write([&](const auto& db) {
    db.private_messages.mark_delivered({first}, noon);
    return done{};
  });
  while (tell(zoe, "paul", "waits"))
    continue;
  EXPECT_EQ(tell(zoe, "paul", "no room").why(), fault::mailbox_full);
  look(*db, now(), private_ones);

  EXPECT_THAT(remove(*db, private_ones, after_noon(hours{1})), ElementsAre(100u, 1u));

  EXPECT_THAT(waiting(paul), IsEmpty());
  const auto again = tell(zoe, "paul", "there is room");
  ASSERT_TRUE(again);
  EXPECT_GT(again->id.value, first.value) << "no number is used again";
  EXPECT_THAT(waiting(paul), SizeIs(1));
  EXPECT_EQ(known(now(), private_ones).untold, 101);
}

TEST_P(StoreContract, OldMessagesAreCountedPartByPart) {
  const auto zoe = add_user("Zoé");
  db->transact([&](const auto& db) {
    for (int64_t seq = 1; seq <= 4500; ++seq)
      db.messages.append({general, zoe, seq, "x", seq % 2 ? noon : after_noon(hours{2})});
  });
  std::vector<int64_t> parts;
  int64_t after = 0;
  do {
    const auto part = now().retention.count_older({general}, after, after_noon(hours{1}));
    parts.push_back(part.count);
    after = part.after;
  } while (after != 0);

  EXPECT_THAT(parts, ElementsAre(1000, 1000, 250));
  EXPECT_EQ(now().retention.count_older({marketing}, 0, after_noon(hours{1})).count, 0);
}

TEST_P(StoreContract, ASalonHasDaysOfItsOwnOrThoseOfTheConfiguration) {
  const auto set = [&](salon_id salon, std::optional<int64_t> days) {
    return write([&](const auto& db) { return decisions::set_retention(db, salon, days, decided()); });
  };
  const auto listed = [&](bool all) {
    std::vector<int64_t> result;
    for (const auto& each : now().retention.salons(all, salon_id{0}, 100))
      result.push_back(each.of.salon.value);
    return result;
  };
  EXPECT_EQ(now().retention.own_days(general), std::nullopt);
  EXPECT_THAT(listed(false), IsEmpty());
  EXPECT_THAT(listed(true), ElementsAre(1, 2, 3, 4, 5));

  ASSERT_TRUE(set(general, 30));
  ASSERT_TRUE(set(blabla, 0));
  ASSERT_TRUE(set(marketing, 1));

  EXPECT_EQ(now().retention.own_days(general), 30);
  EXPECT_EQ(now().retention.own_days(blabla), 0);
  EXPECT_EQ(now().retention.own_days(),
            (std::vector<std::pair<salon_id, int64_t>>{{general, 30}, {blabla, 0}, {marketing, 1}}));
  EXPECT_THAT(listed(false), ElementsAre(1, 5));
  EXPECT_THAT(listed(true), ElementsAre(1, 3, 4, 5));
  ASSERT_TRUE(set(marketing, std::nullopt));
  EXPECT_EQ(now().retention.own_days(marketing), std::nullopt);
  EXPECT_EQ(set(salon_id{4711}, 30).why(), fault::unknown_salon);
  write([&](const auto& db) { return decisions::archive_salon(db, general, decided()); });
  EXPECT_EQ(set(general, 31).why(), fault::unknown_salon);
  EXPECT_EQ(known(now(), {general}).own, 30) << "an archived salon's messages are kept no longer than others";
  EXPECT_THAT(audited(),
              ElementsAre("set_retention|Général (30 days)|done", "set_retention|Blabla (for good)|done",
                          "set_retention|Marketing (1 day)|done", "set_retention|Marketing (as configured)|done",
                          "set_retention|4711 (30 days)|unknown_salon", "archive_salon|Général|done",
                          "set_retention|Général (31 days)|unknown_salon"));
}

TEST_P(StoreContract, OfWhatWentTheAuditLogHasOneLine) {
  const auto zoe = add_user("Zoé");
  for (int seq = 1; seq <= 3; ++seq)
    post(general, zoe, seq, "x");
  ASSERT_TRUE(tell(zoe, "zoé", "to myself"));
  look(*db, now(), {general});
  look(*db, now(), private_ones);
  remove(*db, {general}, after_noon(hours{1}), 1);
  remove(*db, private_ones, after_noon(hours{1}), 1);
  const auto note = [&](message_series of) {
    return write([&](const auto& db) { return decisions::note_removed(db, known(db, of), noon); });
  };

  EXPECT_EQ(known(now(), {general}).untold, 3);
  EXPECT_EQ(note({general}), 3);
  EXPECT_EQ(note({general}), 0);
  EXPECT_EQ(note(private_ones), 1);

  const auto lines = now().audit.after(0, 10);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].by, "server");
  EXPECT_EQ(lines[0].action, "retention");
  EXPECT_EQ(lines[0].to, "Général");
  EXPECT_EQ(lines[0].reason, "3 messages");
  EXPECT_EQ(lines[1].to, "private messages");
  EXPECT_EQ(lines[1].reason, "1 message");
}

} // namespace salond
