#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::administrator_state;
using std::chrono::milliseconds;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, AKickedUserIsOutUntilTheTimeIsOver) {
  const auto who = add_user(hostile_name);
  const auto until = after_noon(minutes(5));

  const auto kicked =
      write([&](const auto& db) { return decisions::kick(db, key_of(hostile_name), until, decided()); });

  ASSERT_TRUE(kicked);
  EXPECT_EQ(kicked->id, who);
  EXPECT_EQ(kicked->username, hostile_name);
  EXPECT_THAT(kicked->salons, ElementsAre(general));
  EXPECT_EQ(write([&](const auto& db) { return decisions::open_session(db, who, until - milliseconds(1)); }).why(),
            fault::kicked);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::open_session(db, who, until); }));
  const auto out = now().bans.all(until - milliseconds(1));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].key, key_of(hostile_name));
  EXPECT_EQ(out[0].username, hostile_name);
  EXPECT_EQ(out[0].until, until);
  EXPECT_THAT(now().bans.all(until), IsEmpty());
}

TEST_P(StoreContract, AKickTakesNothingButTheTime) {
  const auto who = add_user(hostile_name);
  post(general, who, 1, hostile_text);

  ASSERT_TRUE(write(
      [&](const auto& db) { return decisions::kick(db, key_of(hostile_name), after_noon(minutes(5)), decided()); }));

  EXPECT_TRUE(find(hostile_name));
  EXPECT_THAT(now().memberships.members(general), ElementsAre(who));
  EXPECT_THAT(texts(general), ElementsAre(hostile_text));
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {hostile_name, "new", "h"});
            }).why(),
            fault::name_taken);
}

TEST_P(StoreContract, ASecondKickSetsTheTimeAnew) {
  const auto who = add_user("Zoé");
  write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(5)), decided()); });

  ASSERT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(10)), decided()); }));

  EXPECT_EQ(write([&](const auto& db) { return decisions::open_session(db, who, after_noon(minutes(7))); }).why(),
            fault::kicked);
  EXPECT_EQ(now().bans.all(noon).size(), 1u);
}

TEST_P(StoreContract, AKickForgetsThoseThatAreOverAndNoOthers) {
  for (const auto* name : {"over", "lasts", "banned", "new"})
    add_user(name);
  write([&](const auto& db) { return decisions::kick(db, "over", after_noon(minutes(5)), decided()); });
  write([&](const auto& db) { return decisions::kick(db, "lasts", after_noon(minutes(6)), decided()); });
  write([&](const auto& db) { return decisions::ban(db, "banned", decided()); });
  auto later = decided();
  later.at = after_noon(minutes(5));

  write([&](const auto& db) { return decisions::kick(db, "new", after_noon(minutes(10)), later); });

  EXPECT_THAT(now().rows.after(persistence::table_named("bans"), {}, 10), testing::SizeIs(3)) << "all but the first";
  EXPECT_THAT(now().bans.all(later.at), testing::SizeIs(3));
}

TEST_P(StoreContract, ABanTakesTheAccountAndItsMessagesAndNothingElse) {
  const auto doomed = add_user(hostile_name);
  const auto spared = add_user("Zoé");
  write([&](const auto& db) { return decisions::add_member(db, blabla, doomed); });
  write([&](const auto& db) { return decisions::add_request(db, marketing, doomed, noon); });
  write([&](const auto& db) { return decisions::add_request(db, marketing, spared, noon); });
  post(general, doomed, 1, hostile_text);
  post(general, spared, 2, "bonjour");
  post(blabla, doomed, 1, "adieu");

  const auto banned = write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); });

  ASSERT_TRUE(banned);
  EXPECT_EQ(banned->id, doomed);
  EXPECT_EQ(banned->username, hostile_name);
  EXPECT_THAT(banned->salons, testing::UnorderedElementsAre(general, blabla));
  EXPECT_EQ(find(hostile_name), fault::unknown_user);
  EXPECT_THAT(now().memberships.members(general), ElementsAre(spared));
  EXPECT_THAT(now().memberships.members(blabla), IsEmpty());
  EXPECT_THAT(texts(general), ElementsAre("bonjour"));
  EXPECT_THAT(texts(blabla), IsEmpty());
  ASSERT_EQ(now().join_requests.all().size(), 1u);
  EXPECT_EQ(now().join_requests.all()[0].user, spared);
  EXPECT_EQ(write([&](const auto& db) { return decisions::open_session(db, doomed, noon); }).why(),
            fault::unknown_user);
}

