// What waits for a client, as answers to itself and as what others say.
#include "actors/rules/said_bytes.hpp"
#include <gtest/gtest.h>

namespace salond::rules {
namespace {

TEST(SaidBytes, CountsWhatOthersSayAlone) {
  said_bytes said;
  said.answered(1000);
  said.others_said(10);
  said.answered(500);
  said.answered(500);
  said.others_said(20);

  EXPECT_EQ(said.said(), 2030u);
  EXPECT_EQ(said.unsent_of_others(2030), 30u);
  EXPECT_EQ(said.unsent_of_others(1030), 30u); // the first answer is taken
  EXPECT_EQ(said.unsent_of_others(1020), 20u);
  EXPECT_EQ(said.unsent_of_others(520), 20u); // half of the second
  EXPECT_EQ(said.unsent_of_others(5), 5u);
  EXPECT_EQ(said.unsent_of_others(0), 0u);
  said.others_said(7);
  EXPECT_EQ(said.unsent_of_others(7), 7u);
}

TEST(SaidBytes, KnowsWhatIsTaken) {
  said_bytes said;
  said.others_said(100);

  EXPECT_EQ(said.taken(100), 0u);
  EXPECT_EQ(said.taken(40), 60u);
  EXPECT_EQ(said.taken(0), 100u);
  EXPECT_EQ(said.taken(105), 0u); // what seals them adds some
}

TEST(SaidBytes, ForgetsAnswersThatAreTaken) {
  said_bytes said;
  for (int i = 0; i < 100000; ++i) { // never empty: a reader who is always a little behind
    said.answered(100);
    said.others_said(100);
    ASSERT_EQ(said.unsent_of_others(200), 100u);
  }
}

} // namespace
} // namespace salond::rules
