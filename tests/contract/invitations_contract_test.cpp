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
  db->transact([&] {
    db->issue_token(zoe, token, noon, after_noon(hours(1)));
    db->add_member(blabla, zoe);
  });
  post(general, zoe, 1, "bonjour");

  ASSERT_TRUE(write([&] { return db->disable_user(key_of("ZOÉ"), decided()); }));

  EXPECT_EQ(write([&] { return db->open_session(zoe, noon); }), fault::disabled);
  EXPECT_EQ(db->find_token(token, noon).why(), fault::wrong_credentials);
  EXPECT_TRUE(db->profile(key_of("Zoé"))->disabled);
  EXPECT_THAT(texts(general), ElementsAre("bonjour"));
  EXPECT_THAT(db->members(blabla), ElementsAre(zoe));
  EXPECT_FALSE(write([&] { return db->register_user({"zoé", "other", "h"}); }));
  ASSERT_TRUE(write([&] { return db->enable_user(key_of("Zoé"), decided()); }));
  EXPECT_FALSE(db->profile(key_of("Zoé"))->disabled);
  EXPECT_TRUE(write([&] { return db->open_session(zoe, noon); }));
  EXPECT_EQ(write([&] { return db->disable_user("nobody", decided()); }).why(), fault::unknown_user);
  EXPECT_THAT(audited(),
              ElementsAre("disable_user|Zoé|done", "enable_user|Zoé|done", "disable_user|nobody|unknown_user"));
}

TEST_P(StoreContract, NobodyDisablesHimselfOrTheLastAdministratorWhoCanLogIn) {
  add_user("root", role::administrator);
  add_user("second", role::administrator);

  EXPECT_EQ(write([&] { return db->disable_user("root", by("root")); }).why(), fault::not_allowed);
  ASSERT_TRUE(write([&] { return db->disable_user("second", by("root")); }));
  EXPECT_EQ(write([&] { return db->disable_user("root", decided()); }).why(), fault::not_allowed);
  EXPECT_EQ(write([&] { return db->set_role("root", role::user, {}, decided()); }).why(), fault::not_allowed)
      << "the other one cannot log in";
  EXPECT_EQ(db->administrators(), administrator_state::can_log_in);
}

TEST_P(StoreContract, AnAdministratorWhoIsOutIsNoneWhoCanLogIn) {
  add_user("root", role::administrator);
  add_user("second", role::administrator);
  const auto until = [](std::chrono::minutes later) { return support::after_noon(later); };
  ASSERT_TRUE(write([&] { return db->kick("second", until(std::chrono::minutes{5}), decided()); }));

  EXPECT_EQ(write([&] { return db->disable_user("root", decided()); }).why(), fault::not_allowed);
  EXPECT_EQ(write([&] { return db->set_role("root", role::user, {}, decided()); }).why(), fault::not_allowed);

  ASSERT_TRUE(write([&] { return db->unban("second", decided()); }));
  ASSERT_TRUE(write([&] { return db->kick("second", until(std::chrono::minutes{-1}), decided()); }));
  EXPECT_TRUE(write([&] { return db->disable_user("root", decided()); })) << "that is over";
}

TEST_P(StoreContract, AnAdministratorThatTheServerMakesIsNotDisabled) {
  add_user("root", role::administrator);
  add_user("admin");
  write([&] { return db->disable_user("admin", decided()); });

  const auto made = write([&] { return db->make_administrator("admin", "$argon2id$a"); });

  EXPECT_TRUE(write([&] { return db->open_session(made.id, noon); }));
}