// Who has a list of messages may have one deleted by its number, and must not hit another that came since.
TEST_P(StoreContract, NoMessageGetsTheNumberOfOneThatIsGone) {
  const auto zoe = add_user("zoë"), paul = add_user("paul"), anne = add_user("anne");
  post(general, zoe, 1, "hello");
  post(general, paul, 2, "spam");
  post(general, anne, 3, "more spam");
  const auto spam = now().messages.history(general, 3, 1).at(0).id,
             more = now().messages.history(general, 4, 1).at(0).id;
  write([&](const auto& db) { return decisions::ban(db, key_of("anne"), decided()); });
  write([&](const auto& db) { return decisions::ban(db, key_of("paul"), decided()); });

  post(general, zoe, 4, "innocent");

  EXPECT_THAT(texts(general), ElementsAre("hello", "innocent"));
  const auto innocent = now().messages.history(general, 5, 1).at(0).id;
  EXPECT_GT(innocent.value, std::max(spam.value, more.value));
  for (const auto gone : {spam, more})
    EXPECT_EQ(write([&](const auto& db) { return decisions::delete_message(db, gone, decided()); }),
              fault::no_such_message);
  EXPECT_EQ(now().rows.next_number(persistence::table_named("messages")), innocent.value + 1);
}

TEST_P(StoreContract, ABanTakesTheMessagesOfEverySalonAndOfNobodyElse) {
  std::vector<user_id> all;
  for (int n = 0; n < 17; ++n) // more than an index of authors has parts
    all.push_back(add_user("user " + std::to_string(n)));
  int64_t seq = 0;
  for (const auto who : all) {
    post(general, who, ++seq, "x");
    post(blabla, who, seq, "x");
  }

  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, "user 0", decided()); }));

  EXPECT_THAT(now().rows.after(persistence::table_named("messages"), {}, 100), testing::SizeIs(32));
  EXPECT_THAT(texts(general), testing::SizeIs(16));
  EXPECT_THAT(texts(blabla), testing::SizeIs(16));
}

TEST_P(StoreContract, ABannedNameStaysRefusedInAnySpelling) {
  add_user("Zoé");
  write([&](const auto& db) { return decisions::ban(db, key_of("Zoé"), decided()); });

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {"ZOÉ", "new", "h"});
            }).why(),
            fault::name_taken);
  EXPECT_TRUE(write([&](const auto& db) {
    return decisions::register_user(db, {"another", "Zoé", "h"});
  })); // the alias is free again
  const auto out = now().bans.all(after_noon(std::chrono::hours(24 * 365 * 50)));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].username, "Zoé");
  EXPECT_EQ(out[0].until, std::nullopt);
}

TEST_P(StoreContract, ABanEndsTheTokens) {
  const auto doomed = add_user(hostile_name);
  const std::string token(32, 't');
  db->transact([&](const auto& db) { db.sessions.issue_token(doomed, token, noon, after_noon(minutes(5))); });

  write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); });

  EXPECT_EQ(write([&](const auto& db) { return db.sessions.find_token(token, noon); }).why(), fault::wrong_credentials);
}

TEST_P(StoreContract, OrderNumbersAreNotUsedAgainAfterABan) {
  const auto doomed = add_user(hostile_name);
  const auto spared = add_user("Zoé");
  post(general, spared, 1, "kept");
  post(general, doomed, 2, "gone");
  post(blabla, doomed, 77, "gone");

  write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); });

  EXPECT_EQ(last_seq(general), 2);
  EXPECT_EQ(last_seq(blabla), 77);
  EXPECT_EQ(last_seq(marketing), 0);
  post(blabla, spared, 78, "next");
  EXPECT_EQ(last_seq(blabla), 78);
}

TEST_P(StoreContract, APostOfABannedUserIsRefused) {
  const auto doomed = add_user(hostile_name);
  const auto spared = add_user("Zoé");

  db->transact([&](const auto& db) {
    EXPECT_TRUE(db.messages.append({general, doomed, 1, "gone", noon}));
    EXPECT_TRUE(decisions::ban(db, key_of(hostile_name), decided()));
    EXPECT_EQ(db.messages.append({general, doomed, 2, "too late", noon}), fault::unknown_user);
    EXPECT_TRUE(db.messages.append({general, spared, 3, "kept", noon}));
  });

  EXPECT_THAT(texts(general), ElementsAre("kept"));
  EXPECT_EQ(last_seq(general), 3);
}

TEST_P(StoreContract, WhoIsNoAdministratorAnyMoreBansNobody) {
  add_user(hostile_name);
  add_user("root", role::administrator);
  add_user("zoé", role::administrator);
  const auto why = by("zoé");
  const auto tried = [&] {
    return write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), why); }).why();
  };

  write([&](const auto& db) { return decisions::set_role(db, key_of("zoé"), role::user, {}, decided()); });
  EXPECT_EQ(tried(), fault::not_allowed);
  write([&](const auto& db) { return decisions::set_role(db, key_of("zoé"), role::administrator, {}, decided()); });
  write([&](const auto& db) { return decisions::kick(db, key_of("zoé"), after_noon(minutes(5)), decided()); });
  EXPECT_EQ(tried(), fault::not_allowed);
  write([&](const auto& db) { return decisions::ban(db, key_of("zoé"), decided()); });

  EXPECT_EQ(tried(), fault::not_allowed);
  EXPECT_TRUE(find(hostile_name));
  EXPECT_THAT(audited(), testing::Contains("ban|" + hostile_name + "|not_allowed").Times(3));
}

