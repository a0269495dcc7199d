// Imports of accounts, the end of one, and what is kept about a user.
#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"
#include <set>

namespace salond {

using persistence::import_fault;
using persistence::imported_account;
using persistence::stored_tables;
using persistence::table_named;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::longest_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

imported_account account(size_t line, const std::string& name, std::vector<std::string> salons = {}) {
  const auto alias = "alias of " + std::to_string(line);
  return {line,
          name,
          key_of(name),
          alias,
          key_of(alias),
          "hash of " + name,
          std::move(salons),
          skeletons_of(name),
          skeletons_of(alias)};
}

std::vector<std::string> spelled(const std::vector<import_fault>& faults) {
  std::vector<std::string> result;
  for (const auto& fault : faults)
    result.push_back(std::to_string(fault.line) + " " + to_string(fault.why) + " " + fault.about);
  return result;
}

} // namespace

TEST_P(StoreContract, AnImportMakesAllAccountsWithTheirSalons) {
  const auto before = add_user("before");
  std::vector<imported_account> all{account(2, hostile_name, {"blabla", "BLABLA", "Marketing", "Général"}),
                                    account(3, longest_name)};
  for (size_t line = 4; line < 600; ++line)
    all.push_back(account(line, "user " + std::to_string(line)));

  const auto made = write([&](const auto& db) { return decisions::import_accounts(db, all, decided()); });

  EXPECT_THAT(made.faults, IsEmpty());
  ASSERT_THAT(made.members, SizeIs(3));
  EXPECT_EQ(made.members[0].salon, general);
  EXPECT_THAT(made.members[0].who, SizeIs(all.size()));
  const auto one = find(hostile_name);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->alias, "alias of 2");
  EXPECT_EQ(one->password_hash, "hash of " + hostile_name);
  EXPECT_EQ(one->role, role::user);
  EXPECT_GT(one->id.value, before.value);
  EXPECT_EQ(made.members[1].salon, blabla);
  EXPECT_THAT(made.members[1].who, ElementsAre(one->id));
  EXPECT_THAT(now().memberships.members(marketing), ElementsAre(one->id));
  EXPECT_THAT(now().memberships.members(general), SizeIs(all.size() + 1));
  EXPECT_TRUE(find("user 599"));
  EXPECT_THAT(audited(), ElementsAre("users import|598 accounts|done"));
}

TEST_P(StoreContract, AnImportTellsOfNoMembersOfArchivedSalonsWhichHaveThemOnceTheyComeBack) {
  write([&](const auto& db) { return decisions::archive_salon(db, general, decided()); });

  const auto made = write([&](const auto& db) {
    return decisions::import_accounts(db, {account(1, "a"), account(2, "b")}, decided());
  });

  EXPECT_TRUE(find("a"));
  EXPECT_THAT(made.members, IsEmpty());
  write([&](const auto& db) { return decisions::restore_salon(db, key_of("Général"), decided()); });
  EXPECT_THAT(now().memberships.members(general), SizeIs(2));
}

TEST_P(StoreContract, AnImportWithFaultsStoresNothing) {
  add_user("Zoé");
  add_user("doomed");
  write([&](const auto& db) { return decisions::ban(db, "doomed", decided()); });
  const auto& waiting = table_named("registrations");
  db->transact([&](const auto& db) {
    db.rows.put(waiting, {{std::string("waits"), std::string("Waits"), std::string("alias of 5"),
                           std::string("Alias of 5"), std::string("hash"), int64_t{42}, std::string()}});
  });
  auto alias = account(6, "f");
  alias.alias = "ZOÉ";
  alias.alias_key = key_of(alias.alias);
  const std::vector<imported_account> all{account(1, "a"),
                                          account(2, "ZOÉ"),
                                          account(3, "Doomed"),
                                          account(4, "waits"),
                                          account(5, "e", {"Nulle part", "Blabla"}),
                                          alias};

  const auto faults = spelled(decisions::import_faults(now(), all));
  const auto made = write([&](const auto& db) { return decisions::import_accounts(db, all, decided()); });

  EXPECT_THAT(faults, ElementsAre("2 name_taken ZOÉ", "3 name_taken Doomed", "4 name_taken waits",
                                  "5 alias_taken alias of 5", "5 unknown_salon Nulle part", "6 alias_taken ZOÉ"));
  EXPECT_EQ(spelled(made.faults), faults);
  EXPECT_FALSE(find("a"));
  EXPECT_THAT(made.members, IsEmpty());
  EXPECT_EQ(audited().back(), "users import|6 accounts|name_taken");
}

