#include "actors/rules/hash_queue.hpp"
#include <gmock/gmock.h>
#include <string>

namespace {

using salond::rules::hash_queue;
using salond::rules::urgency;
using testing::ElementsAre;
using queue = hash_queue<std::string>;

/// What is taken until nothing may be, in order; none of it is over.
std::vector<std::string> taken(queue& from) {
  std::vector<std::string> result;
  while (auto next = from.take())
    result.push_back(next->second);
  return result;
}

TEST(HashQueue, TakesTheMostUrgentFirstAndEachKindInOrder) {
  queue waiting{4, 100};
  waiting.put(urgency::new_user, "new");
  waiting.put(urgency::other, "other");
  waiting.put(urgency::import, "import");
  waiting.put(urgency::seldom, "seldom");
  waiting.put(urgency::known, "first");
  waiting.put(urgency::known, "second");

  EXPECT_THAT(taken(waiting), ElementsAre("first", "second", "seldom", "other", "import", "new"));
}

TEST(HashQueue, NewAccountsLeaveAThreadToLogins) {
  queue waiting{2, 100};
  for (const auto* name : {"a", "b", "c"})
    waiting.put(urgency::new_user, name);
  waiting.put(urgency::import, "import");
  EXPECT_THAT(taken(waiting), ElementsAre("import"));
  waiting.put(urgency::other, "login");
  EXPECT_THAT(taken(waiting), ElementsAre("login"));

  waiting.over(urgency::other);
  EXPECT_FALSE(waiting.take());
  waiting.over(urgency::import);
  EXPECT_THAT(taken(waiting), ElementsAre("a"));
}

TEST(HashQueue, WhatIsNotWantedLeavesItAndMakesRoom) {
  queue waiting{1, 100};
  for (size_t n = 0; n < queue::max_registrations; ++n)
    ASSERT_FALSE(waiting.put(urgency::new_user, n % 100 == 7 ? "wanted " + std::to_string(n) : "gone"));
  waiting.put(urgency::other, "gone");
  waiting.put(urgency::other, "login");
  const auto gone = [](const std::string& each) { return each == "gone"; };

  EXPECT_EQ(waiting.take_out(gone).size(), queue::max_registrations - 3 + 1);
  EXPECT_FALSE(waiting.put(urgency::new_user, "last"));
  EXPECT_EQ(waiting.take()->second, "login");
  for (const auto* name : {"wanted 7", "wanted 107", "wanted 207", "last"}) {
    EXPECT_EQ(waiting.take()->second, name);
    waiting.over(urgency::new_user);
  }
}

TEST(HashQueue, ContestedLoginsComeLastAndOneAtATime) {
  queue waiting{2, 100};
  for (size_t n = 0; n < queue::max_contested; ++n)
    ASSERT_FALSE(waiting.put(urgency::contested, "contested"));
  EXPECT_EQ(waiting.put(urgency::contested, "too late"), "too late");
  waiting.put(urgency::new_user, "new");
  EXPECT_THAT(taken(waiting), ElementsAre("new"));
  waiting.put(urgency::other, "login");
  EXPECT_THAT(taken(waiting), ElementsAre("login"));

  waiting.over(urgency::new_user);
  EXPECT_THAT(taken(waiting), ElementsAre("contested"));
  waiting.over(urgency::contested);
  EXPECT_THAT(taken(waiting), ElementsAre("contested"));

  queue wide{16, 100};
  wide.put(urgency::contested, "first");
  wide.put(urgency::contested, "second");
  EXPECT_THAT(taken(wide), ElementsAre("first"));
}

TEST(HashQueue, OneThreadAloneHashesNewAccountsToo) {
  queue waiting{1, 100};
  waiting.put(urgency::new_user, "a");

  EXPECT_THAT(taken(waiting), ElementsAre("a"));
}

TEST(HashQueue, AMoreUrgentLoginTakesThePlaceOfTheLastOfTheLeastUrgent) {
  queue waiting{2, 3};
  EXPECT_FALSE(waiting.put(urgency::other, "other 1"));
  EXPECT_FALSE(waiting.put(urgency::other, "other 2"));
  EXPECT_FALSE(waiting.put(urgency::seldom, "seldom"));

  EXPECT_EQ(waiting.put(urgency::other, "too late"), "too late");
  EXPECT_EQ(waiting.put(urgency::known, "known 1"), "other 2");
  EXPECT_EQ(waiting.put(urgency::seldom, "seldom 2"), "other 1");
  EXPECT_EQ(waiting.put(urgency::seldom, "seldom 3"), "seldom 3");
  EXPECT_EQ(waiting.put(urgency::known, "known 2"), "seldom 2");
  EXPECT_EQ(waiting.put(urgency::known, "known 3"), "seldom");
  EXPECT_EQ(waiting.put(urgency::known, "known 4"), "known 4");
  EXPECT_THAT(taken(waiting), ElementsAre("known 1", "known 2", "known 3"));
}

TEST(HashQueue, RegistrationsHaveABoundOfTheirOwnAndTakeNoLoginsPlace) {
  queue waiting{2, 3};
  for (size_t n = 0; n < queue::max_registrations; ++n)
    EXPECT_FALSE(waiting.put(urgency::new_user, "new"));

  EXPECT_EQ(waiting.put(urgency::new_user, "too many"), "too many");
  EXPECT_FALSE(waiting.put(urgency::import, "import"));
  for (const auto* name : {"a", "b", "c"})
    EXPECT_FALSE(waiting.put(urgency::other, name));
}

TEST(HashQueue, AddressesTakeTurnsAmongWhatIsEquallyUrgent) {
  queue waiting{8, 100};
  for (const auto* name : {"a1", "a2", "a3"})
    waiting.put(urgency::known, name, "192.0.2.1");
  waiting.put(urgency::known, "b1", "192.0.2.2");
  waiting.put(urgency::seldom, "c1", "192.0.2.3");
  waiting.put(urgency::known, "b2", "192.0.2.2");

  EXPECT_THAT(taken(waiting), ElementsAre("a1", "b1", "a2", "b2", "a3", "c1"));
}

TEST(HashQueue, AnAddressThatHasLessWaitingTakesThePlaceOfOneThatHasMost) {
  queue waiting{2, 4};
  for (const auto* name : {"a1", "a2", "a3", "a4"})
    ASSERT_FALSE(waiting.put(urgency::known, name, "192.0.2.1"));
  EXPECT_EQ(waiting.put(urgency::known, "a5", "192.0.2.1"), "a5");
  EXPECT_EQ(waiting.put(urgency::other, "c1", "192.0.2.3"), "c1") << "what is more urgent stays";

  EXPECT_EQ(waiting.put(urgency::known, "b1", "192.0.2.2"), "a4");
  EXPECT_EQ(waiting.put(urgency::known, "b2", "192.0.2.2"), "a3");
  EXPECT_EQ(waiting.put(urgency::known, "b3", "192.0.2.2"), "b3") << "each has its half";
  EXPECT_THAT(taken(waiting), ElementsAre("a1", "b1", "a2", "b2"));

  for (size_t n = 0; n < queue::max_registrations; ++n)
    ASSERT_FALSE(waiting.put(urgency::new_user, "flood", "192.0.2.1"));
  EXPECT_EQ(waiting.put(urgency::new_user, "honest", "192.0.2.2"), "flood");
  EXPECT_EQ(waiting.put(urgency::new_user, "flood", "192.0.2.1"), "flood");
}

// Right passwords cost nobody anything: who has an account of his own could send them for ever, and nobody else's was
// hashed.
TEST(HashQueue, WhateverWaitsHasATurnAfterEightThatWereMoreUrgent) {
  queue waiting{2, 1000};
  for (int n = 0; n < 100; ++n)
    waiting.put(urgency::known, "known", "192.0.2.1");
  waiting.put(urgency::seldom, "seldom", "192.0.2.2");
  waiting.put(urgency::new_user, "new", "192.0.2.3");

  std::vector<std::string> order;
  for (int n = 0; n < 30; ++n) {
    const auto next = waiting.take();
    waiting.over(next->first);
    if (next->second != "known")
      order.push_back(next->second + " at " + std::to_string(n));
  }
  EXPECT_THAT(order, ElementsAre("seldom at 8", "new at 9"));
}

TEST(HashQueue, AnEighthOfTheRoomIsEachUrgencysOwn) {
  queue waiting{2, 16};
  for (int n = 0; n < 16; ++n)
    ASSERT_FALSE(waiting.put(urgency::known, "known " + std::to_string(n), "192.0.2.1"));

  EXPECT_EQ(waiting.put(urgency::other, "other 1", "192.0.2.2"), "known 15");
  EXPECT_EQ(waiting.put(urgency::other, "other 2", "192.0.2.2"), "known 14");
  EXPECT_EQ(waiting.put(urgency::other, "other 3", "192.0.2.2"), "other 3") << "it has its eighth";
  EXPECT_EQ(waiting.put(urgency::known, "too many", "192.0.2.1"), "too many") << "and keeps it";
  EXPECT_EQ(waiting.put(urgency::seldom, "seldom", "192.0.2.3"), "known 13");
}

TEST(HashQueue, HasNoBoundOfLoginsWhereNoneIsSet) {
  queue waiting{2, 0};
  for (int n = 0; n < 5000; ++n)
    ASSERT_FALSE(waiting.put(urgency::other, "login"));
}

} // namespace
