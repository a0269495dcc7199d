#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::administrator_state;
using support::decided;
using support::hostile_name;
using support::longest_name;
using support::noon;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const auto sha256 = std::string(64, 'a');

TEST_P(StoreContract, ARegisteredUserIsFoundAsRegistered) {
  const auto made = write([&](const auto& db) {
    return decisions::register_user(db, {hostile_name, "alias " + hostile_name, "$argon2id$'\"", role::moderator});
  });

  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, ElementsAre(general));
  for (const auto& found : {made->user, *find(hostile_name)}) {
    EXPECT_EQ(found.id, made->user.id);
    EXPECT_EQ(found.username, hostile_name);
    EXPECT_EQ(found.alias, "alias " + hostile_name);
    EXPECT_EQ(found.password_hash, "$argon2id$'\"");
    EXPECT_EQ(found.role, role::moderator);
  }
  EXPECT_THAT(now().memberships.members(general), ElementsAre(made->user.id));
}

TEST_P(StoreContract, AUserIsFoundByKey) {
  const auto zoe = add_user("Zoé");

  ASSERT_TRUE(find("ZOÉ"));
  EXPECT_EQ(find("ZOÉ")->id, zoe);
  EXPECT_EQ(find("ZOÉ")->username, "Zoé");
  EXPECT_EQ(find("Zoe"), fault::unknown_user);
  EXPECT_EQ(find(""), fault::unknown_user);
  EXPECT_EQ(find("Zo%"), fault::unknown_user);
}

TEST_P(StoreContract, TakesTheLongestNameAndTheLongestKey) {
  const auto who = add_user(longest_name);
  // U+FDFA folds to eighteen characters: a name of 64 characters with a key near the column's end.
  std::string wide;
  for (int i = 0; i < 62; ++i)
    wide += "ﷺ";

  EXPECT_EQ(find(longest_name)->id, who);
  EXPECT_EQ(find(longest_name)->username, longest_name);
  EXPECT_NE(add_user(wide), user_id{});
  EXPECT_EQ(find(wide)->username, wide);
}

TEST_P(StoreContract, RefusesANameThatIsTakenInAnySpelling) {
  add_user("Zoé");

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {"zOÉ", "other", "h"});
            }),
            fault::name_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {"other", "zOÉ", "h"});
            }),
            fault::alias_taken);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_user(db, {"zOÉ", "zOÉ", "h"});
            }),
            fault::name_taken);
  EXPECT_EQ(find("other"), fault::unknown_user);
}

TEST_P(StoreContract, AUsernameMayBeAnothersAlias) {
  ASSERT_TRUE(write([&](const auto& db) { return decisions::register_user(db, {"one", "two", "h"}); }));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::register_user(db, {"two", "one", "h"}); }));
}

TEST_P(StoreContract, ANewUserBelongsToEveryAutomaticSalon) {
  const auto second =
      write([&](const auto& db) { return decisions::create_salon(db, "Accueil", policy::automatic, decided()); });

  const auto made = write([&](const auto& db) { return decisions::register_user(db, {"Zoé", "z", "h"}); });

  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, testing::UnorderedElementsAre(general, second->id));
  EXPECT_THAT(now().memberships.members(second->id), ElementsAre(made->user.id));
}

TEST_P(StoreContract, ANewUserBelongsToArchivedSalonsOnlyOnceTheyComeBack) {
  const auto before = add_user("before");
  write([&](const auto& db) { return decisions::archive_salon(db, general, decided()); });

  const auto made = write([&](const auto& db) { return decisions::register_user(db, {"Zoé", "z", "h"}); });

  ASSERT_TRUE(made);
  EXPECT_THAT(made->salons, testing::IsEmpty());
  EXPECT_THAT(now().accounts.profile(key_of("Zoé"))->salons, testing::IsEmpty());
  write([&](const auto& db) { return decisions::restore_salon(db, key_of("Général"), decided()); });
  EXPECT_THAT(now().memberships.members(general), ElementsAre(before, made->user.id));
}

TEST_P(StoreContract, AHashIsReplacedOnlyWhereItIsTheExpectedOne) {
  const auto made = write([&](const auto& db) { return decisions::register_user(db, {hostile_name, "z", sha256}); });
  const auto who = made->user.id;

  EXPECT_FALSE(write([&](const auto& db) { return db.accounts.replace_hash(who, "another", "$argon2id$new"); }));
  EXPECT_EQ(find(hostile_name)->password_hash, sha256);
  EXPECT_TRUE(write([&](const auto& db) { return db.accounts.replace_hash(who, sha256, "$argon2id$new"); }));
  EXPECT_EQ(find(hostile_name)->password_hash, "$argon2id$new");
  EXPECT_FALSE(write([&](const auto& db) { return db.accounts.replace_hash(who, sha256, "$argon2id$newer"); }));
  EXPECT_FALSE(write([&](const auto& db) { return db.accounts.replace_hash(nobody, sha256, "$argon2id$new"); }));
}