TEST_P(StoreContract, AnErasedUserLeavesOnlyTheAuditLog) {
  const auto zoe = add_user("Zoé");
  const auto paul = add_user("paul");
  db->transact([&](const auto& db) {
    for (int64_t seq = 1; seq <= 3; ++seq)
      db.messages.append({general, seq == 2 ? paul : zoe, seq, hostile_text, noon});
    decisions::store_private(db, zoe, "paul", "sent", noon);
    decisions::store_private(db, paul, key_of("zoé"), "received", noon);
    decisions::add_request(db, marketing, zoe, noon);
    decisions::add_member(db, blabla, zoe);
    decisions::set_role(db, key_of("zoé"), role::moderator, {blabla}, decided());
    db.sessions.issue_token(zoe, std::string(32, 'z'), noon, after_noon(minutes(1)));
    db.sessions.remember_address(zoe, "192.0.2.1", noon);
    decisions::kick(db, key_of("zoé"), after_noon(minutes(5)), decided());
    db.rows.put(table_named("notices"), {{zoe.value, marketing.value, int64_t{1}, int64_t{42}}});
  });

  const auto gone = write([&](const auto& db) { return decisions::erase(db, key_of("ZOÉ"), decided()); });

  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->who.id, zoe);
  EXPECT_EQ(gone->who.username, "Zoé");
  EXPECT_THAT(gone->who.salons, ElementsAre(general, blabla));
  std::string counts;
  for (const auto& [table, rows] : gone->deleted)
    counts += table + "=" + std::to_string(rows) + " ";
  EXPECT_EQ(counts, "clients=1 salons_adheres=2 messages=2 private_messages=2 join_requests=1 moderators=1 notices=1 "
                    "sessions=1 known_addresses=1 registrations=0 bans=1 ");
  const auto last = now().audit.tail(1).at(0);
  EXPECT_EQ(last.id, gone->receipt);
  EXPECT_EQ(last.action + "|" + last.to + "|" + last.result, "erase|Zoé|done");
  EXPECT_FALSE(find("Zoé"));
  EXPECT_THAT(texts(general), ElementsAre(hostile_text));
  EXPECT_THAT(now().bans.all(noon), IsEmpty());
  EXPECT_THAT(now().join_requests.all(), IsEmpty());
  EXPECT_EQ(last_seq(general), 3);
  const persistence::field name{std::string("Zoé")}, key{key_of("Zoé")};
  for (const auto& table : stored_tables()) {
    if (table.name == std::string_view("audit"))
      continue;
    for (const auto& row : now().rows.after(table, {}, 1000))
      for (const auto& value : row)
        EXPECT_FALSE(value == name || value == key) << table.name;
  }
  EXPECT_TRUE(write([&](const auto& db) {
    return decisions::register_user(db, {"zoé", "zoé", "h"});
  })) << "the name is free";
}

TEST_P(StoreContract, NobodyErasesHimselfOrTheLastAdministrator) {
  add_user("Zoé", role::administrator);
  add_user("paul", role::administrator);

  EXPECT_EQ(write([&](const auto& db) { return decisions::erase(db, "zoé", by("ZOÉ")); }).why(), fault::not_allowed);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::erase(db, "paul", decided()); }));
  EXPECT_EQ(write([&](const auto& db) { return decisions::erase(db, "zoé", decided()); }).why(), fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) { return decisions::erase(db, "nobody", decided()); }).why(),
            fault::unknown_user);

  EXPECT_TRUE(find("Zoé"));
  EXPECT_THAT(audited(), ElementsAre("erase|Zoé|not_allowed", "erase|paul|done", "erase|Zoé|not_allowed",
                                     "erase|nobody|unknown_user"));
}

TEST_P(StoreContract, RowsAreFoundByAColumnPageByPage) {
  const auto zoe = add_user("Zoé");
  const auto paul = add_user("paul");
  for (int64_t seq = 1; seq <= 25; ++seq)
    post(general, seq % 2 ? zoe : paul, seq, std::to_string(seq));
  const auto& messages = table_named("messages");
  const auto author = column_named(messages, "client_id"), text = column_named(messages, "contenu");

  std::string seen;
  persistence::table_row last;
  for (;;) {
    const auto page = now().rows.with(messages, author, zoe.value, last, 5);
    for (const auto& row : page)
      seen += std::get<std::string>(row[text]) + " ";
    if (page.size() < 5)
      break;
    last = page.back();
  }

  EXPECT_EQ(seen, "1 3 5 7 9 11 13 15 17 19 21 23 25 ");
  EXPECT_EQ(now().rows.count_with(messages, author, paul.value), 12);
  EXPECT_THAT(now().rows.with(table_named("clients"), 2, key_of("zoé"), {}, 10), SizeIs(1));
}

TEST(PersonalColumns, AreAllThatNameAUser) {
  const std::set<std::string> names{"client_id", "from_client_id", "to_client_id", "username", "username_key"};
  std::set<std::string> found, listed;
  for (const auto& table : stored_tables())
    for (const auto& column : table.columns)
      if (names.count(column.name) != 0)
        found.insert(table.name);
  for (const auto& personal_column : persistence::personal_columns())
    listed.insert(personal_column.table);

  EXPECT_EQ(found, listed);
}

} // namespace salond
