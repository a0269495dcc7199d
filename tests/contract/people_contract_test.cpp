// What operators ask and decide about accounts.
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::store;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, AProfileTellsWhatAnOperatorAsksAbout) {
  const auto who = add_user(hostile_name);
  write([&](const auto& db) { return decisions::add_member(db, blabla, who); });

  const auto before = now().accounts.profile(key_of(hostile_name));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->who.id, who);
  EXPECT_EQ(before->who.username, hostile_name);
  EXPECT_EQ(before->who.password_hash, "");
  EXPECT_FALSE(before->connected);
  EXPECT_EQ(before->last_seen, std::nullopt);
  EXPECT_THAT(before->salons, ElementsAre("Général", "Blabla"));
  EXPECT_THAT(before->moderates, IsEmpty());
  EXPECT_EQ(now().accounts.profile("nobody").why(), fault::unknown_user);
}

TEST_P(StoreContract, AUserWasLastSeenAtTheLoginOrItsEnd) {
  const auto zoe = add_user("Zoé");

  write([&](const auto& db) { return decisions::open_session(db, zoe, noon); });
  EXPECT_TRUE(now().accounts.profile(key_of("Zoé"))->connected);
  EXPECT_EQ(now().accounts.profile(key_of("Zoé"))->last_seen, noon);
  db->transact([&](const auto& db) {
    db.sessions.close({zoe}, persistence::session_store::requests::end, after_noon(minutes(5)));
  });
  EXPECT_FALSE(now().accounts.profile(key_of("Zoé"))->connected);
  EXPECT_EQ(now().accounts.profile(key_of("Zoé"))->last_seen, after_noon(minutes(5)));
}

TEST_P(StoreContract, UsersAreFoundByAPartOfTheirKeyPageByPage) {
  for (const auto* name : {"Zoé", "zora", "ARZOÏ", "paul", "100%", ""})
    add_user(name);
  const auto found = [&](const std::string& part, const std::optional<std::string>& after, size_t most) {
    std::vector<std::string> names;
    for (const auto& each : now().accounts.profiles(key_of(part), after, most))
      names.push_back(each.who.username);
    return names;
  };

  EXPECT_THAT(found("ZO", {}, 10), ElementsAre("ARZOÏ", "zora", "Zoé"));
  EXPECT_THAT(found("ZO", {}, 2), ElementsAre("ARZOÏ", "zora"));
  EXPECT_THAT(found("ZO", key_of("zora"), 2), ElementsAre("Zoé"));
  EXPECT_THAT(found("", {}, 10), ElementsAre("", "100%", "ARZOÏ", "paul", "zora", "Zoé"));
  EXPECT_THAT(found("%", {}, 10), ElementsAre("100%"));
  EXPECT_THAT(found("_", {}, 10), IsEmpty());
  EXPECT_THAT(found("", {}, 0), IsEmpty());
  EXPECT_THAT(found("", {}, 1), ElementsAre("")) << "of the replaced server";
  EXPECT_THAT(found("", "", 1), ElementsAre("100%"));
}

// --- accounts ---

TEST_P(StoreContract, AnOperatorAddsAUser) {
  const auto made = write([&](const auto& db) {
    return decisions::add_user(db, {hostile_name, "alias", "$argon2id$x", role::user}, decided());
  });

  ASSERT_TRUE(made);
  EXPECT_EQ(find(hostile_name)->id, made->user.id);
  EXPECT_THAT(made->salons, ElementsAre(general));
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::add_user(db, {hostile_name, "other", "h"}, decided());
            }).why(),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::add_user(db, {"other", "ALIAS", "h"}, decided());
            }).why(),
            fault::alias_taken);
}

TEST_P(StoreContract, ARenamedUserKeepsAllThatIsHis) {
  const auto zoe = add_user("Zoé");
  write([&](const auto& db) { return decisions::add_member(db, marketing, zoe); });
  post(general, zoe, 1, "kept");

  const auto renamed =
      write([&](const auto& db) { return decisions::rename_user(db, key_of("Zoé"), hostile_name, decided()); });

  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->id, zoe);
  EXPECT_EQ(renamed->username, hostile_name);
  EXPECT_EQ(find("Zoé"), fault::unknown_user);
  EXPECT_EQ(find(hostile_name)->id, zoe);
  EXPECT_THAT(now().memberships.members(marketing), ElementsAre(zoe));
  EXPECT_EQ(now().messages.history(general, newest, 1).at(0).author, hostile_name);
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::rename_user(db, key_of(hostile_name), hostile_name, decided()); }));
  EXPECT_NE(add_user("Zoé2"), user_id{});
}

