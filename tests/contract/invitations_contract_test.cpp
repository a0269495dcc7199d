// Accounts that are disabled, and accounts that are made by an invitation.
#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::administrator_state;
using persistence::store;
using persistence::table_named;
using std::chrono::hours;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string code_hash(32, '\xFE');

/// One that ends an hour after noon.
persistence::new_invitation invitation_for(int64_t uses, std::vector<salon_id> salons = {}) {
  return {code_hash, uses, after_noon(hours(1)), std::move(salons)};
}

TEST_P(StoreContract, ADisabledUserKeepsEverythingButTheWayIn) {
  const auto zoe = add_user("Zoé");
  const std::string token(32, 't');
  db->transact([&](const auto& db) {
    db.sessions.issue_token(zoe, token, noon, after_noon(hours(1)));
    decisions::add_member(db, blabla, zoe);
  });
  post(general, zoe, 1, "bonjour");

  ASSERT_TRUE(write([&](const auto& db) { return decisions::disable_user(db, key_of("ZOÉ"), decided()); }));

  EXPECT_EQ(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); }), fault::disabled);
  EXPECT_EQ(now().sessions.find_token(token, noon).why(), fault::wrong_credentials);
  EXPECT_TRUE(now().accounts.profile(key_of("Zoé"))->disabled);
  EXPECT_THAT(texts(general), ElementsAre("bonjour"));
  EXPECT_THAT(now().memberships.members(blabla), ElementsAre(zoe));
  EXPECT_FALSE(write([&](const auto& db) { return decisions::register_user(db, {"zoé", "other", "h"}); }));
  ASSERT_TRUE(write([&](const auto& db) { return decisions::enable_user(db, key_of("Zoé"), decided()); }));
  EXPECT_FALSE(now().accounts.profile(key_of("Zoé"))->disabled);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::open_session(db, zoe, noon); }));
  EXPECT_EQ(write([&](const auto& db) { return decisions::disable_user(db, "nobody", decided()); }).why(),
            fault::unknown_user);
  EXPECT_THAT(audited(),
              ElementsAre("disable_user|Zoé|done", "enable_user|Zoé|done", "disable_user|nobody|unknown_user"));
}

TEST_P(StoreContract, NobodyDisablesHimselfOrTheLastAdministratorWhoCanLogIn) {
  add_user("root", role::administrator);
  add_user("second", role::administrator);

  EXPECT_EQ(write([&](const auto& db) { return decisions::disable_user(db, "root", by("root")); }).why(),
            fault::not_allowed);
  ASSERT_TRUE(write([&](const auto& db) { return decisions::disable_user(db, "second", by("root")); }));
  EXPECT_EQ(write([&](const auto& db) { return decisions::disable_user(db, "root", decided()); }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_role(db, "root", role::user, {}, decided()); }).why(),
            fault::not_allowed)
      << "the other one cannot log in";
  EXPECT_EQ(now().roles.administrators(), administrator_state::can_log_in);
}

TEST_P(StoreContract, AnAdministratorWhoIsOutIsNoneWhoCanLogIn) {
  add_user("root", role::administrator);
  add_user("second", role::administrator);
  const auto until = [](std::chrono::minutes later) { return support::after_noon(later); };
  ASSERT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, "second", until(std::chrono::minutes{5}), decided()); }));

  EXPECT_EQ(write([&](const auto& db) { return decisions::disable_user(db, "root", decided()); }).why(),
            fault::not_allowed);
  EXPECT_EQ(write([&](const auto& db) { return decisions::set_role(db, "root", role::user, {}, decided()); }).why(),
            fault::not_allowed);

  ASSERT_TRUE(write([&](const auto& db) { return decisions::unban(db, "second", decided()); }));
  ASSERT_TRUE(
      write([&](const auto& db) { return decisions::kick(db, "second", until(std::chrono::minutes{-1}), decided()); }));
  EXPECT_TRUE(write([&](const auto& db) { return decisions::disable_user(db, "root", decided()); })) << "that is over";
}

TEST_P(StoreContract, AnAdministratorThatTheServerMakesIsNotDisabled) {
  add_user("root", role::administrator);
  add_user("admin");
  write([&](const auto& db) { return decisions::disable_user(db, "admin", decided()); });

  const auto made = write([&](const auto& db) { return decisions::make_administrator(db, "admin", "$argon2id$a"); });

  EXPECT_TRUE(write([&](const auto& db) { return decisions::open_session(db, made.id, noon); }));
}

