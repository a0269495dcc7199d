#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, PrivateMessagesWaitInOrderUntilTheyAreDelivered) {
  const auto target = add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  const auto first = tell(zoe, hostile_name, hostile_text);
  const auto second = tell(target, hostile_name, "to oneself");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->target, target);
  EXPECT_EQ(first->target_username, hostile_name);

  EXPECT_THAT(waiting(target), ElementsAre(private_message{first->id, "Zoé", hostile_text, noon},
                                           private_message{second->id, hostile_name, "to oneself", noon}));
  db->transact([&](const auto& db) { db.private_messages.mark_delivered({first->id}, noon); });
  EXPECT_THAT(waiting(target), ElementsAre(private_message{second->id, hostile_name, "to oneself", noon}));
  db->transact([&](const auto& db) {
    db.private_messages.mark_delivered({first->id, second->id, private_id{987654321}}, noon);
  });
  EXPECT_THAT(waiting(target), IsEmpty());
  EXPECT_THAT(waiting(zoe), IsEmpty());
}

TEST_P(StoreContract, WhoHasMailIsFoundAmongMany) {
  const auto zoe = add_user("Zoé"), other = add_user("other"), target = add_user(hostile_name);
  const auto told = tell(zoe, hostile_name, "x");
  tell(zoe, "other", "y");
  const auto with_mail = [&](const std::vector<user_id>& of) {
    return support::asked(*db).private_messages.with_mail(of);
  };

  EXPECT_THAT(with_mail({zoe, target, user_id{987654321}}), ElementsAre(target));
  EXPECT_THAT(with_mail({zoe, target, other}), testing::UnorderedElementsAre(target, other));
  db->transact([&](const auto& db) { db.private_messages.mark_delivered({told->id}, noon); });
  EXPECT_THAT(with_mail({target}), IsEmpty());
  EXPECT_THAT(with_mail({}), IsEmpty());
}

TEST_P(StoreContract, WhatWasMarkedSinceIsFoundWithItsTarget) {
  using namespace std::chrono_literals;
  const auto zoe = add_user("Zoé"), other = add_user("other"), target = add_user(hostile_name);
  const auto early = tell(zoe, hostile_name, "x"), late = tell(zoe, hostile_name, "y"), waits = tell(zoe, "other", "z");
  const auto marked = [&](const std::vector<user_id>& of) {
    std::vector<std::pair<user_id, private_id>> result;
    for (const auto& each : support::asked(*db).private_messages.marked_since(of, noon))
      result.emplace_back(each.target, each.id);
    return result;
  };
  db->transact([&](const auto& db) {
    db.private_messages.mark_delivered({early->id}, noon - 1ms);
    db.private_messages.mark_delivered({late->id}, noon);
  });

  EXPECT_THAT(marked({zoe, other, target}), ElementsAre(std::pair{target, late->id}));
  EXPECT_THAT(marked({other}), IsEmpty());
}

TEST_P(StoreContract, MarkingNothingAsDeliveredIsNothing) {
  const auto zoe = add_user("Zoé");
  const auto told = tell(zoe, "Zoé", "x");
  ASSERT_TRUE(told);

  db->transact([&](const auto& db) { db.private_messages.mark_delivered({}, noon); });

  EXPECT_THAT(waiting(zoe), ElementsAre(private_message{told->id, "Zoé", "x", noon}));
}

TEST_P(StoreContract, APrivateMessageNeedsTwoWhoExist) {
  const auto zoe = add_user("Zoé");

  EXPECT_EQ(tell(zoe, hostile_name, "x").why(), fault::unknown_user);
  EXPECT_EQ(tell(nobody, "Zoé", "x").why(), fault::unknown_user);
  EXPECT_THAT(waiting(zoe), IsEmpty());
}

TEST_P(StoreContract, TheTargetOfAPrivateMessageIsFoundByKeyAndNamedAsStored) {
  const auto zoe = add_user("Zoé");

  const auto stored = tell(zoe, "ZOÉ", "x");

  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->target_username, "Zoé");
}

// A target that was told before is not looked for again: what happens to his name is seen all the same.
TEST_P(StoreContract, APrivateMessageFollowsTheNameOfItsTarget) {
  const auto zoe = add_user("Zoé"), first = add_user("target");
  using told = std::pair<user_id, std::string>;
  const auto tell_it = [&](const std::string& name) {
    const auto stored = tell(zoe, name, "x");
    return stored ? told{stored->target, stored->target_username} : told{};
  };
  const auto rename = [&](const std::string& from, const std::string& to) {
    ASSERT_TRUE(write([&](const auto& db) { return decisions::rename_user(db, from, to, decided()); })) << to;
  };
  EXPECT_EQ(tell_it("target"), told(first, "target"));

  rename("target", "moved");
  EXPECT_EQ(tell_it("target"), told{});
  EXPECT_EQ(tell_it("moved"), told(first, "moved"));
  const auto made = write([&](const auto& db) { return decisions::register_user(db, {"target", "other alias", "h"}); });
  const auto second = made->user.id;
  EXPECT_EQ(tell_it("target"), told(second, "target"));
  rename("moved", "Moved");
  EXPECT_EQ(tell_it("moved"), told(first, "Moved"));

  ASSERT_TRUE(write([&](const auto& db) { return decisions::erase(db, "target", decided()); }));
  EXPECT_EQ(tell_it("target"), told{});
  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, "moved", decided()); }));
  EXPECT_EQ(tell_it("moved"), told{});
}

