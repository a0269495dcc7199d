// What waits for one peer: written together, in its order, and bounded.
#include "actors/cluster/frame_codec.hpp"
#include "actors/cluster/link_queue.hpp"
#include <gmock/gmock.h>

namespace salond::cluster {
namespace {

using outcome = link_queue::outcome;

frame text_of(int64_t number, size_t size) {
  return {number, post{{1}, {1}, {number}, {}, {1}, std::string(size, 'x')}};
}

/// The numbers of the frames in what was written.
std::vector<int64_t> numbers_in(const std::string& written) {
  frame_reader reader;
  reader.feed(written);
  std::vector<int64_t> result;
  while (reader.next() == frame_reader::outcome::taken)
    result.push_back(reader.taken().number);
  EXPECT_EQ(reader.unread(), 0u);
  return result;
}

} // namespace

TEST(LinkQueue, WritesTheFramesOfATurnTogether) {
  link_queue queue;
  for (int64_t number = 1; number <= 3; ++number)
    EXPECT_EQ(queue.add(text_of(number, 10)), outcome::queued);

  EXPECT_THAT(numbers_in(queue.take()), testing::ElementsAre(1, 2, 3));

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0u);
  EXPECT_EQ(queue.take(), "");
}

TEST(LinkQueue, WritesAtMostSoManyBytesAtOnceAndInOrder) {
  link_queue queue;
  for (int64_t number = 1; number <= 1000; ++number)
    queue.add(text_of(number, 500));
  std::vector<int64_t> all;

  while (!queue.empty()) {
    const auto written = queue.take();
    EXPECT_LE(written.size(), link_queue::write_bytes);
    for (const auto number : numbers_in(written))
      all.push_back(number);
    EXPECT_EQ(queue.written(), all.back());
  }

  ASSERT_EQ(all.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
}

TEST(LinkQueue, WritesAFrameAloneThatIsLonger) {
  link_queue queue;
  queue.add(text_of(1, 10));
  queue.add(text_of(2, 2 * link_queue::write_bytes));
  queue.add(text_of(3, 10));

  EXPECT_THAT(numbers_in(queue.take()), testing::ElementsAre(1));
  EXPECT_THAT(numbers_in(queue.take()), testing::ElementsAre(2));
  EXPECT_THAT(numbers_in(queue.take()), testing::ElementsAre(3));
}

TEST(LinkQueue, DropsAllThatWaitsAboveItsBound) {
  link_queue queue;
  constexpr size_t size = 100'000;
  int64_t number = 0;
  size_t most = 0;

  while (queue.add(text_of(++number, size)) == outcome::queued)
    most = std::max(most, queue.bytes());

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0u);
  EXPECT_LE(most, link_queue::max_bytes);
  EXPECT_GT(most, link_queue::max_bytes - 2 * size);
}

// What strings reserve beyond what is in them counts as well.
TEST(LinkQueue, TakesLittleMoreMemoryThanWhatWaits) {
  for (const size_t size : {10u, 500u, 8000u, 30'000u, 60'000u, 200'000u}) {
    link_queue queue;
    int64_t number = 0;
    while (queue.bytes() + size + 1000 < link_queue::max_bytes)
      ASSERT_EQ(queue.add(text_of(++number, size)), outcome::queued);
    size_t reserved = 0;
    const auto waiting = queue.bytes();

    while (!queue.empty())
      reserved += queue.take().capacity();

    EXPECT_LT(reserved, waiting + waiting / 6 + 2 * link_queue::write_bytes) << size;
  }
}

TEST(LinkQueue, RefusesAFrameThatWouldNotBeRead) {
  link_queue queue;
  queue.add(text_of(1, 10));

  EXPECT_EQ(queue.add(text_of(2, max_frame_bytes)), outcome::too_long);

  EXPECT_THAT(numbers_in(queue.take()), testing::ElementsAre(1));
}

// A ping is not late because much waits; and the number that it says is true where it stands.
TEST(LinkQueue, WritesALinksOwnFrameFirst) {
  link_queue queue;
  for (int64_t number = 1; number <= 300; ++number)
    queue.add(text_of(number, 500));
  const auto before = numbers_in(queue.take()).back();
  EXPECT_EQ(queue.written(), before);
  queue.add_first(ping{queue.written(), true, 1});

  EXPECT_THAT(numbers_in(queue.take()), testing::ElementsAre(0));
  EXPECT_EQ(queue.written(), before);
  EXPECT_EQ(numbers_in(queue.take()).front(), before + 1);
}

TEST(LinkQueue, BoundsALinksOwnFramesToo) {
  link_queue queue;
  auto last = outcome::queued;

  for (int i = 0; i < 100'000 && last == outcome::queued; ++i) {
    last = queue.add_first(pong{i});
    EXPECT_LE(queue.bytes(), link_queue::write_bytes);
  }

  EXPECT_EQ(last, outcome::overflow);
}

TEST(LinkQueue, BeginsANewSessionWithNothing) {
  link_queue queue;
  queue.add(text_of(5, 10));
  queue.take();
  queue.add(text_of(6, 10));
  queue.add_first(pong{1});

  queue.clear();

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0u);
  EXPECT_EQ(queue.written(), 0);
}

} // namespace salond::cluster