TEST_P(StoreContract, AnInvitationMakesAMemberOfItsSalonsOnce) {
  const auto made = write([&](const auto& db) {
    return decisions::create_invitation(db, invitation_for(1, {marketing, general}), decided());
  });
  ASSERT_TRUE(made);
  ASSERT_THAT(now().invitations.all(noon), SizeIs(1));
  EXPECT_EQ(now().invitations.all(noon)[0].by, decided().by);
  EXPECT_THAT(now().invitations.all(noon)[0].salons, ElementsAre("Général", "Marketing"));

  EXPECT_TRUE(decisions::find_invitation(now(), code_hash, noon));
  const auto zoe = write([&](const auto& db) {
    return decisions::register_invited(db, {"Zoé", "Z", "h"}, code_hash, decided("Zoé"));
  });

  ASSERT_TRUE(zoe);
  EXPECT_THAT(zoe->salons, testing::UnorderedElementsAre(general, marketing));
  EXPECT_THAT(now().memberships.members(marketing), ElementsAre(zoe->user.id));
  EXPECT_EQ(decisions::find_invitation(now(), code_hash, noon), fault::invalid_invitation);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_invited(db, {"paul", "p", "h"}, code_hash, decided("paul"));
            }).why(),
            fault::invalid_invitation);
  EXPECT_FALSE(find("paul"));
  EXPECT_THAT(now().invitations.all(noon), IsEmpty());
  const auto name = "invitation " + std::to_string(*made);
  EXPECT_THAT(audited(),
              ElementsAre("create_invitation|" + name + " (1 use)|done", "use_invitation|Zoé (" + name + ")|done"));
}

TEST_P(StoreContract, AnInvitationIsNotUsedUpByANameThatIsTaken) {
  add_user("Zoé");
  write([&](const auto& db) { return decisions::create_invitation(db, invitation_for(1), decided()); });

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_invited(db, {"zoé", "z", "h"}, code_hash, decided("zoé"));
            }).why(),
            fault::name_taken);

  EXPECT_TRUE(decisions::find_invitation(now(), code_hash, noon));
}

TEST_P(StoreContract, AnInvitationOfSeveralUsesCountsThem) {
  write([&](const auto& db) { return decisions::create_invitation(db, invitation_for(2), decided()); });

  ASSERT_TRUE(write([&](const auto& db) {
    return decisions::register_invited(db, {"a", "a", "h"}, code_hash, decided("a"));
  }));
  EXPECT_EQ(now().invitations.all(noon).at(0).used, 1);
  ASSERT_TRUE(write([&](const auto& db) {
    return decisions::register_invited(db, {"b", "b", "h"}, code_hash, decided("b"));
  }));

  EXPECT_EQ(write([&](const auto& db) {
              return decisions::register_invited(db, {"c", "c", "h"}, code_hash, decided("c"));
            }).why(),
            fault::invalid_invitation);
}

TEST_P(StoreContract, AnInvitationEnds) {
  const auto first =
      write([&](const auto& db) { return decisions::create_invitation(db, invitation_for(1), decided()); });

  EXPECT_TRUE(decisions::find_invitation(now(), code_hash, after_noon(minutes(59))));
  EXPECT_EQ(decisions::find_invitation(now(), code_hash, after_noon(hours(1))), fault::invalid_invitation);
  EXPECT_EQ(decisions::find_invitation(now(), std::string(32, 'x'), noon), fault::invalid_invitation);
  EXPECT_EQ(decisions::find_invitation(now(), "", noon), fault::invalid_invitation);
  EXPECT_TRUE(write([&](const auto& db) { return decisions::revoke_invitation(db, *first, decided()); }));
  EXPECT_EQ(decisions::find_invitation(now(), code_hash, noon), fault::invalid_invitation);
  EXPECT_EQ(write([&](const auto& db) { return decisions::revoke_invitation(db, *first, decided()); }).why(),
            fault::invalid_invitation);
  EXPECT_EQ(write([&](const auto& db) {
              return decisions::create_invitation(db, invitation_for(1, {salon_id{4711}}), decided());
            }).why(),
            fault::unknown_salon);
}

TEST_P(StoreContract, SoManyInvitationsAreThereAtATime) {
  const auto invite = [](const auto& db, size_t number, moment until) {
    auto one = invitation_for(1);
    one.code_hash = std::to_string(number) + std::string(32, '.');
    one.code_hash.resize(32);
    one.expires = until;
    return decisions::create_invitation(db, one, decided());
  };
  db->transact([&](const auto& db) {
    for (size_t n = 0; n < decisions::max_invitations; ++n)
      ASSERT_TRUE(invite(db, n, after_noon(n == 0 ? minutes(-1) : minutes(60)))) << n;
  });

  EXPECT_TRUE(write([&](const auto& db) { return invite(db, 5000, after_noon(hours(1))); })) << "one was over";
  EXPECT_EQ(write([&](const auto& db) { return invite(db, 5001, after_noon(hours(1))); }).why(), fault::busy);
}

} // namespace salond
