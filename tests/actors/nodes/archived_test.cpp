// A salon that is archived while posts are on their way to its home: each is stored and shown, or refused, and its
// author is told which.
#include "tests/support/running_node.hpp"

namespace salond {
namespace {

using support::eventually;
using support::running_node;
using access = support::store_guard::access;

class ArchivedAtANode : public support::nodes_fixture {
protected:
  void begin() override {
    paris = std::make_unique<running_node>(where, "paris");
    for (const auto* who : {"zoë", "paul"})
      paris->command({"user", "add", who}, "secret");
  }
  void TearDown() override { paris.reset(); }
  /// Until the salon has heard of it: the host has told it when it answers.
  void archive() {
    const auto general = paris->on_io_thread([](audience& clients) { return clients.salons.find("Général")->actor; });
    caf::anon_send(paris->actors.host, salon_archived{{salon_id{1}, "Général", policy::automatic, 0, {}}});
    caf::scoped_actor self{general->home_system(), true};
    self->request(paris->actors.host, support::deadline, admit{}).receive([](settled) {}, [](caf::error&) {});
    self->request(general, support::deadline, check_member{user_id{1}})
        .receive([](member_confirmed) {}, [](caf::error&) {});
  }
  bool is_gone() {
    return paris->on_io_thread([](audience& clients) { return clients.salons.find("Général") == nullptr; });
  }

  std::unique_ptr<running_node> paris;
};

/// Seen: what was on its way was stored, and its author saw neither it nor a refusal.
TEST_F(ArchivedAtANode, ShowsWhatIsOnItsWayAndRefusesWhatComesThen) {
  auto zoe = paris->log_in("zoë"), paul = paris->log_in("paul");
  zoe.say("MSG (Général):avant"); // its home is found
  ASSERT_EQ(zoe.line(), "zoë dans le salon Général: avant");
  ASSERT_EQ(paul.line(), "zoë dans le salon Général: avant");
  paris->guard->hold(access::writes);
  zoe.say("MSG (Général):pris");
  ASSERT_TRUE(eventually([&] { return paris->guard->held(access::writes) == 1; }));

  archive();
  paul.say("MSG (Général):trop tard");
  EXPECT_EQ(paul.line(), "ERREUR: le salon Général n'existe pas");
  EXPECT_FALSE(is_gone());
  paris->guard->release(access::writes);

  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: pris");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: pris");
  EXPECT_TRUE(eventually([&] { return is_gone(); }));
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages WHERE contenu = 'pris'"), "1");
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages WHERE contenu = 'trop tard'"), "0");
}

TEST_F(ArchivedAtANode, IsGoneAtOnceWhereNothingIsOnItsWay) {
  auto zoe = paris->log_in("zoë");

  archive();

  EXPECT_TRUE(eventually([&] { return is_gone(); }));
  zoe.say("MSG (Général):trop tard");
  EXPECT_EQ(zoe.line(), "ERREUR: le salon Général n'existe pas");
}

} // namespace
} // namespace salond
