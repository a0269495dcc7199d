#include "actors/rules/cluster/link.hpp"
#include "actors/rules/cluster/posts_in_flight.hpp"
#include "actors/rules/cluster/subscription.hpp"
#include <gtest/gtest.h>

namespace salond::rules::cluster {
namespace {

using namespace std::chrono_literals;
using verdict = subscription::verdict;

constexpr node_id self{1}, peer{2};
constexpr salon_id general{1};

instant at(std::chrono::milliseconds since) {
  return instant{} + 1h + since;
}

batch a_batch(int64_t epoch, int64_t before, std::vector<int64_t> seqs) {
  batch result{general, {epoch}, before, {}, {}};
  for (const auto seq : seqs)
    result.rows.push_back({seq, number_of(peer, seq), {}, "l'été \"x\"; DROP TABLE -- \\", {}});
  return result;
}

/// Attached to epoch 3 after message 5.
subscription a_follower() {
  subscription result{general, 5};
  const auto question = result.ask();
  const auto range = result.answered({general, question.question, {3}, 5, {}, {}});
  result.caught_up(*range);
  return result;
}

TEST(Subscription, ReadsWhatLiesBetweenAndThenWhatCameMeanwhile) {
  subscription salon{general, 5};
  const auto question = salon.ask();
  const auto range = salon.answered({general, question.question, {3}, 7, {}, {}});
  auto meanwhile = a_batch(3, 7, {9});

  ASSERT_TRUE(range);
  EXPECT_EQ(range->after, 5);
  EXPECT_EQ(range->to, 7);
  EXPECT_EQ(salon.hear(meanwhile), verdict::nothing);
  EXPECT_TRUE(salon.caught_up(*range));
  auto kept = salon.kept();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(salon.hear(kept[0]), verdict::tell);
  EXPECT_EQ(salon.told(), 9);
}

TEST(Subscription, LeavesOutWhatWasToldAndAttachesAgainOverAHole) {
  auto salon = a_follower();
  auto partly = a_batch(3, 4, {5, 6}), hole = a_batch(3, 8, {9}), older = a_batch(2, 6, {7}),
       newer = a_batch(4, 6, {7});

  EXPECT_EQ(salon.hear(partly), verdict::tell);
  ASSERT_EQ(partly.rows.size(), 1u);
  EXPECT_EQ(partly.rows[0].seq, 6);
  EXPECT_EQ(salon.hear(hole), verdict::again);
  EXPECT_EQ(salon.hear(older), verdict::nothing);
  EXPECT_EQ(salon.hear(newer), verdict::again);
  EXPECT_EQ(salon.told(), 6);
}

TEST(Subscription, HearsNoAnswerToAnOlderQuestion) {
  subscription salon{general, 5};
  const auto first = salon.ask();
  const auto range = salon.answered({general, first.question, {3}, 7, {}, {}});
  salon.ask();

  EXPECT_FALSE(salon.answered({general, first.question, {3}, 7, {}, {}}));
  EXPECT_FALSE(salon.caught_up(*range));
  EXPECT_EQ(salon.told(), 5);
}

TEST(Subscription, KeepsNoMoreThanItsBoundWhileItReads) {
  subscription salon{general, 5};
  const auto question = salon.ask();
  salon.answered({general, question.question, {3}, 7, {}, {}});
  for (size_t i = 0; i < subscription::max_kept; ++i) {
    auto one = a_batch(3, 7, {8});
    EXPECT_EQ(salon.hear(one), verdict::nothing);
  }
  auto more = a_batch(3, 7, {8});

  EXPECT_EQ(salon.hear(more), verdict::again);
}

posts_in_flight three_posts() {
  posts_in_flight posts;
  for (int64_t i = 1; i <= 3; ++i)
    posts.add({number_of(self, i), {i}, {1}, "x", at(0s), false});
  return posts;
}

TEST(PostsInFlight, AreSentInAChainAndOnce) {
  auto posts = three_posts();

  EXPECT_TRUE(posts.send(general).empty());
  EXPECT_TRUE(posts.attached({general, 1, {3}, 0, {}, {}}).empty());
  const auto sent = posts.send(general);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[0].before, post_number{});
  EXPECT_EQ(sent[2].before, sent[1].number);
  EXPECT_TRUE(posts.send(general).empty());
}

TEST(PostsInFlight, AreSettledByWhatTheHomeHasAndSentAgainOtherwise) {
  auto posts = three_posts();
  posts.attached({general, 1, {3}, 0, {}, {}});
  posts.send(general);
  posts.detach();

  const auto refused = posts.attached({general, 2, {3}, 0, number_of(self, 2), {number_of(self, 2)}});
  const auto sent = posts.send(general);

  ASSERT_EQ(refused.size(), 1u); // taken, no more there, and not stored
  EXPECT_EQ(refused[0].number, number_of(self, 1));
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].number, number_of(self, 3));
}

