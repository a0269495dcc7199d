// What was written and may not have come: what counts as delivered, and when.
#include "actors/client/unconfirmed.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const instant start{std::chrono::hours{1}};

outlet::written message(int64_t number) {
  return {{private_id{number}}, {}};
}

TEST(Unconfirmed, CountsAsDeliveredOnceItHasComeAndSomeTimeHasGoneBy) {
  unconfirmed waits;
  waits.add(message(1), 100, start);
  waits.add(message(2), 200, start + std::chrono::milliseconds{1});

  EXPECT_THAT(waits.take(99, start).messages, IsEmpty());
  EXPECT_THAT(waits.take(200, start).messages, ElementsAre(private_id{1})); // the other is too young
  EXPECT_TRUE(waits.any());
  EXPECT_THAT(waits.take(200, instant::max()).messages, ElementsAre(private_id{2}));
  EXPECT_FALSE(waits.any());
}

TEST(Unconfirmed, IsForgottenWhereTheClientBrokeTheConnection) {
  unconfirmed waits;
  waits.add(message(1), 100, start);

  waits.forget();

  EXPECT_FALSE(waits.any());
  EXPECT_THAT(waits.take(100, instant::max()).messages, IsEmpty());
}

TEST(Unconfirmed, IsLookedAtSoonerWhereThereAreMany) {
  unconfirmed waits;
  for (size_t i = 0; i < unconfirmed::max_unseen; ++i) {
    EXPECT_FALSE(waits.many());
    waits.add(message(1), 100, start);
  }

  EXPECT_TRUE(waits.many());
  EXPECT_EQ(waits.take(100, start - std::chrono::milliseconds{1}).messages.size(), unconfirmed::max_unseen);
  EXPECT_FALSE(waits.many());
}

} // namespace
} // namespace salond
