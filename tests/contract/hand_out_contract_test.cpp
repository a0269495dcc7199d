// What is handed out comes from every store in pieces: no more of it is held at once than a piece or one text.
#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

std::string numbered(int number, size_t bytes) {
  auto text = std::to_string(number) + ' ';
  return text + std::string(bytes - text.size(), 'x');
}

template <class Text>
size_t bytes_of(const std::vector<Text>& texts) {
  size_t bytes = 0;
  for (const auto& text : texts)
    bytes += text.text.size() + text.author.size();
  return bytes;
}

/// A mailbox that is read to its end, piece by piece; checks that each piece is one.
std::vector<std::string> read_all(persistence::store& db, user_id who, std::vector<private_message> first,
                                  std::vector<weighed> later) {
  std::vector<std::string> result;
  const auto take = [&](const std::vector<private_message>& piece) {
    EXPECT_TRUE(piece.size() == 1 || bytes_of(piece) <= max_piece_bytes) << bytes_of(piece);
    for (const auto& each : piece)
      result.push_back(each.text);
  };
  take(first);
  while (!later.empty()) {
    std::vector<private_id> which;
    for (const auto number : take_piece(later))
      which.push_back(private_id{number});
    db.read([&](const auto& db) { take(db.private_messages.at(who, which)); });
  }
  return result;
}

} // namespace

TEST_P(StoreContract, AHistoryOfShortMessagesIsOnePiece) {
  const auto zoe = add_user("Zoé");
  for (int seq = 1; seq <= 60; ++seq)
    post(general, zoe, seq, "message " + std::to_string(seq));

  const auto page = now().messages.begin_history(general, 50);

  EXPECT_EQ(page.messages, now().messages.history(general, newest, 50));
  EXPECT_THAT(page.messages, SizeIs(50));
  EXPECT_THAT(page.later, IsEmpty());
  EXPECT_THAT(now().messages.begin_history(marketing, 50).messages, IsEmpty());
}