TEST_P(StoreContract, AHashIsReplacedByItself) {
  const auto made = write([&](const auto& db) { return decisions::register_user(db, {"Zoé", "z", sha256}); });

  EXPECT_TRUE(write([&](const auto& db) { return db.accounts.replace_hash(made->user.id, sha256, sha256); }));
}

TEST_P(StoreContract, ANewPasswordEndsTheTokensOfTheUserAlone) {
  const auto zoe = add_user("Zoé");
  const auto other = add_user("other");
  const std::string token(32, '\0'), others(32, '\xFF');
  db->transact([&](const auto& db) {
    db.sessions.issue_token(zoe, token, noon, support::after_noon(std::chrono::hours(1)));
    db.sessions.issue_token(other, others, noon, support::after_noon(std::chrono::hours(1)));
  });

  EXPECT_FALSE(write(
      [&](const auto& db) { return decisions::change_password(db, zoe, "wrong", "$argon2id$new", decided("Zoé")); }));
  EXPECT_TRUE(write([&](const auto& db) {
    return decisions::change_password(db, zoe, "$argon2id$hash", "$argon2id$new", decided("Zoé"));
  }));

  EXPECT_EQ(find("Zoé")->password_hash, "$argon2id$new");
  EXPECT_EQ(write([&](const auto& db) { return db.sessions.find_token(token, noon); }).why(), fault::wrong_credentials);
  EXPECT_TRUE(write([&](const auto& db) { return db.sessions.find_token(others, noon); }));
}

TEST_P(StoreContract, APasswordThatDidNotChangeKeepsItsTokens) {
  const auto zoe = add_user("Zoé");
  const std::string token(32, 't');
  db->transact(
      [&](const auto& db) { db.sessions.issue_token(zoe, token, noon, support::after_noon(std::chrono::hours(1))); });

  EXPECT_FALSE(write(
      [&](const auto& db) { return decisions::change_password(db, zoe, "wrong", "$argon2id$new", decided("Zoé")); }));
  EXPECT_FALSE(write([&](const auto& db) {
    return decisions::change_password(db, nobody, "wrong", "$argon2id$new", decided("Zoé"));
  }));

  EXPECT_TRUE(write([&](const auto& db) { return db.sessions.find_token(token, noon); }));
}

// --- administrators ---

TEST_P(StoreContract, AnEmptyDatabaseHasNoAdministrator) {
  add_user("Zoé");

  EXPECT_EQ(now().roles.administrators(), administrator_state::none);
}

TEST_P(StoreContract, AnAdministratorCanLogInWhenAPasswordCanMatch) {
  const std::string upper_case(64, 'A'); // the replaced server wrote lower case, and so no password matches this
  for (const auto& hash : {std::string{}, std::string{"hashed_admin_password"}, std::string{"zz"}, upper_case}) {
    write([&](const auto& db) { return decisions::make_administrator(db, "admin", hash); });
    EXPECT_EQ(now().roles.administrators(), administrator_state::locked) << hash;
  }
  write([&](const auto& db) { return decisions::make_administrator(db, "server", sha256); });
  EXPECT_EQ(now().roles.administrators(), administrator_state::can_log_in);
  write([&](const auto& db) { return decisions::make_administrator(db, "server", "$argon2id$v=19$m=19456"); });
  EXPECT_EQ(now().roles.administrators(), administrator_state::can_log_in);
}

TEST_P(StoreContract, MakesAnAdministratorOfNobody) {
  const auto made = write([&](const auto& db) { return decisions::make_administrator(db, "admin", "$argon2id$a"); });

  const auto found = find("ADMIN");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.id);
  EXPECT_EQ(found->username, "admin");
  EXPECT_EQ(found->role, role::administrator);
  EXPECT_EQ(found->password_hash, "$argon2id$a");
  EXPECT_THAT(now().memberships.members(general), ElementsAre(made.id));
}

TEST_P(StoreContract, MakesAnAdministratorOfAUser) {
  const auto who = add_user(hostile_name);
  write([&](const auto& db) { return decisions::add_member(db, blabla, who); });

  const auto made =
      write([&](const auto& db) { return decisions::make_administrator(db, hostile_name, "$argon2id$b"); });

  EXPECT_EQ(made.id, who);
  EXPECT_EQ(made.role, role::administrator);
  EXPECT_EQ(find(hostile_name)->role, role::administrator);
  EXPECT_EQ(find(hostile_name)->password_hash, "$argon2id$b");
  EXPECT_THAT(now().memberships.members(blabla), Contains(who));
}

TEST_P(StoreContract, MakesAnAdministratorThoughTheAliasIsTaken) {
  write([&](const auto& db) { return decisions::register_user(db, {"somebody", "Admin", "h"}); });
  write([&](const auto& db) { return decisions::register_user(db, {"another", "admin-2", "h"}); });

  const auto made = write([&](const auto& db) { return decisions::make_administrator(db, "admin", "$argon2id$a"); });

  EXPECT_EQ(find("admin")->id, made.id);
  EXPECT_EQ(find("somebody")->alias, "Admin");
}

} // namespace salond
