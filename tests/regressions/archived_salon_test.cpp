// What was posted while an operator archived the salon was stored and told to nobody: its author waited, or was told
// that there is no such salon, and history had it after a restore.
// Right: what is stored is told to whoever heard the salon when it was posted, before the salon is gone; what comes
// later is refused, and not stored.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class ArchivedSalon : public OperatorsNode {
protected:
  /// Until the guard lets it.
  void archive_while_storing(client& author) {
    guard->hold(access::writes);
    author.say("MSG (Général):pris");
    ASSERT_TRUE(support::eventually([&] { return writes_waiting() == 1; }));
    // What the operator's command tells once the database has it.
    caf::anon_send(actors.host, salon_archived{{salon_id{1}, "Général", policy::automatic, 0, {}}});
    EXPECT_EQ(ask<settled>(actors.host, admit{}).why(), fault::salon_closed); // the host has told the salon
    caf::scoped_actor self{*system, true};
    self->request(salon_named("Général"), support::deadline, check_member{author_id})
        .receive([](member_confirmed) {}, [](caf::error& why) { ADD_FAILURE() << to_string(why); });
  }

  user_id author_id;
};

TEST_F(ArchivedSalon, TellsWhatItIsStoringAndRefusesWhatComesThen) {
  author_id = add_user("zoë");
  add_user("paul");
  start();
  auto zoe = log_in("zoë"), paul = log_in("paul");
  archive_while_storing(zoe);
  paul.say("MSG (Général):trop tard");
  EXPECT_EQ(paul.line(), "ERREUR: le salon Général n'existe pas");

  guard->release(access::writes);

  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: pris");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: pris");
  ASSERT_TRUE(support::eventually(
      [&] { return on_io_thread([](audience& clients) { return clients.salons.find("Général") == nullptr; }); }));
  zoe.say("MSG (Général):x");
  EXPECT_EQ(zoe.line(), "ERREUR: le salon Général n'existe pas");
  EXPECT_TRUE(stored("pris"));
  EXPECT_FALSE(stored("trop tard"));
}

TEST_F(ArchivedSalon, IsThereAgainThoughItIsRestoredWhileItStores) {
  author_id = add_user("zoë");
  start();
  auto zoe = log_in("zoë");
  archive_while_storing(zoe);

  caf::anon_send(actors.host, salon_restored{{salon_id{1}, "Général", policy::automatic, 0, {}}, {author_id}});
  ASSERT_TRUE(ask<settled>(actors.relay, settle{}));
  guard->release(access::writes);

  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: pris");
  zoe.say("MSG (Général):encore");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: encore");
}

} // namespace
} // namespace salond
