// What a session is told of what waited for its user: piece by piece, in order, each once, whatever comes meanwhile.
#include "actors/rules/backlog.hpp"
#include "tests/support/effects_text.hpp"
#include <gmock/gmock.h>

namespace salond::rules {
namespace {

using support::lines;
using testing::ElementsAre;
using testing::IsEmpty;

private_message message(int64_t id, int64_t at = 0) {
  return {private_id{id}, "paul", std::to_string(id), from_ms(at)};
}

lines texts(const backlog::piece& of) {
  lines result;
  for (const auto& event : of.events)
    result.push_back(support::text_of(event));
  return result;
}

lines told(std::initializer_list<int> ids) {
  lines result;
  for (const auto id : ids)
    result.push_back("said_privately(paul, " + std::to_string(id) + ")");
  return result;
}

TEST(Backlog, IsOverAtOnceWhereNothingWaits) {
  backlog waits;
  EXPECT_FALSE(waits.over());

  const auto piece = waits.begin("zoë", {}, {}, {});

  EXPECT_THAT(piece.events, IsEmpty());
  EXPECT_FALSE(piece.more);
  EXPECT_TRUE(waits.over());
  EXPECT_TRUE(waits.mark_told(private_id{1}));
}

TEST(Backlog, AsksForTheRestInPiecesThatFit) {
  backlog waits;
  EXPECT_TRUE(waits.begin("zoë", {message(1)}, {{2, 40000}, {3, 40000}, {4, 20000}, {5, 200000}}, {}).more);

  EXPECT_THAT(waits.next(), ElementsAre(private_id{2}));
  EXPECT_EQ(texts(waits.go_on({message(2)})), told({2}));
  EXPECT_THAT(waits.next(), ElementsAre(private_id{3}, private_id{4}));
  EXPECT_TRUE(waits.go_on({message(3), message(4)}).more);
  EXPECT_THAT(waits.next(), ElementsAre(private_id{5})); // a piece holds one, whatever it weighs
  EXPECT_FALSE(waits.go_on({message(5)}).more);
  EXPECT_TRUE(waits.over());
  for (int64_t number = 1; number <= 5; ++number)
    EXPECT_FALSE(waits.mark_told(private_id{number})) << number;
}

TEST(Backlog, AsksOnceForWhatIsGoneMeanwhile) {
  backlog waits;
  waits.begin("zoë", {message(1)}, {{2, 1}}, {});
  waits.next();
  EXPECT_TRUE(waits.note({2, 1}));

  EXPECT_FALSE(waits.go_on({}).more) << "it went with its author";
  EXPECT_TRUE(waits.over());
}

TEST(Backlog, ReadsWhatCameMeanwhileBehindWhatWaited) {
  backlog waits;
  waits.begin("zoë", {message(1)}, {{2, 1}}, {});
  waits.next();
  waits.note({7, 1});
  waits.note({9, 70000});

  EXPECT_TRUE(waits.go_on({message(2)}).more);
  EXPECT_THAT(waits.next(), ElementsAre(private_id{7}));
  EXPECT_TRUE(waits.go_on({message(7)}).more);
  EXPECT_THAT(waits.next(), ElementsAre(private_id{9}));
  waits.note({10, 1});
  EXPECT_TRUE(waits.go_on({message(9)}).more);
  EXPECT_THAT(waits.next(), ElementsAre(private_id{10}));
  EXPECT_FALSE(waits.go_on({message(10)}).more);
}

TEST(Backlog, ReadsAnewFromWhatWasToldBeforeTheSnapshotCame) {
  backlog waits;
  waits.note({3, 1}); // another connection had it, so that the snapshot lacks it
  waits.note({5, 1});

  const auto piece = waits.begin("zoë", {message(1), message(4)}, {{5, 1}, {6, 1}}, {});

  EXPECT_EQ(texts(piece), told({1}));
  EXPECT_THAT(waits.next(), ElementsAre(private_id{3}, private_id{4}, private_id{5}, private_id{6}));
  EXPECT_EQ(texts(waits.go_on({message(3), message(4), message(5), message(6)})), told({3, 4, 5, 6}));
  EXPECT_TRUE(waits.over());
}

TEST(Backlog, ReadsALowerNumberThatWasCommittedLater) {
  backlog waits;
  waits.begin("zoë", {message(1), message(8)}, {{9, 1}}, {});
  waits.next();
  waits.note({4, 1}); // of another node

  EXPECT_TRUE(waits.go_on({message(9)}).more);
  EXPECT_THAT(waits.next(), ElementsAre(private_id{4}));
  EXPECT_FALSE(waits.go_on({message(4)}).more);
  EXPECT_TRUE(waits.mark_told(private_id{3})) << "and once all is told, too";
  EXPECT_FALSE(waits.mark_told(private_id{3}));
}

TEST(Backlog, RemembersMoreThanAMailboxHoldsAndNotAllForEver) {
  backlog waits;
  waits.begin("zoë", {}, {}, {});
  for (int64_t number = 1; number <= 1025; ++number)
    EXPECT_TRUE(waits.mark_told(private_id{number}));

  EXPECT_FALSE(waits.mark_told(private_id{1025}));
  EXPECT_FALSE(waits.mark_told(private_id{2}));
  EXPECT_TRUE(waits.mark_told(private_id{1}));
}

TEST(Backlog, SaysWhereTooMuchComesMeanwhile) {
  backlog waits;
  for (int64_t number = 1; number <= 4096; ++number)
    ASSERT_TRUE(waits.note({number, 1}));

  EXPECT_FALSE(waits.note({4097, 1}));
}

TEST(Backlog, PutsDecisionsAmongTheTextsByTheirTime) {
  const decided_request early{salon_id{1}, "Général", true, from_ms(5)};
  const decided_request middle{salon_id{2}, "Blabla", false, from_ms(25)};
  const decided_request late{salon_id{3}, "Marketing", false, from_ms(90)};
  backlog waits;

  const auto first = waits.begin("zoë", {message(1, 10)}, {{2, 1}}, {early, middle, late});

  EXPECT_THAT(texts(first), ElementsAre("joined(Général, zoë)", "said_privately(paul, 1)"));
  EXPECT_EQ(first.decided.size(), 1u);
  waits.next();
  const auto second = waits.go_on({message(2, 30)});
  EXPECT_THAT(texts(second),
              ElementsAre("request_refused(Blabla)", "said_privately(paul, 2)", "request_refused(Marketing)"));
  EXPECT_EQ(second.decided.size(), 2u);
  EXPECT_FALSE(second.more);
}

TEST(Backlog, LacksWhatWasStoredSinceTheSessionBeganAndWasNotTold) {
  backlog waits;
  EXPECT_FALSE(waits.lacks(private_id{9})) << "the session has not begun";
  waits.begins_behind(private_id{4});
  waits.begin("zoë", {message(2)}, {}, {});
  waits.mark_told(private_id{6});

  EXPECT_FALSE(waits.lacks(private_id{2}));
  EXPECT_FALSE(waits.lacks(private_id{3})) << "told another connection, before";
  EXPECT_TRUE(waits.lacks(private_id{5}));
  EXPECT_FALSE(waits.lacks(private_id{6}));
}

} // namespace
} // namespace salond::rules
