// What is done one write after the other, however often it is asked for: marks of private messages, and rounds.
#include "actors/rules/marks.hpp"
#include "actors/rules/rounds.hpp"
#include <gmock/gmock.h>

namespace salond::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr private_id id{1}, two{2}, three{3};
const instant start{std::chrono::hours{1}}, later = start + std::chrono::seconds{1};

TEST(Marks, AreWrittenOneWriteAfterTheOther) {
  marks all;
  EXPECT_THAT(all.begin(start), IsEmpty());
  all.add({id, two});
  EXPECT_THAT(all.begin(start), ElementsAre(id, two));
  all.add({three});
  EXPECT_THAT(all.begin(start), IsEmpty());
  EXPECT_TRUE(all.has(id));
  EXPECT_TRUE(all.has(three));

  all.written();

  EXPECT_FALSE(all.has(id));
  EXPECT_THAT(all.begin(start), ElementsAre(three));
}

TEST(Marks, OfOneWriteAreBounded) {
  marks all;
  std::vector<private_id> many;
  for (int64_t n = 1; n <= 1000; ++n)
    many.push_back(private_id{n});
  all.add(many);

  const auto first = all.begin(start);
  all.written();
  const auto rest = all.begin(start);

  EXPECT_EQ(first, (std::vector<private_id>{many.begin(), many.begin() + 512}));
  EXPECT_EQ(rest, (std::vector<private_id>{many.begin() + 512, many.end()}));
}

TEST(Marks, WaitForTheDatabaseAndAreWrittenThen) {
  marks all;
  all.add({id});
  all.begin(start);

  all.failed(later);
  all.add({two});

  EXPECT_THAT(all.begin(start), IsEmpty());
  EXPECT_THAT(all.begin(later), ElementsAre(id, two));
}

TEST(Marks, AreTriedOneByOneWhereTheyAreRefusedAndGivenUpAlone) {
  marks all;
  all.add({id, two});
  all.begin(start);
  EXPECT_FALSE(all.refused());
  all.add({three});

  EXPECT_THAT(all.begin(start), ElementsAre(id));
  EXPECT_EQ(all.refused(), id);
  EXPECT_THAT(all.begin(start), ElementsAre(two));
  all.written();
  EXPECT_THAT(all.begin(start), ElementsAre(three));
  all.written();
  EXPECT_FALSE(all.has(id)) << "it would be tried for ever";
}

TEST(Marks, AreTriedOneByOneBehindAnOutage) {
  marks all;
  all.add({id, two});
  all.begin(start);
  all.refused();
  all.begin(start);

  all.failed(later);

  EXPECT_THAT(all.begin(later), ElementsAre(id));
}

TEST(Rounds, TakeTogetherWhatIsWantedMeanwhile) {
  rounds all;
  EXPECT_TRUE(all.want({user_id{1}}, start));
  EXPECT_THAT(all.take(), ElementsAre(user_id{1}));
  EXPECT_FALSE(all.want({user_id{3}, user_id{2}}, start));
  EXPECT_FALSE(all.want({user_id{2}}, start));

  EXPECT_TRUE(all.over());
  EXPECT_THAT(all.take(), ElementsAre(user_id{2}, user_id{3}));
  EXPECT_FALSE(all.over());
  EXPECT_TRUE(all.want({user_id{1}}, start));
}

TEST(Rounds, BeginWhenTheirCallerAsksAgainWhereOneCameToNothing) {
  rounds all;
  all.want({user_id{1}}, start);
  all.take();

  all.failed(later);

  EXPECT_FALSE(all.want({user_id{2}}, start));
  EXPECT_TRUE(all.want({user_id{1}}, later));
  EXPECT_THAT(all.take(), ElementsAre(user_id{1}, user_id{2}));
}

TEST(Rounds, AreForEverybodyWhereSomebodyWantedThat) {
  rounds all;
  EXPECT_TRUE(all.want({}, start));
  EXPECT_THAT(all.take(), IsEmpty());
  all.want({user_id{1}}, start);
  all.want({}, start);

  EXPECT_TRUE(all.over());
  EXPECT_THAT(all.take(), IsEmpty());
  EXPECT_FALSE(all.over());
}

} // namespace
} // namespace salond::rules
