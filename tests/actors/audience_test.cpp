// What a node's connections hear, and when: the audience as a plain object, with connections that only write down.
#include "actors/audience.hpp"
#include "actors/network.hpp"
#include "tests/support/process.hpp"
#include "tests/support/witness.hpp"
#include <gmock/gmock.h>
#include <set>

namespace salond {
namespace {

using support::lines;
using support::witness;
using testing::ElementsAre;
using testing::IsEmpty;

class Audience : public testing::Test {
protected:
  Audience() {
    open(general, "Général");
    open(blabla, "Blabla");
  }
  ~Audience() override {
    for (auto* each : {&zoe, &again, &paul})
      clients.leave(*each);
  }

  void open(salon_id id, const std::string& name) { clients.salons.open({id, name, policy::open, 0}, {}); }
  void arrive(witness& who, user_id as) {
    who.peer = "192.0.2.1";
    clients.enter(who);
    clients.users.arrive(who, as);
  }
  lines begin(witness& who, const std::vector<salon_id>& salons, const std::vector<private_message>& waiting = {},
              const std::vector<decided_request>& decided = {}) {
    lines missed;
    clients.start_hearing(who, salons);
    for (const auto& event : who.backlog.begin("zoë", waiting, {}, decided).events)
      missed.push_back(support::text_of(event));
    return missed;
  }
  void tell(salon_id where, std::vector<user_id> entered, const std::string& text, std::vector<user_id> gone = {},
            std::vector<reply> replies = {}) {
    told batch{where, std::move(entered), {}, std::move(gone), std::move(replies)};
    if (!text.empty())
      batch.events.push_back(event::said{where, clients.salons.find(where)->record.name, "x", text, 1, {}});
    clients.tell(batch, {});
  }
  lines list_of(const witness& who) {
    lines result;
    for (const auto& each : clients.salons.list_for(who))
      result.push_back(each.name + (each.member ? "*" : ""));
    return result;
  }

