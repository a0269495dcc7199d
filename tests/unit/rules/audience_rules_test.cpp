// Alarms, posts that find no room, reserved names, what was told.
#include "actors/rules/alarms.hpp"
#include "actors/rules/delivery_count.hpp"
#include "actors/rules/post_room.hpp"
#include "actors/rules/reserved_names.hpp"
#include <gtest/gtest.h>

namespace salond::rules {
namespace {

using namespace std::chrono_literals;

const instant start{1h};
constexpr connection_id zoe{1}, paul{2};

TEST(Alarms, AreDueInTheOrderOfTheirTimes) {
  alarms set;
  EXPECT_FALSE(set.any());
  set.set(start + 2s, zoe);
  set.set(start + 1s, paul);
  set.set(start + 3s, zoe);

  EXPECT_EQ(set.take_due(start), std::nullopt);
  EXPECT_EQ(set.take_due(start + 2s), paul);
  EXPECT_EQ(set.take_due(start + 2s), zoe);
  EXPECT_EQ(set.take_due(start + 2s), std::nullopt);
  EXPECT_TRUE(set.any());
}

TEST(PostRoom, ParksWhatFindsNoneUntilPostsAreAnswered) {
  post_room posts;
  EXPECT_FALSE(posts.full(1));
  posts.sent();
  EXPECT_TRUE(posts.full(1));
  EXPECT_FALSE(posts.full(2));
  EXPECT_FALSE(posts.full(0)); // no limit
  posts.park(zoe);
  posts.park(paul);
  EXPECT_EQ(posts.take_parked(1), std::nullopt);

  posts.answered();
  EXPECT_EQ(posts.take_parked(1), zoe); // who waits longest
  posts.sent();
  EXPECT_EQ(posts.take_parked(1), std::nullopt);
  EXPECT_EQ(posts.parked(), 1u);
}

TEST(PostRoom, OwesNothingOnceItsSalonFailed) {
  post_room posts;
  posts.sent();
  posts.sent();
  posts.lost();
  posts.answered(); // of before

  EXPECT_EQ(posts.in_flight(), 0u);
}

TEST(ReservedNames, AreThoseThatLookLikeOne) {
  reserved_names names;
  names.set({"Paul"});
  EXPECT_TRUE(names.has("paul"));
  EXPECT_TRUE(names.has("PauI"));
  EXPECT_FALSE(names.has("zoë"));

  names.set({"zoë"});
  EXPECT_FALSE(names.has("paul"));
  EXPECT_TRUE(names.has("ZOË"));
}

TEST(DeliveryCount, CountsAMessageOnceForEachSubscriber) {
  delivery_count told;
  told.add(2, 10, start);
  told.add(1, 5, start);

  EXPECT_EQ(told.messages(), 3u);
  EXPECT_EQ(told.deliveries(), 25u);
  EXPECT_DOUBLE_EQ(told.messages_a_second(start + 1s), 0.3);
  EXPECT_DOUBLE_EQ(told.deliveries_a_second(start + 1s), 2.5);
}

} // namespace
} // namespace salond::rules