TEST_P(StoreContract, ATargetThatWasUndoneIsNotKnown) {
  const auto zoe = add_user("Zoé");
  const auto made_and_told = [&](const persistence::writing& db) {
    EXPECT_TRUE(decisions::register_user(db, {"target", "target", "h"}));
    return decisions::store_private(db, zoe, "target", "x", noon);
  };

  EXPECT_THROW(db->transact([&](const auto& db) {
    made_and_told(db);
    throw std::logic_error("undone");
  }),
               std::logic_error);

  EXPECT_EQ(tell(zoe, "target", "x").why(), fault::unknown_user);
  add_user("other"); // who has the number that the target had
  const auto told = write(made_and_told);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->target, find("target")->id);
}

TEST_P(StoreContract, PrivateMessagesOfOneTransactionAreStoredInTheirOrder) {
  const auto zoe = add_user("Zoé"), target = add_user("target");
  std::vector<private_message> told;
  ASSERT_TRUE(post(general, zoe, 1, "before"));

  db->transact([&](const auto& db) {
    for (int n = 0; n < 90; ++n) {
      const auto text = std::to_string(n) + std::string(n % 30 == 0 ? 3000 : 0, 'x');
      const auto stored = decisions::store_private(db, n % 2 ? zoe : target, "target", text, noon);
      ASSERT_TRUE(stored);
      told.push_back({stored->id, n % 2 ? "Zoé" : "target", text, noon});
      if (n == 50) {
        ASSERT_TRUE(db.messages.append({general, zoe, 2, "between", noon}));
      }
    }
  });

  EXPECT_EQ(waiting(target), told);
  EXPECT_THAT(texts(general), ElementsAre("before", "between"));
  for (size_t n = 1; n < told.size(); ++n)
    EXPECT_LT(told[n - 1].id.value, told[n].id.value);
}

TEST_P(StoreContract, AHundredPrivateMessagesOfOneAuthorMayWait) {
  const auto target = add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  const auto other = add_user("other");
  std::vector<private_id> told;
  db->transact([&](const auto& db) {
    for (int i = 0; i < 100; ++i)
      told.push_back(decisions::store_private(db, zoe, key_of(hostile_name), "x", noon)->id);
  });

  EXPECT_EQ(tell(zoe, hostile_name, "one too many").why(), fault::mailbox_full);
  EXPECT_TRUE(tell(other, hostile_name, "another may"));
  EXPECT_TRUE(tell(zoe, "other", "elsewhere too"));
  db->transact([&](const auto& db) { db.private_messages.mark_delivered({told.front()}, noon); });
  EXPECT_TRUE(tell(zoe, hostile_name, "room again"));
  EXPECT_EQ(waiting(target).size(), 101u);
}

TEST_P(StoreContract, WhatATransactionThatIsUndoneMarkedStillWaits) {
  add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  std::vector<private_id> told;
  for (int i = 0; i < 100; ++i)
    told.push_back(tell(zoe, hostile_name, "x")->id);
  const auto mark_and_tell = [&](const auto& db) {
    db.private_messages.mark_delivered(told, noon);
    EXPECT_TRUE(decisions::store_private(db, zoe, key_of(hostile_name), "there is room", noon));
    throw std::runtime_error("undone");
  };

  EXPECT_THROW(db->transact(mark_and_tell), std::runtime_error);

  EXPECT_EQ(tell(zoe, hostile_name, "one too many").why(), fault::mailbox_full);
}

TEST_P(StoreContract, AThousandPrivateMessagesMayWaitForOneTarget) {
  const auto target = add_user(hostile_name);
  std::vector<user_id> authors;
  for (int i = 0; i < 11; ++i)
    authors.push_back(add_user("author " + std::to_string(i)));
  db->transact([&](const auto& db) {
    for (int i = 0; i < 1000; ++i)
      ASSERT_TRUE(decisions::store_private(db, authors[static_cast<size_t>(i % 10)], key_of(hostile_name), "x", noon));
  });

  EXPECT_EQ(tell(authors.back(), hostile_name, "one too many").why(), fault::mailbox_full);
  const auto all = waiting(target);
  EXPECT_EQ(all.size(), 1000u);
  db->transact([&](const auto& db) { db.private_messages.mark_delivered({all.front().id}, noon); });
  EXPECT_TRUE(tell(authors.back(), hostile_name, "room again"));
}

TEST_P(StoreContract, PrivateMessagesOfAndToABannedUserAreGone) {
  const auto doomed = add_user(hostile_name);
  const auto zoe = add_user("Zoé");
  tell(doomed, "Zoé", "from");
  tell(zoe, hostile_name, "to");
  const auto kept = tell(zoe, "Zoé", "kept");

  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); }));

  EXPECT_THAT(waiting(zoe), ElementsAre(private_message{kept->id, "Zoé", "kept", noon}));
  const auto& all = persistence::table_named("private_messages"); // also those that nobody is told any more
  for (const auto* column : {"from_client_id", "to_client_id"})
    EXPECT_EQ(now().rows.count_with(all, persistence::column_named(all, column), doomed.value), 0) << column;
}

TEST_P(StoreContract, TheNumberOfAPrivateMessageIsNotUsedAgain) {
  const auto zoe = add_user("Zoé");
  add_user(hostile_name);
  const auto gone = tell(find(hostile_name)->id, "Zoé", "gone");
  write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); });

  const auto next = tell(zoe, "Zoé", "next");
  db->transact(
      [&](const auto& db) { db.private_messages.mark_delivered({gone->id}, noon); }); // late news of the one that went

  EXPECT_THAT(waiting(zoe), ElementsAre(private_message{next->id, "Zoé", "next", noon}));
}

} // namespace salond
