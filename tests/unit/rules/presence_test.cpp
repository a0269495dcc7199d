#include "actors/rules/presence.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using departure = rules::presence::departure;

constexpr user_id zoe{1}, paul{2};

rules::presence::connection with(int64_t id) {
  return {connection_id{id}, "192.0.2.1", {}};
}

TEST(Presence, IsOfWhoHasAConnection) {
  rules::presence online;
  EXPECT_FALSE(online.online(zoe));

  online.arrive(zoe, "zoë", with(1));

  EXPECT_TRUE(online.online(zoe));
  EXPECT_FALSE(online.online(paul));
}

TEST(Presence, EndsWithTheLastConnectionHoweverTheyGo) {
  rules::presence online;
  online.arrive(zoe, "zoë", with(1));
  online.arrive(zoe, "zoë", with(2));
  online.arrive(zoe, "zoë", with(3));

  EXPECT_EQ(online.depart(zoe, connection_id{2}), departure::others_remain);
  EXPECT_EQ(online.depart(zoe, connection_id{1}), departure::others_remain);
  EXPECT_TRUE(online.online(zoe));
  EXPECT_EQ(online.depart(zoe, connection_id{3}), departure::last);
  EXPECT_FALSE(online.online(zoe));
}

TEST(Presence, KnowsNothingOfADepartureWithoutArrival) {
  rules::presence online;
  online.arrive(zoe, "zoë", with(1));

  EXPECT_EQ(online.depart(paul, connection_id{1}), departure::unknown);
  EXPECT_EQ(online.depart(zoe, connection_id{2}), departure::unknown);
  EXPECT_EQ(online.depart(zoe, connection_id{1}), departure::last);
  EXPECT_EQ(online.depart(zoe, connection_id{1}), departure::unknown); // twice
}

TEST(Presence, CountsUsersAndConnections) {
  rules::presence online;
  online.arrive(zoe, "zoë", with(1));
  online.arrive(zoe, "zoë", with(2));
  online.arrive(paul, "paul", with(3));
  EXPECT_EQ(online.users(), 2u);
  EXPECT_EQ(online.connections(), 3u);

  online.depart(zoe, connection_id{1});
  online.depart(paul, connection_id{3});

  EXPECT_EQ(online.users(), 1u);
  EXPECT_EQ(online.connections(), 1u);
}

} // namespace
} // namespace salond
