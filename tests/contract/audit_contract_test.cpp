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
  EXPECT_THAT(now().audit.tail(10), IsEmpty());
  db->transact([&](const auto& db) {
    for (const auto* command : {"first", "second", "third"})
      db.audit.note(decided(hostile_name), {command}, hostile_text, "done");
  });

  const auto last = now().audit.tail(2);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0].action, "second");
  EXPECT_EQ(last[1].action, "third");
  const auto all = now().audit.after(0, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].by, hostile_name);
  EXPECT_EQ(all[0].from, decided().from);
  EXPECT_EQ(all[0].action, "first");
  EXPECT_EQ(all[0].to, hostile_text);
  EXPECT_EQ(all[0].reason, decided().reason);
  EXPECT_EQ(all[0].result, "done");
  EXPECT_EQ(all[0].at, noon);
  EXPECT_EQ(all[0].node, "") << "who is alone names no node";
  EXPECT_EQ(now().audit.after(all[0].id, 1).at(0).action, "second");
  EXPECT_THAT(now().audit.after(all[2].id, 10), IsEmpty());
}

TEST_P(StoreContract, EachDecisionAboutARoleIsAudited) {
  add_user("Zoé");
  db->transact([&](const auto& db) {
    decisions::set_role(db, key_of("Zoé"), role::moderator, {general, blabla}, decided());
    decisions::set_role(db, key_of("Zoé"), role::user, {}, by("zoé"));
    decisions::set_role(db, key_of("Zoé"), role::user, {}, decided());
    decisions::set_role(db, "nobody", role::user, {}, decided());
  });

  EXPECT_THAT(audited(),
              ElementsAre("set_role|Zoé (moderator: Général, Blabla)|done", "set_role|Zoé (user)|not_allowed",
                          "set_role|Zoé (user)|done", "set_role|nobody|unknown_user"));
}

TEST_P(StoreContract, EachDecisionOfAnOperatorIsAudited) {
  const auto zoe = add_user("Zoé");
  post(blabla, zoe, 1, "secret");
  const auto message = now().messages.history(blabla, newest, 1).at(0).id;
  db->transact([&](const auto& db) {
    decisions::add_user(db, {"paul", "p", "h"}, decided());
    decisions::add_user(db, {"PAUL", "q", "h"}, decided());
    decisions::rename_user(db, "paul", "Paula", decided());
    decisions::set_password(db, "paula", "hash", decided());
    decisions::create_salon(db, "Sport", policy::open, decided());
    decisions::set_policy(db, blabla, policy::approval, decided());
    decisions::set_topic(db, blabla, "topic", decided());
    decisions::admit(db, blabla, "paula", decided());
    decisions::dismiss(db, blabla, "nobody", decided());
    decisions::delete_message(db, message, decided());
    decisions::rename_salon(db, blabla, "Blabla", "Bla", decided());
    decisions::archive_salon(db, blabla, decided());
    decisions::archive_salon(db, salon_id{4711}, decided());
  });

  EXPECT_THAT(audited(), ElementsAre("add_user|paul|done", "add_user|PAUL|name_taken", "rename_user|paul (Paula)|done",
                                     "set_password|Paula|done", "create_salon|Sport (open)|done",
                                     "set_policy|Blabla (approval)|done", "set_topic|Blabla (topic)|done",
                                     "admit|Paula (Blabla)|done", "dismiss|nobody (Blabla)|unknown_user",
                                     "delete_message|Zoé (Blabla: message " + std::to_string(message.value) + ")|done",
                                     "rename_salon|Blabla (Bla)|done", "archive_salon|Bla|done",
                                     "archive_salon|4711|unknown_salon"));
}

TEST_P(StoreContract, ARefusedAnswerToARequestIsAuditedToo) {
  const auto zoe = add_user("Zoé");
  db->transact([&](const auto& db) {
    decisions::accept_request(db, marketing, zoe, decided());
    decisions::reject_request(db, marketing, zoe, decided());
    decisions::accept_request(db, marketing, nobody, decided());
    decisions::reject_request(db, marketing, nobody, decided());
  });

  EXPECT_THAT(audited(), ElementsAre("accept|Zoé (Marketing)|no_such_request", "reject|Zoé (Marketing)|no_such_request",
                                     "accept|user 987654321 (Marketing)|no_such_request",
                                     "reject|user 987654321 (Marketing)|no_such_request"));
}

TEST_P(StoreContract, NoDecisionFailsForTheLengthOfItsWords) {
  std::string very_long; // of characters of three bytes each, so that a cut between bytes would show
  for (int n = 0; n < 30000; ++n)
    very_long += "€";

  db->transact([&](const auto& db) {
    db.audit.note({very_long, very_long, very_long, noon}, {"what"}, very_long, "done");
  });

  const auto line = now().audit.tail(1).at(0);
  for (const auto& text : {line.by, line.from, line.to, line.reason}) {
    EXPECT_EQ(text.size(), 16383u);
    EXPECT_EQ(text, very_long.substr(0, 16383));
  }
}

TEST_P(StoreContract, ALineGoesWithTheTransactionThatItWasWrittenIn) {
  EXPECT_THROW(db->transact([&](const auto& db) {
    db.audit.note(decided(), {"what"}, "whom", "done");
    throw std::logic_error("of ours");
  }),
               std::logic_error);

  EXPECT_THAT(now().audit.tail(10), IsEmpty());
}

} // namespace salond
