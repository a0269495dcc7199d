// Whether a node that enters may serve (actors/rules/cluster/entrance.hpp).
#include "actors/rules/cluster/entrance.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::cluster::entrance;
using rules::cluster::node_id;
using verdict = entrance::verdict;
using testing::ElementsAre;
using testing::Pair;

class Entrance : public testing::Test {
protected:
  void round(const std::vector<node_id>& others) { rule.round(others, now += 1s); }

  entrance rule;
  instant now{1h};
  const node_id paris{2}, lyon{3};
};

TEST_F(Entrance, WaitsUntilItKnowsWhoLives) {
  EXPECT_EQ(rule.now(), verdict::waits);
  rule.missed(paris, "refused");
  EXPECT_EQ(rule.now(), verdict::waits);
}

TEST_F(Entrance, ServesWhereNobodyElseLives) {
  round({});
  EXPECT_EQ(rule.now(), verdict::serves);
}

TEST_F(Entrance, ServesOnceTheLastOtherIsLost) {
  round({paris});
  EXPECT_EQ(rule.now(), verdict::waits);
  round({});
  EXPECT_EQ(rule.now(), verdict::serves);
}

TEST_F(Entrance, ServesOnceOneHasReachedItWhateverTheOthersSay) {
  round({paris, lyon});
  for (int n = 0; n < entrance::max_tries; ++n)
    rule.missed(paris, "refused");
  EXPECT_EQ(rule.now(), verdict::waits) << "the other one was not heard";
  rule.reached();
  EXPECT_EQ(rule.now(), verdict::serves);
}

TEST_F(Entrance, IsRefusedWhenAllWhoLiveHaveTriedOften) {
  round({paris, lyon});
  for (int n = 0; n < entrance::max_tries; ++n) {
    rule.missed(paris, "refused");
    EXPECT_EQ(rule.now(), verdict::waits);
  }
  round({paris}); // the other one is lost
  EXPECT_EQ(rule.now(), verdict::refused);
  EXPECT_THAT(rule.misses(), ElementsAre(Pair(paris, "refused")));
}

TEST_F(Entrance, IsRefusedWhenNobodySaysAnything) {
  for (int n = 0; n < entrance::max_seconds; ++n) {
    round({paris});
    ASSERT_EQ(rule.now(), verdict::waits) << n;
  }
  round({paris});
  EXPECT_EQ(rule.now(), verdict::refused);
  EXPECT_THAT(rule.misses(), ElementsAre(Pair(paris, "")));
}

TEST_F(Entrance, CountsSecondsAndNotQuickRounds) {
  for (int n = 0; n < 100; ++n)
    rule.round({paris}, now += 10ms);
  EXPECT_EQ(rule.now(), verdict::waits);
}

} // namespace
