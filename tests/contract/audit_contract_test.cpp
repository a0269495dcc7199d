// The audit log.
#include "tests/contract/store_contract.hpp"

namespace salond {

using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, TheAuditLogIsReadForwardsAndFromItsEnd) {
  EXPECT_THAT(db->audit_tail(10), IsEmpty());
  db->transact([&] {
    for (const auto* what : {"first", "second", "third"})
      db->note(decided(hostile_name), what, hostile_text, "done");
  });

  const auto last = db->audit_tail(2);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0].what, "second");
  EXPECT_EQ(last[1].what, "third");
  const auto all = db->audit_after(0, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].by, hostile_name);
  EXPECT_EQ(all[0].from, decided().from);
  EXPECT_EQ(all[0].what, "first");
  EXPECT_EQ(all[0].to, hostile_text);
  EXPECT_EQ(all[0].reason, decided().reason);
  EXPECT_EQ(all[0].result, "done");
  EXPECT_EQ(all[0].at, noon);
  EXPECT_EQ(db->audit_after(all[0].id, 1).at(0).what, "second");
  EXPECT_THAT(db->audit_after(all[2].id, 10), IsEmpty());
}

TEST_P(StoreContract, EachDecisionAboutARoleIsAudited) {
  add_user("Zoé");
  db->transact([&] {
    db->set_role(key_of("Zoé"), role::moderator, {general, blabla}, decided());
    db->set_role(key_of("Zoé"), role::user, {}, decided("zoé"));
    db->set_role(key_of("Zoé"), role::user, {}, decided());
    db->set_role("nobody", role::user, {}, decided());
  });

  EXPECT_THAT(audited(),
              ElementsAre("set_role|Zoé (moderator: Général, Blabla)|done", "set_role|Zoé (user)|not_allowed",
                          "set_role|Zoé (user)|done", "set_role|nobody|unknown_user"));
}

TEST_P(StoreContract, ALineGoesWithTheTransactionThatItWasWrittenIn) {
  EXPECT_THROW(db->transact([&] {
    db->note(decided(), "what", "whom", "done");
    throw std::logic_error("of ours");
  }),
               std::logic_error);

  EXPECT_THAT(db->audit_tail(10), IsEmpty());
}

} // namespace salond