TEST_P(StoreContract, NobodyGetsANameThatIsTakenOrBanned) {
  add_user("Zoé");
  add_user("paul");
  add_user("doomed");
  write([&](const auto& db) { return decisions::ban(db, "doomed", decided()); });

  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_user(db, "paul", "ZOÉ", decided()); }),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_user(db, "paul", "Doomed", decided()); }),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) { return decisions::rename_user(db, "nobody", "x", decided()); }),
            fault::unknown_user);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::rename_user(db, "paul", "Paul", decided()); }));
  EXPECT_EQ(find("paul")->username, "Paul");
}

TEST_P(StoreContract, ANewNameDoesNotEndAKick) {
  const auto zoe = add_user("Zoé");
  write([&](const auto& db) { return decisions::kick(db, key_of("Zoé"), after_noon(minutes(5)), decided()); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::rename_user(db, key_of("Zoé"), "Zora", decided()); }));

  EXPECT_EQ(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); }).why(), fault::kicked);
  EXPECT_EQ(now().bans.all(noon).at(0).username, "Zora");
}

TEST_P(StoreContract, APasswordThatAnOperatorSetsEndsTheTokens) {
  const auto who = add_user(hostile_name);
  const std::string token(32, 't');
  db->transact([&](const auto& db) { db.sessions.issue_token(who, token, noon, after_noon(minutes(5))); });

  ASSERT_TRUE(write(
      [&](const auto& db) { return decisions::set_password(db, key_of(hostile_name), "$argon2id$new", decided()); }));

  EXPECT_EQ(find(hostile_name)->password_hash, "$argon2id$new");
  EXPECT_EQ(write([&](const auto& db) { return db.sessions.find_token(token, noon); }).why(), fault::wrong_credentials);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_password(db, "nobody", "h", decided()); }),
            fault::unknown_user);
}

// --- roles ---

TEST_P(StoreContract, AModeratorIsGivenSalonsAndLosesThemWithTheRole) {
  add_user(hostile_name);
  const auto key = key_of(hostile_name);

  const auto made = write([&](const auto& db) {
    return decisions::set_role(db, key, role::moderator, {marketing, general, marketing}, decided());
  });

  ASSERT_TRUE(made);
  EXPECT_EQ(made->role, role::moderator);
  EXPECT_EQ(find(hostile_name)->role, role::moderator);
  EXPECT_THAT(now().roles.moderates(key), ElementsAre(general, marketing));
  EXPECT_THAT(now().accounts.profile(key)->moderates, ElementsAre("Général", "Marketing"));
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::set_role(db, key, role::moderator, {blabla}, decided()); }));
  EXPECT_THAT(now().roles.moderates(key), ElementsAre(blabla));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::set_role(db, key, role::user, {blabla}, decided()); }));
  EXPECT_THAT(now().roles.moderates(key), IsEmpty());
  EXPECT_EQ(find(hostile_name)->role, role::user);
}

TEST_P(StoreContract, NobodyIsGivenASalonThatIsNot) {
  add_user("Zoé");

  EXPECT_EQ(
      write([&](const auto& db) { return decisions::set_role(db, "nobody", role::moderator, {}, decided()); }).why(),
      fault::unknown_user);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::set_role(db, key_of("Zoé"), role::moderator, {blabla, salon_id{4711}}, decided());
            }).why(),
            fault::unknown_salon);
  EXPECT_EQ(find("Zoé")->role, role::user);
}

TEST_P(StoreContract, NobodyTakesFromHimselfOrFromTheLastAdministrator) {
  add_user("admin", role::administrator);
  const auto to_user = [&](const std::string& name, const std::string& who) {
    return write([&](const auto& db) {
      return decisions::set_role(db, key_of(name), role::user, {}, find(who) ? by(who) : decided(who));
    });
  };

  EXPECT_EQ(to_user("admin", "root").why(), fault::not_allowed);
  EXPECT_EQ(find("admin")->role, role::administrator);
  add_user("server", role::administrator);
  EXPECT_EQ(to_user("server", "SERVER").why(), fault::not_allowed);
  EXPECT_TRUE(
      write([&](const auto& db) { return decisions::set_role(db, "server", role::administrator, {}, by("server")); }));
  EXPECT_TRUE(to_user("server", "admin"));
  EXPECT_EQ(to_user("admin", "root").why(), fault::not_allowed);
}

TEST_P(StoreContract, ABannedModeratorModeratesNothing) {
  add_user("Zoé");
  write([&](const auto& db) { return decisions::set_role(db, key_of("Zoé"), role::moderator, {blabla}, decided()); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of("Zoé"), decided()); }));

  EXPECT_THAT(now().roles.moderates(key_of("Zoé")), IsEmpty());
}

} // namespace salond