TEST(PostsInFlight, AreNotSentAgainBehindALaterOneThatIsStored) {
  auto posts = three_posts();
  posts.attached({general, 1, {3}, 0, {}, {}});
  posts.send(general);
  posts.detach();
  EXPECT_TRUE(posts.stored(number_of(self, 2)));

  const auto refused = posts.attached({general, 2, {4}, 9, {}, {}});

  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].number, number_of(self, 1));
  EXPECT_EQ(posts.send(general).size(), 1u);
}

TEST(PostsInFlight, ExpireOnlyIfTheyWereNeverSent) {
  auto posts = three_posts();
  posts.attached({general, 1, {3}, 0, {}, {}});
  posts.send(general);
  posts.detach();
  posts.add({number_of(self, 4), {4}, {1}, "x", at(1s), false});

  EXPECT_TRUE(posts.expire(at(5900ms)).empty());
  const auto refused = posts.expire(at(6s));
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].number, number_of(self, 4));
}

struct two_sides {
  link dialling{self, peer, true}, other{peer, self, false};

  two_sides() {
    other.hear_hello(dialling.dial(), at(0s));
    dialling.hear_welcome(other.control(), at(0s));
  }
};

TEST(Link, TakesEachFrameOfItsSessionOnce) {
  two_sides sides;
  const auto first = sides.dialling.next(), second = sides.dialling.next();

  EXPECT_TRUE(sides.other.takes(second)); // late ones too: who relies on the order looks at it himself
  EXPECT_FALSE(sides.other.takes(second));
  EXPECT_TRUE(sides.other.takes(first));
  EXPECT_FALSE(sides.other.takes(first));
  EXPECT_EQ(sides.other.hear_ping(sides.dialling.control(), sides.dialling.sent(), at(1s)), link::ping::fine);
}

TEST(Link, NoticesAFrameThatNeverCameByTheNextPing) {
  two_sides sides;
  sides.dialling.next();

  EXPECT_EQ(sides.other.hear_ping(sides.dialling.control(), sides.dialling.sent(), at(1s)), link::ping::missing);
}

TEST(Link, TakesNothingOfAnotherSessionOrRun) {
  two_sides sides;
  const auto old = sides.dialling.next();
  const auto hello = sides.dialling.dial();

  EXPECT_TRUE(sides.other.hear_hello(hello, at(1s)));
  EXPECT_FALSE(sides.other.hear_hello(hello, at(1s))); // doubled
  EXPECT_FALSE(sides.other.takes(old));
  EXPECT_FALSE(sides.other.takes({{9}, peer, 2, 1}));
  EXPECT_FALSE(sides.other.takes({self, {9}, 2, 1}));
  EXPECT_EQ(sides.other.hear_ping(old, 0, at(1s)), link::ping::stale);
}

TEST(Link, EndsWithSilence) {
  two_sides sides;

  EXPECT_FALSE(sides.other.silent(at(3s)));
  EXPECT_TRUE(sides.other.silent(at(3001ms)));
  sides.other.end();
  EXPECT_FALSE(sides.other.silent(at(9s)));
  EXPECT_TRUE(sides.dialling.hear_farewell(sides.other.control()));
  EXPECT_FALSE(sides.dialling.up());
}

} // namespace
} // namespace salond::rules::cluster