TEST_P(StoreContract, NobodyIsBannedTwice) {
  add_user(hostile_name);
  write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); });

  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); }).why(),
            fault::already_banned);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::kick(db, key_of(hostile_name), after_noon(minutes(5)), decided());
            }).why(),
            fault::already_banned);
  EXPECT_EQ(now().bans.all(noon).at(0).until, std::nullopt);
}

TEST_P(StoreContract, AKickedUserCanBeBanned) {
  add_user(hostile_name);
  write([&](const auto& db) { return decisions::kick(db, key_of(hostile_name), after_noon(minutes(5)), decided()); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); }));

  ASSERT_EQ(now().bans.all(noon).size(), 1u);
  EXPECT_EQ(now().bans.all(noon)[0].until, std::nullopt);
}

TEST_P(StoreContract, WhoIsNotThereIsNeitherKickedNorBannedNorFreed) {
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::kick(db, key_of(hostile_name), after_noon(minutes(5)), decided());
            }).why(),
            fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); }).why(),
            fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) { return decisions::unban(db, key_of(hostile_name), decided()); }),
            fault::unknown_user);
  EXPECT_THAT(now().bans.all(noon), IsEmpty());
}

TEST_P(StoreContract, NobodyRemovesHimself) {
  add_user(hostile_name, role::administrator);
  add_user("server", role::administrator);

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::kick(db, key_of(hostile_name), after_noon(minutes(5)), by(hostile_name));
            }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), by(hostile_name)); }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of("server"), by("SERVER")); }).why(),
            fault::not_allowed);
  EXPECT_TRUE(find(hostile_name));
  EXPECT_THAT(now().bans.all(noon), IsEmpty());
}

// A name means nothing: who took an operator's name has no account of his.
TEST_P(StoreContract, AnOperatorsNameProtectsNobody) {
  add_user("server", role::administrator);
  for (const auto* name : {"root", "local"})
    add_user(name);

  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, "root", after_noon(minutes(5)), decided("root")); }));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::ban(db, "root", decided("root")); }));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::erase(db, "local", decided("local")); }));
}

TEST_P(StoreContract, AModeratorsKickEndsNoLongerOneAndCountsWhoCameWithoutHim) {
  const auto who = add_user("Zoé");
  auto moderator = decided("paul");
  moderator.by_moderator = true;
  write([&](const auto& db) { return decisions::admit(db, blabla, key_of("Zoé"), moderator); });
  write([&](const auto& db) { return decisions::admit(db, marketing, key_of("Zoé"), decided()); });
  write([&](const auto& db) { return decisions::add_member(db, salon_id{4}, who); });

  EXPECT_THAT(now().memberships.joined_without_moderator(who),
              testing::UnorderedElementsAre(general, marketing, salon_id{4}));
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(5)), moderator); }));
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(10)), moderator); }));
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::kick(db, key_of("Zoé"), after_noon(minutes(9)), moderator);
            }).why(),
            fault::not_allowed);
  EXPECT_EQ(now().bans.all(noon).at(0).until, after_noon(minutes(10)));
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(1)), decided()); }));
  write([&](const auto& db) { return decisions::remove_member(db, blabla, who); });
  write([&](const auto& db) { return decisions::add_member(db, blabla, who); });
  EXPECT_THAT(now().memberships.joined_without_moderator(who), testing::Contains(blabla));
}

TEST_P(StoreContract, TheLastAdministratorStays) {
  add_user("admin", role::administrator);
  add_user("server", role::administrator);
  add_user("Zoé", role::moderator);

  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, key_of("admin"), after_noon(minutes(5)), decided()); }));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of("admin"), decided()); }));
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of("server"), decided()); }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::kick(db, key_of("server"), after_noon(minutes(5)), decided());
            }).why(),
            fault::not_allowed);
  EXPECT_TRUE(find("server"));
}

