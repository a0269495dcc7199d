// Accounts that are gone while what they wrote goes on going: from the first moment on nobody finds anything of theirs.
#include "persistence/backup/tables.hpp"
#include "persistence/decisions/departures.hpp"
#include "persistence/export/person.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/mysql_stores.hpp"

namespace salond {

using support::decided;
using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int many = 1300; // of one author: more than go at once

class Departures : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    if (!db)
      return;
    doomed = add_user(hostile_name);
    spared = add_user("Zoë");
    db->transact([&](const auto& db) {
      for (int64_t seq = 1; seq <= many; ++seq)
        db.messages.append({general, doomed, seq, "adieu", noon});
      db.messages.append({general, spared, many + 1, "bonjour", noon});
      db.messages.append({blabla, doomed, 1, "aussi", noon});
    });
    for (int n = 0; n < 30; ++n)
      tell(doomed, "zoë", "private");
    for (int n = 0; n < 20; ++n)
      tell(spared, hostile_name, "to whom is gone");
  }
  /// Private messages from it and to it.
  int64_t private_messages() const {
    const auto& all = persistence::table_named("private_messages");
    const auto count = [&](const char* column) {
      return now().rows.count_with(all, persistence::column_named(all, column), doomed.value);
    };
    return count("from_client_id") + count("to_client_id");
  }
  std::vector<persistence::departure> departing() { return now().departures.all(); }
  /// Removes a piece of what it wrote; false: that was the last one.
  bool remove_piece(size_t most = 100) {
    const auto found = now().departures.find_messages(departing().at(0), most);
    db->transact([&](const auto& db) { db.departures.remove(doomed, found); });
    return !found.are_last;
  }
  void remove_all() {
    while (remove_piece())
      continue;
    for (persistence::departing_private found; !found.are_last;) {
      found = now().departures.find_private(doomed, found.next, 7);
      db->transact([&](const auto& db) { db.departures.remove_private(doomed, found.which); });
    }
    db->transact([&](const auto& db) { decisions::end_departure(db, departing().at(0), noon); });
  }
  void expect_nothing_of_it() {
    EXPECT_THAT(texts(general, 5000), ElementsAre("bonjour"));
    EXPECT_THAT(texts(blabla), IsEmpty());
    EXPECT_THAT(now().messages.look_through(general, "adieu", newest, 50).found, IsEmpty());
    EXPECT_THAT(now().messages.at(general, {1, many + 1}), SizeIs(1));
    EXPECT_EQ(find(hostile_name).why(), fault::unknown_user);
    EXPECT_EQ(tell(spared, hostile_name, "too late"), fault::unknown_user);
    EXPECT_EQ(now().accounts.numbered(doomed).why(), fault::unknown_user);
    EXPECT_FALSE(now().accounts.exists(doomed));
    EXPECT_EQ(post(general, doomed, many + 2, "again").why(), fault::unknown_user);
    EXPECT_FALSE(now().sessions.standing_of(doomed, noon));
    EXPECT_THAT(now().accounts.profiles("", {}, 10), SizeIs(1));
    EXPECT_THAT(waiting(spared), IsEmpty());
    persistence::person_export other(*find("zoë"));
    EXPECT_THAT(other.received(now()).rows, IsEmpty());
    persistence::person_export once_more(*find("zoë"));
    EXPECT_THAT(once_more.sent(now()).rows, IsEmpty());
    EXPECT_EQ(last_seq(general), many + 1);
    EXPECT_EQ(last_seq(blabla), 1);
  }

  user_id doomed, spared;
};

TEST_P(Departures, WhoWroteMuchIsGoneAtOnceAndHisMessagesGoAfterwards) {
  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); }));

  ASSERT_THAT(departing(), SizeIs(1));
  EXPECT_EQ(private_messages(), 50);
  expect_nothing_of_it();
  remove_piece();
  expect_nothing_of_it();
  remove_all();

  expect_nothing_of_it();
  EXPECT_THAT(departing(), IsEmpty());
  const auto over = now().departures.of(doomed);
  ASSERT_TRUE(over && over->is_over);
  EXPECT_EQ(over->messages, many + 1);
  EXPECT_EQ(over->private_messages, 50);
  EXPECT_EQ(private_messages(), 0);
  EXPECT_THAT(audited(), ElementsAre("ban|" + hostile_name + "|done", "departure|a banned user|done"));
  EXPECT_THAT(now().rows.after(persistence::table_named("clients"), {}, 10), SizeIs(1));
  EXPECT_TRUE(now().bans.is_for_good(key_of(hostile_name)));
}

TEST_P(Departures, TheNameOfWhoIsErasedIsFreeAtOnce) {
  const auto gone = write([&](const auto& db) { return decisions::erase(db, key_of(hostile_name), decided()); });
  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->goes_on);
  EXPECT_EQ(departing().at(0).receipt, gone->receipt);
  expect_nothing_of_it();

  const auto again = add_user(hostile_name);
  ASSERT_NE(again, user_id{});
  ASSERT_NE(again, doomed);
  ASSERT_TRUE(post(general, again, many + 2, "mine"));
  remove_all();

  EXPECT_THAT(texts(general, 5000), ElementsAre("bonjour", "mine"));
  EXPECT_THAT(audited().back(), "departure|receipt " + std::to_string(gone->receipt) + "|done");
  db->transact([&](const auto& db) { db.departures.forget(support::after_noon(std::chrono::hours{1})); });
  EXPECT_EQ(now().departures.of(doomed), std::nullopt);
}

TEST_P(Departures, WhoWroteLittleIsGoneInOneTransaction) {
  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of("zoë"), decided()); }));

  EXPECT_THAT(departing(), IsEmpty());
  EXPECT_EQ(now().departures.of(spared), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Stores, Departures, testing::Values(support::sqlite(), support::mariadb(), support::mysql()),
                         support::name_of);

} // namespace salond
