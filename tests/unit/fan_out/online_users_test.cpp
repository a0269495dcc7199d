// Who is online, and what changes while somebody arrives.
#include "actors/fan_out/online_users.hpp"
#include "tests/support/witness.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using membership = online_users::membership;
using support::witness;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* banned = "Vous avez été banni définitivement du serveur !";

class OnlineUsers : public testing::Test {
protected:
  OnlineUsers() {
    zoe.number = connection_id{1};
    again.number = connection_id{2};
    paul.number = connection_id{3};
  }
  /// How many connections of zoe a change reaches now.
  size_t change(salon_id salon, membership now) {
    size_t reached = 0;
    users.change_membership(zoe_id, salon, now, [&](subscriber&) { ++reached; });
    return reached;
  }
  /// Logged in, with nothing that waits.
  void log_in(witness& who, user_id as) {
    users.arrive(who, as);
    users.begin(who, {});
    who.backlog.begin("x", {}, {}, {});
  }

  const user_id zoe_id{7}, paul_id{8};
  const salon_id general{1}, blabla{2}, marketing{3};
  support::text_spelling plain;
  witness zoe{plain}, again{plain}, paul{plain};
  online_users users;
};

TEST_F(OnlineUsers, ArriveWithWhatChangedSinceTheirSalonsWereRead) {
  users.arrive(zoe, zoe_id);
  EXPECT_FALSE(online_users::online(zoe));
  EXPECT_EQ(zoe.account(), zoe_id);
  EXPECT_EQ(change(blabla, membership::made), 0u);
  EXPECT_EQ(change(general, membership::ended), 0u);

  EXPECT_THAT(users.begin(zoe, {general, marketing}), ElementsAre(blabla, marketing));
  EXPECT_TRUE(online_users::online(zoe));
  EXPECT_EQ(change(general, membership::made), 1u);
}

TEST_F(OnlineUsers, AreToldOnceTheirSessionHasBegun) {
  users.arrive(zoe, zoe_id);
  users.tell(zoe_id, event::kicked{5});
  users.confirm(zoe_id, {general, "Général", true, {}});
  EXPECT_THAT(zoe.heard, IsEmpty());

  users.begin(zoe, {});
  log_in(again, zoe_id);
  users.tell(zoe_id, event::banned{});
  users.tell(paul_id, event::banned{});
  users.confirm(zoe_id, {blabla, "Blabla", true, {}});

  EXPECT_THAT(zoe.heard, ElementsAre(banned, "decided Blabla"));
  EXPECT_THAT(again.heard, ElementsAre(banned, "decided Blabla"));
}

TEST_F(OnlineUsers, AreGivenTheirNameAndClosedWhileTheyArriveToo) {
  users.arrive(zoe, zoe_id);
  log_in(paul, paul_id);
  users.change_account(zoe_id, "zoë", role::user);
  users.close(zoe_id, event::banned{});

  EXPECT_THAT(zoe.heard, ElementsAre("is zoë", "close banned"));
  EXPECT_THAT(paul.heard, IsEmpty());
}

TEST_F(OnlineUsers, AreClosedOneByOneWhereOneIsMeant) {
  log_in(zoe, zoe_id);
  log_in(again, zoe_id);
  log_in(paul, paul_id);

  users.close(zoe_id, event::session_ended{}, again.number);
  users.close(zoe_id, event::session_ended{}, paul.number); // not hers

  EXPECT_THAT(again.heard, ElementsAre("close session_ended"));
  EXPECT_THAT(zoe.heard, IsEmpty());
  EXPECT_THAT(paul.heard, IsEmpty());
}

TEST_F(OnlineUsers, AreToldPrivatelyOnAllConnectionsButTheAuthors) {
  log_in(zoe, zoe_id);
  log_in(again, zoe_id);
  log_in(paul, paul_id);

  users.tell_privately(paul_id, zoe_id, zoe.number, {private_id{1}, "zoë", "à paul", {}});
  users.tell_privately(zoe_id, zoe_id, zoe.number, {private_id{2}, "zoë", "à elle", {}});

  EXPECT_THAT(paul.heard, ElementsAre("delivered 1 zoë (privé): à paul"));
  EXPECT_THAT(zoe.heard, ElementsAre("delivered 2 zoë (privé): à elle"));
  EXPECT_THAT(again.heard, ElementsAre("zoë (privé): à paul", "delivered 2 zoë (privé): à elle"));
}

TEST_F(OnlineUsers, AreToldPrivatelyOnceInWhateverOrderItComes) {
  log_in(paul, paul_id);
  const auto tell = [&](int64_t number) {
    users.tell_privately(paul_id, zoe_id, {}, {private_id{number}, "zoë", std::to_string(number), {}});
  };

  for (const auto number : {7, 5, 7, 6, 5})
    tell(number);

  EXPECT_THAT(paul.heard,
              ElementsAre("delivered 7 zoë (privé): 7", "delivered 5 zoë (privé): 5", "delivered 6 zoë (privé): 6"));
}

TEST_F(OnlineUsers, AreToldWhatOneOfTheirConnectionsMissedOnThatOne) {
  zoe.backlog.begins_behind(private_id{3});
  log_in(zoe, zoe_id);
  EXPECT_FALSE(users.has_another(zoe));
  users.tell_privately(zoe_id, paul_id, {}, {private_id{4}, "paul", "un", {}});
  again.backlog.begins_behind(private_id{4});
  log_in(again, zoe_id);
  EXPECT_TRUE(users.has_another(again));
  users.tell_privately(zoe_id, paul_id, {}, {private_id{6}, "paul", "trois", {}});

  EXPECT_THAT(users.lacking(zoe_id, {private_id{6}, private_id{5}, private_id{4}, private_id{3}}),
              ElementsAre(private_id{5}));
  for (const auto number : {4, 5})
    users.tell_missed(zoe_id, {private_id{number}, "paul", "deux", {}});

  EXPECT_THAT(zoe.heard, ElementsAre("delivered 4 paul (privé): un", "delivered 6 paul (privé): trois",
                                     "delivered 5 paul (privé): deux"));
  EXPECT_THAT(again.heard, ElementsAre("delivered 6 paul (privé): trois", "delivered 5 paul (privé): deux"));
  EXPECT_THAT(users.lacking(zoe_id, {private_id{5}}), IsEmpty());
}

TEST_F(OnlineUsers, AreClosedWhereTooMuchComesWhileTheyReadWhatWaited) {
  users.arrive(paul, paul_id);
  for (int64_t number = 1; number <= 4097; ++number)
    users.tell_privately(paul_id, zoe_id, {}, {private_id{number}, "zoë", "x", {}});

  EXPECT_THAT(paul.heard, ElementsAre("close refused(too_slow)"));
}

TEST_F(OnlineUsers, AreForgottenWithTheirLastConnection) {
  log_in(zoe, zoe_id);
  log_in(again, zoe_id);
  EXPECT_EQ(users.size(), 1u);
  EXPECT_TRUE(users.leave(zoe));
  users.tell(zoe_id, event::banned{});
  EXPECT_THAT(zoe.heard, IsEmpty());
  EXPECT_THAT(again.heard, ElementsAre(banned));

  EXPECT_TRUE(users.leave(again));
  EXPECT_EQ(users.size(), 0u);
  EXPECT_FALSE(users.leave(paul)); // a stranger
}

} // namespace
} // namespace salond