TEST_P(StoreContract, TheLastAdministratorWhoCanLogInStays) {
  add_user("admin", role::administrator);
  write(
      [&](const auto& db) { return decisions::make_administrator(db, "server", {}); }); // has the role, and no password
  add_user("Zoé");

  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of("admin"), decided()); }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::kick(db, key_of("admin"), after_noon(minutes(5)), decided());
            }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_role(db, key_of("admin"), role::user, {}, decided()); }),
            fault::not_allowed);
  EXPECT_TRUE(write(
      [&](const auto& db) { return decisions::set_role(db, key_of("Zoé"), role::administrator, {}, decided()); }));
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::set_role(db, key_of("server"), role::user, {}, decided()); }));
  EXPECT_EQ(
      write([&](const auto& db) { return decisions::set_role(db, key_of("admin"), role::user, {}, by("ADMIN")); }),
      fault::not_allowed)
      << "nobody demotes himself, be there another one";
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::set_role(db, key_of("admin"), role::user, {}, by("zoé")); }));
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban(db, key_of("Zoé"), decided()); }).why(),
            fault::not_allowed);
}

TEST_P(StoreContract, AnUnbanFreesTheNameAndReturnsNothing) {
  const auto doomed = add_user(hostile_name);
  post(general, doomed, 1, "gone");
  write([&](const auto& db) { return decisions::ban(db, key_of(hostile_name), decided()); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::unban(db, key_of(hostile_name), decided()); }));

  EXPECT_THAT(now().bans.all(noon), IsEmpty());
  EXPECT_EQ(find(hostile_name), fault::unknown_user);
  const auto again = write([&](const auto& db) {
    return decisions::register_user(db, {hostile_name, hostile_name, "h"});
  });
  ASSERT_TRUE(again);
  EXPECT_NE(again->user.id, doomed); // or what remembers the old number would take the new user for the old
  EXPECT_THAT(texts(general), IsEmpty());
  EXPECT_EQ(write([&](const auto& db) { return decisions::unban(db, key_of(hostile_name), decided()); }),
            fault::unknown_user);
}

TEST_P(StoreContract, AnUnbanEndsAKick) {
  const auto zoe = add_user("Zoé");
  write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(5)), decided()); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::unban(db, key_of("ZOÉ"), decided()); }));

  EXPECT_TRUE(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); }));
}

TEST_P(StoreContract, WhoIsMadeAdministratorIsLetIn) {
  add_user("Zoé");
  write([&](const auto& db) { return decisions::ban(db, key_of("Zoé"), decided()); });

  const auto made = write([&](const auto& db) { return decisions::make_administrator(db, "Zoé", "$argon2id$a"); });

  EXPECT_TRUE(write([&](const auto& db) { return decisions::open_session(db, made.id, noon); }));
  EXPECT_EQ(now().roles.administrators(), administrator_state::can_log_in);
}

TEST_P(StoreContract, AnOperatorsNameMayBeNoUsersAndHostile) {
  add_user("Zoé");

  EXPECT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of("Zoé"), support::decided(hostile_name)); }));
}

TEST_P(StoreContract, ANameThatNobodyHasCanBeBanned) {
  add_user("Zoé");
  ASSERT_TRUE(write([&](const auto& db) { return decisions::request_registration(db, {"Paul", "Paul", "h"}, noon); }));

  EXPECT_TRUE(write([&](const auto& db) { return decisions::ban_name(db, "Paul", decided()); }));

  EXPECT_FALSE(now().registrations.waiting("paul"));
  EXPECT_THAT(audited(), testing::IsSupersetOf({"reject_registration|Paul|done", "ban_name|Paul|done"}));
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {"PAUL", "p", "h"});
            }).why(),
            fault::name_taken);
  ASSERT_EQ(now().bans.all(noon).size(), 1u);
  EXPECT_EQ(now().bans.all(noon)[0].by, decided().by);
  EXPECT_EQ(now().bans.all(noon)[0].since, noon);
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban_name(db, "paul", decided()); }).why(),
            fault::already_banned);
  EXPECT_EQ(write([&](const auto& db) { return decisions::ban_name(db, "zoé", decided()); }).why(), fault::name_taken);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::unban(db, "paul", decided()); }));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::register_user(db, {"PAUL", "p", "h"}); }));
}

TEST_P(StoreContract, WhoIsErasedStandsBesideNoDecisionAnyMore) {
  add_user("other");
  add_user("Zoe", role::administrator);
  add_user("admin2", role::administrator);
  const auto by_zoe = decided("zoe"), by_other = decided("other"); // a certificate has small letters
  write([&](const auto& db) { return decisions::ban_name(db, "casino", by_zoe); });
  write([&](const auto& db) { return decisions::ban_name(db, "poker", by_other); });
  write([&](const auto& db) {
    return decisions::create_invitation(db, {std::string(32, 'x'), 1, after_noon(std::chrono::hours{1}), {}}, by_zoe);
  });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::erase(db, key_of("Zoe"), decided()); }));

  const auto out = now().bans.all(noon);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].by, "");
  EXPECT_EQ(out[1].by, "other");
  EXPECT_EQ(now().invitations.all(noon).at(0).by, "");
}

} // namespace salond