  const salon_id general{1}, blabla{2};
  const user_id zoe_id{7}, paul_id{8};
  config::settings settings;
  audience clients{settings};
  support::text_spelling spelling;
  witness zoe{spelling}, again{spelling}, paul{spelling}; ///< `again`: zoe's second connection
};

TEST_F(Audience, TellsASalonsHearersAndNobodyElse) {
  arrive(zoe, zoe_id);
  arrive(paul, paul_id);
  begin(zoe, {general, blabla});
  begin(paul, {general});

  tell(blabla, {}, "un");
  tell(general, {}, "deux");

  EXPECT_THAT(zoe.heard, ElementsAre("x dans le salon Blabla: un", "x dans le salon Général: deux"));
  EXPECT_THAT(paul.heard, ElementsAre("x dans le salon Général: deux"));
}

TEST_F(Audience, TellsWhoEnteredWhatIsToldAndWhoLeftWhatWasTold) {
  arrive(zoe, zoe_id);
  begin(zoe, {});

  tell(blabla, {zoe_id}, "un");
  tell(blabla, {}, "deux", {zoe_id});
  tell(blabla, {}, "trois");

  EXPECT_THAT(zoe.heard, ElementsAre("x dans le salon Blabla: un", "x dans le salon Blabla: deux"));
}

TEST_F(Audience, AnswersBehindWhatIsTold) {
  arrive(zoe, zoe_id);
  begin(zoe, {general});

  tell(general, {}, "un", {}, {{zoe.number, rules::answer::posted{}}, {connection_id{99}, rules::answer::posted{}}});

  EXPECT_THAT(zoe.heard, ElementsAre("x dans le salon Général: un", "answer 4"));
}

TEST_F(Audience, CorrectsTheSnapshotOfAnArrivalByWhatChangedMeanwhile) {
  arrive(zoe, zoe_id);

  tell(blabla, {zoe_id}, "joined"); // newer than the snapshot
  tell(general, {}, "left", {zoe_id});

  EXPECT_THAT(zoe.heard, IsEmpty()); // it hears nothing before its welcome
  begin(zoe, {general});
  EXPECT_THAT(list_of(zoe), ElementsAre("Général", "Blabla*"));
  tell(general, {}, "not for her");
  tell(blabla, {}, "for her");
  EXPECT_THAT(zoe.heard, ElementsAre("x dans le salon Blabla: for her"));
}

TEST_F(Audience, ListsTheSalonsAsTheyAreAtTheTimeOfALogin) {
  arrive(zoe, zoe_id);
  begin(zoe, {general});
  EXPECT_THAT(list_of(zoe), ElementsAre("Général*", "Blabla"));

  open(salon_id{3}, "Marketing");
  open(blabla, "Bavardage"); // renamed
  EXPECT_THAT(list_of(zoe), ElementsAre("Général*", "Bavardage", "Marketing"));
  clients.salons.archive(general);
  EXPECT_THAT(list_of(zoe), ElementsAre("Bavardage", "Marketing"));
  open(general, "Général"); // restored
  EXPECT_THAT(list_of(zoe), ElementsAre("Général", "Bavardage", "Marketing"));
}

TEST_F(Audience, TellsAnArrivalEachPrivateMessageOnceInOrder) {
  arrive(zoe, zoe_id);
  arrive(paul, paul_id);
  begin(paul, {});

  clients.users.tell_privately(zoe_id, paul_id, paul.number, {private_id{2}, "paul", "in both", {}});
  clients.users.tell_privately(zoe_id, paul_id, paul.number, {private_id{3}, "paul", "told only", {}});

  EXPECT_THAT(zoe.heard, IsEmpty());
  EXPECT_THAT(begin(zoe, {}, {{private_id{1}, "paul", "stored only", {}}, {private_id{2}, "paul", "in both", {}}}),
              ElementsAre("said_privately(paul, stored only)"));
  clients.users.tell_privately(zoe_id, paul_id, paul.number, {private_id{4}, "paul", "meanwhile", {}});
  EXPECT_THAT(zoe.backlog.next(), ElementsAre(private_id{2}, private_id{3}, private_id{4})); // as told meanwhile
  zoe.backlog.go_on(
      {{private_id{2}, "paul", "", {}}, {private_id{3}, "paul", "", {}}, {private_id{4}, "paul", "", {}}});
  clients.users.tell_privately(zoe_id, paul_id, paul.number, {private_id{5}, "paul", "later", {}});
  EXPECT_THAT(zoe.heard, ElementsAre("delivered 5 paul (privé): later"));
}

TEST_F(Audience, TellsAnArrivalWhatWasDecidedAmongWhatWasSaidInTheOrderOfTime) {
  arrive(zoe, zoe_id);

  EXPECT_THAT(begin(zoe, {}, {{private_id{1}, "paul", "un", from_ms(10)}, {private_id{2}, "paul", "deux", from_ms(30)}},
                    {{general, "Général", true, from_ms(20)}, {blabla, "Blabla", false, from_ms(40)}}),
              ElementsAre("said_privately(paul, un)", "joined(Général, zoë)", "said_privately(paul, deux)",
                          "request_refused(Blabla)"));
}

TEST_F(Audience, HasADecisionConfirmedByWhoWasTold) {
  arrive(zoe, zoe_id);
  clients.users.confirm(zoe_id, {general, "Général", true, {}}); // not told yet: it is for the next login
  begin(zoe, {});
  clients.users.confirm(zoe_id, {blabla, "Blabla", true, {}});
  clients.users.confirm(paul_id, {blabla, "Blabla", true, {}});

  EXPECT_THAT(zoe.heard, ElementsAre("decided Blabla"));
}

TEST_F(Audience, TellsNobodyTwiceWhatWaitedForTheLogin) {
  arrive(zoe, zoe_id);
  arrive(paul, paul_id);
  begin(paul, {});
  begin(zoe, {}, {{private_id{5}, "paul", "waited", {}}}); // told with the welcome

  clients.users.tell_privately(zoe_id, paul_id, paul.number,
                               {private_id{5}, "paul", "waited", {}}); // its author is answered later

  EXPECT_THAT(zoe.heard, IsEmpty());
}

TEST_F(Audience, TellsEachConnectionOfTheTargetAndTheAuthorsOthers) {
  arrive(zoe, zoe_id);
  arrive(again, zoe_id);
  arrive(paul, paul_id);
  for (auto* each : {&zoe, &again, &paul})
    begin(*each, {});

  clients.users.tell_privately(paul_id, zoe_id, zoe.number, {private_id{1}, "zoë", "to paul", {}});
  clients.users.tell_privately(zoe_id, zoe_id, zoe.number, {private_id{2}, "zoë", "to herself", {}});

  EXPECT_THAT(paul.heard, ElementsAre("delivered 1 zoë (privé): to paul"));
  EXPECT_THAT(zoe.heard, ElementsAre("delivered 2 zoë (privé): to herself"));
  EXPECT_THAT(again.heard, ElementsAre("zoë (privé): to paul", "delivered 2 zoë (privé): to herself"));
}

TEST_F(Audience, FindsASalonByKeyAndTheExactNameFirst) {
  EXPECT_EQ(clients.salons.find("GÉNÉRAL"), clients.salons.find(general));
  EXPECT_EQ(clients.salons.find("Général"), clients.salons.find(general));
  EXPECT_EQ(clients.salons.find("General"), nullptr);
}

TEST_F(Audience, TellsEveryConnectionThatASalonIsLost) {
  arrive(zoe, zoe_id);
  clients.lose(general);
  clients.lose(salon_id{99});

  EXPECT_THAT(zoe.heard, ElementsAre("lost 1"));
}

TEST_F(Audience, ForgetsAConnectionWhollyWhenItLeaves) {
  arrive(zoe, zoe_id);
  arrive(again, zoe_id);
  arrive(paul, paul_id);
  for (auto* each : {&zoe, &again, &paul})
    begin(*each, {general, blabla});

  clients.leave(zoe);
  clients.leave(zoe);
  tell(general, {}, "un");
  clients.users.close(zoe_id, event::banned{});

  EXPECT_THAT(zoe.heard, IsEmpty());
  EXPECT_THAT(again.heard, ElementsAre("x dans le salon Général: un", "close banned"));
  EXPECT_THAT(paul.heard, ElementsAre("x dans le salon Général: un"));
  EXPECT_EQ(clients.connections(), 2u);
}

TEST_F(Audience, AnnouncesToWhoIsLoggedIn) {
  arrive(zoe, zoe_id);
  arrive(paul, paul_id);
  begin(zoe, {});

  clients.announce(event::stopping_soon{10});

  EXPECT_THAT(zoe.heard, ElementsAre("Le serveur va s'arrêter dans 10 secondes. Merci de vous déconnecter."));
  EXPECT_THAT(paul.heard, IsEmpty());
}

TEST_F(Audience, SaysWhenTheLastConnectionOfAllIsGone) {
  arrive(zoe, zoe_id);
  arrive(paul, paul_id);
  bool empty = false;

  clients.close_all(event::stopping{}, instant{}, [&] { empty = true; });

  EXPECT_TRUE(clients.overrun()); // nobody comes in any more
  EXPECT_THAT(paul.heard, ElementsAre("close stopping"));
  clients.leave(zoe);
  EXPECT_FALSE(empty);
  clients.leave(paul);
  EXPECT_TRUE(empty);
}

TEST_F(Audience, ClosesItsConnectionsEvenlyInSteps) {
  for (auto* each : {&zoe, &again, &paul})
    arrive(*each, zoe_id);
  const auto closed_after = [&](size_t left) {
    clients.close_some(event::stopping{}, 6, left);
    return size_t{zoe.closed} + size_t{again.closed} + size_t{paul.closed};
  };

  EXPECT_EQ(closed_after(6), 1u);
  EXPECT_TRUE(clients.refuses("192.0.2.1")) << "nobody comes in any more";
  EXPECT_EQ(closed_after(5), 1u);
  EXPECT_EQ(closed_after(4), 2u);
  EXPECT_EQ(closed_after(3), 2u);
  EXPECT_EQ(closed_after(2), 3u);
  EXPECT_EQ(closed_after(1), 3u);
  EXPECT_THAT(paul.heard, ElementsAre("close stopping"));
}

TEST_F(Audience, LetsAParkedPostGoOnWhenThereIsRoom) {
  arrive(zoe, zoe_id);
  begin(zoe, {});
  auto& at = *clients.salons.find(general);
  const size_t most = clients.settings.limits.posts_in_flight_per_salon;
  for (size_t i = 0; i < most; ++i)
    at.posts.sent();
  at.posts.park(zoe.number);

  tell(general, {}, "", {}, {});
  EXPECT_THAT(zoe.heard, IsEmpty());
  tell(general, {}, "", {}, {{connection_id{99}, rules::answer::posted{}}}); // a post of somebody who is gone

  EXPECT_THAT(zoe.heard, ElementsAre("unparked"));
  EXPECT_EQ(at.posts.in_flight(), most - 1);
}

TEST(Network, IsAnAddressOrAWholeSubnetOfIpv6) {
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("::1"), "::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::/64"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("local"), "");
  EXPECT_EQ(network_of("192.0.2.1/64"), "");
}

TEST_F(Audience, NumbersNoTwoConnectionsAlike) {
  arrive(zoe, zoe_id);
  arrive(paul, paul_id);
  EXPECT_NE(zoe.number, paul.number);

  const auto newest = std::max(zoe.number, paul.number);
  EXPECT_TRUE(
      support::eventually([&] { return newest < connection_registry{}.next_id(); })); // of a start a moment later
}

TEST(ConnectionNumbers, OfTwoNodesAreNeverAlike) {
  connection_registry first, second;
  std::set<connection_id> all;
  for (int n = 0; n < 1000; ++n)
    all.insert({first.next_id(1), second.next_id(2)});
  EXPECT_EQ(all.size(), 2000u);
  EXPECT_LT(*all.rbegin(), connection_registry{}.next_id()) << "nor as one process alone numbers them";
}

} // namespace
} // namespace salond
