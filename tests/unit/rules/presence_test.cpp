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

TEST(Presence, NamesThoseWhoAreOnlineInTheOrderOfTheirKeysEachOnce) {
  rules::presence online;
  online.arrive(user_id{1}, "zoë", with(1));
  online.arrive(user_id{2}, "Paul", with(2));
  online.arrive(user_id{3}, "Émile", with(3));
  online.arrive(user_id{3}, "Émile", with(4));
  online.rename(user_id{1}, "Anna");

  const auto named = online.name({user_id{3}, user_id{1}, user_id{3}, user_id{2}, user_id{9}}, "");

  EXPECT_EQ(named.usernames, (std::vector<std::string>{"Anna", "Paul", "Émile"}));
  EXPECT_EQ(named.last_key, "");
  EXPECT_EQ(online.name({user_id{1}, user_id{2}}, "anna").usernames, std::vector<std::string>{"Paul"});
}

TEST(Presence, NamesAPieceAtATime) {
  rules::presence online;
  std::vector<user_id> all;
  std::vector<std::string> names;
  for (int64_t n = 1; n <= 3000; ++n) {
    all.push_back(user_id{n});
    names.push_back("user " + std::to_string(1000000 + n));
    online.arrive(user_id{n}, names.back(), with(n));
  }

  std::vector<std::string> told;
  std::string after;
  size_t pieces = 0;
  do {
    const auto piece = online.name(all, after);
    told.insert(told.end(), piece.usernames.begin(), piece.usernames.end());
    after = piece.last_key;
    ++pieces;
  } while (!after.empty());

  EXPECT_EQ(told, names);
  EXPECT_EQ(pieces, 3u) << "64 KiB, of 44 bytes each";
}

} // namespace
} // namespace salond