TEST_P(StoreContract, ALongHistoryComesInPiecesInItsOrder) {
  const auto zoe = add_user(support::longest_name);
  for (int seq = 1; seq <= 40; ++seq)
    post(general, zoe, seq, numbered(seq, seq % 7 == 0 ? 3 : 20000));
  post(general, zoe, 41, numbered(41, 200000)); // more than a piece
  db->transact([&](const auto& db) {
    ASSERT_TRUE(decisions::delete_message(db, db.messages.history(general, 30, 1).at(0).id, support::decided()));
  });
  const auto all = now().messages.history(general, newest, 35);

  auto page = now().messages.begin_history(general, 35);

  auto told = page.messages;
  EXPECT_LE(bytes_of(told), max_piece_bytes);
  while (!page.later.empty()) {
    const auto piece = now().messages.at(general, take_piece(page.later));
    EXPECT_TRUE(piece.size() == 1 || bytes_of(piece) <= max_piece_bytes);
    told.insert(told.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(told, all);
}

TEST_P(StoreContract, AMessageThatWasDeletedMeanwhileIsLeftOutOfItsPiece) {
  const auto zoe = add_user("Zoé");
  for (int seq = 1; seq <= 4; ++seq)
    post(general, zoe, seq, numbered(seq, 60000));
  const auto page = now().messages.begin_history(general, 4);
  ASSERT_THAT(page.later, SizeIs(3));
  db->transact([&](const auto& db) {
    ASSERT_TRUE(decisions::delete_message(db, db.messages.history(general, 3, 1).at(0).id, support::decided()));
  });

  EXPECT_THAT(now().messages.at(general, {2}), IsEmpty());
  EXPECT_THAT(now().messages.at(general, {2, 3, 4}), SizeIs(2));
}

TEST_P(StoreContract, AFullMailboxComesInPiecesInItsOrder) {
  const auto target = add_user(hostile_name);
  std::vector<std::string> sent;
  for (int author = 0; author < 10; ++author) {
    const auto who = add_user(std::to_string(author) + support::longest_name.substr(4));
    for (int number = 0; number < 100; ++number) {
      const auto text = numbered(number, number % 5 == 0 ? 4 : 8182);
      if (tell(who, hostile_name, text))
        sent.push_back(text);
    }
  }
  ASSERT_GT(sent.size(), 200u);

  const auto opened = write([&](const auto& db) { return decisions::open_session(db, target, noon); });

  EXPECT_FALSE(opened->later.empty());
  EXPECT_EQ(read_all(*db, target, opened->waiting, opened->later), sent);
}

TEST_P(StoreContract, WhatWasDeliveredToAnotherConnectionMeanwhileIsStillRead) {
  const auto target = add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  std::vector<private_id> ids;
  for (int number = 0; number < 4; ++number)
    ids.push_back(tell(zoe, hostile_name, numbered(number, 60000))->id);
  const auto opened = write([&](const auto& db) { return decisions::open_session(db, target, noon); });
  ASSERT_THAT(opened->later, SizeIs(3));

  db->transact([&](const auto& db) { db.private_messages.mark_delivered(ids, noon); });

  EXPECT_THAT(read_all(*db, target, opened->waiting, opened->later), SizeIs(4));
  EXPECT_THAT(now().private_messages.at(zoe, ids), IsEmpty()); // nobody else's
}

TEST_P(StoreContract, RowsWithLongTextsAreFewAtOnce) {
  const auto zoe = add_user("Zoé");
  for (int seq = 1; seq <= 10; ++seq)
    post(general, zoe, seq, numbered(seq, 300000));
  const auto& messages = persistence::table_named("messages");
  const auto author = persistence::column_named(messages, "client_id");

  size_t seen = 0;
  persistence::table_row last;
  for (;;) {
    const auto page = now().rows.with(messages, author, zoe.value, last, 500);
    EXPECT_LE(page.size(), 4u);
    if (page.empty())
      break;
    seen += page.size();
    last = page.back();
  }

  EXPECT_EQ(seen, 10u);
  EXPECT_THAT(now().rows.after(messages, {}, 500), SizeIs(4));
}

// --- how much may wait ---

TEST_P(StoreContract, AnAuthorHasAQuarterOfAMegabyteInAMailboxAndTheNextHasItToo) {
  const auto target = add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  const auto other = add_user("other");
  const std::string text(8192, 'x');
  for (int i = 0; i < 32; ++i)
    ASSERT_TRUE(tell(zoe, hostile_name, text)) << i;

  EXPECT_EQ(tell(zoe, hostile_name, "x").why(), fault::mailbox_full);
  EXPECT_TRUE(tell(zoe, "other", text));
  for (int i = 0; i < 32; ++i)
    ASSERT_TRUE(tell(other, hostile_name, text)) << i;
  EXPECT_EQ(tell(other, hostile_name, "x").why(), fault::mailbox_full);
  const auto first = write([&](const auto& db) { return decisions::open_session(db, target, noon); })->waiting.at(0).id;
  db->transact([&](const auto& db) { db.private_messages.mark_delivered({first}, noon); });
  EXPECT_TRUE(tell(zoe, hostile_name, text));
}

TEST_P(StoreContract, NoNumberOfAuthorsFillsAMailboxWithBytes) {
  add_user(hostile_name);
  int64_t bytes = 0;
  for (int author = 0; author < 24; ++author) {
    const auto who = add_user("author " + std::to_string(author));
    for (size_t size : {16384u, 4096u, 512u})
      while (tell(who, hostile_name, std::string(size, 'x')))
        bytes += static_cast<int64_t>(size);
  }
  EXPECT_GT(bytes, 2 << 20);
  EXPECT_LT(bytes, 4 << 20);

  EXPECT_TRUE(tell(add_user("Zoé"), hostile_name, std::string(500, 'x')));
}

TEST_P(StoreContract, AnEmptyMailboxTakesAnyTextAndIsNotFilledByIt) {
  const auto target = add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  ASSERT_TRUE(tell(zoe, hostile_name, std::string(5 << 20, 'x')));

  EXPECT_EQ(tell(zoe, hostile_name, "x").why(), fault::mailbox_full);
  EXPECT_TRUE(tell(add_user("other"), hostile_name, "x"));
  EXPECT_THAT(waiting(target), SizeIs(1));
}

} // namespace salond