TEST_P(StoreContract, AnInvitationMakesAMemberOfItsSalonsOnce) {
  const auto made = write([&] { return db->create_invitation(invitation_for(1, {marketing, general}), decided()); });
  ASSERT_TRUE(made);
  ASSERT_THAT(db->invitations(noon), SizeIs(1));
  EXPECT_EQ(db->invitations(noon)[0].by, decided().by);
  EXPECT_THAT(db->invitations(noon)[0].salons, ElementsAre("Général", "Marketing"));

  EXPECT_TRUE(db->find_invitation(code_hash, noon));
  const auto zoe = write([&] { return db->register_invited({"Zoé", "Z", "h"}, code_hash, decided("Zoé")); });

  ASSERT_TRUE(zoe);
  EXPECT_THAT(zoe->salons, testing::UnorderedElementsAre(general, marketing));
  EXPECT_THAT(db->members(marketing), ElementsAre(zoe->user.id));
  EXPECT_EQ(db->find_invitation(code_hash, noon), fault::invalid_invitation);
  EXPECT_EQ(write([&] {
              return db->register_invited({"paul", "p", "h"}, code_hash, decided("paul"));
            }).why(),
            fault::invalid_invitation);
  EXPECT_FALSE(find("paul"));
  EXPECT_THAT(db->invitations(noon), IsEmpty());
  const auto name = "invitation " + std::to_string(*made);
  EXPECT_THAT(audited(),
              ElementsAre("create_invitation|" + name + " (1 use)|done", "use_invitation|Zoé (" + name + ")|done"));
}

TEST_P(StoreContract, AnInvitationIsNotUsedUpByANameThatIsTaken) {
  add_user("Zoé");
  write([&] { return db->create_invitation(invitation_for(1), decided()); });

  EXPECT_EQ(write([&] {
              return db->register_invited({"zoé", "z", "h"}, code_hash, decided("zoé"));
            }).why(),
            fault::name_taken);

  EXPECT_TRUE(db->find_invitation(code_hash, noon));
}

TEST_P(StoreContract, AnInvitationOfSeveralUsesCountsThem) {
  write([&] { return db->create_invitation(invitation_for(2), decided()); });

  ASSERT_TRUE(write([&] { return db->register_invited({"a", "a", "h"}, code_hash, decided("a")); }));
  EXPECT_EQ(db->invitations(noon).at(0).used, 1);
  ASSERT_TRUE(write([&] { return db->register_invited({"b", "b", "h"}, code_hash, decided("b")); }));

  EXPECT_EQ(write([&] {
              return db->register_invited({"c", "c", "h"}, code_hash, decided("c"));
            }).why(),
            fault::invalid_invitation);
}

TEST_P(StoreContract, AnInvitationEnds) {
  const auto first = write([&] { return db->create_invitation(invitation_for(1), decided()); });

  EXPECT_TRUE(db->find_invitation(code_hash, after_noon(minutes(59))));
  EXPECT_EQ(db->find_invitation(code_hash, after_noon(hours(1))), fault::invalid_invitation);
  EXPECT_EQ(db->find_invitation(std::string(32, 'x'), noon), fault::invalid_invitation);
  EXPECT_EQ(db->find_invitation("", noon), fault::invalid_invitation);
  EXPECT_TRUE(write([&] { return db->revoke_invitation(*first, decided()); }));
  EXPECT_EQ(db->find_invitation(code_hash, noon), fault::invalid_invitation);
  EXPECT_EQ(write([&] { return db->revoke_invitation(*first, decided()); }).why(), fault::invalid_invitation);
  EXPECT_EQ(write([&] { return db->create_invitation(invitation_for(1, {salon_id{4711}}), decided()); }).why(),
            fault::unknown_salon);
}

TEST_P(StoreContract, SoManyInvitationsAreThereAtATime) {
  const auto invite = [&](size_t number, moment until) {
    auto one = invitation_for(1);
    one.code_hash = std::to_string(number) + std::string(32, '.');
    one.code_hash.resize(32);
    one.expires = until;
    return db->create_invitation(one, decided());
  };
  db->transact([&] {
    for (size_t n = 0; n < store::most_invitations; ++n)
      ASSERT_TRUE(invite(n, after_noon(n == 0 ? minutes(-1) : minutes(60)))) << n;
  });

  EXPECT_TRUE(write([&] { return invite(5000, after_noon(hours(1))); })) << "one was over";
  EXPECT_EQ(write([&] { return invite(5001, after_noon(hours(1))); }).why(), fault::busy);
}

} // namespace salond
