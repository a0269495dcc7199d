// What other threads hand to the loop: it used to be taken one piece a turn, so that strangers' answers and timers held
// up everybody's.
#include "actors/io_loop.hpp"
#include "actors/system.hpp"
#include <algorithm>
#include <atomic>
#include <caf/io/all.hpp>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <sched.h>
#include <thread>
#include <vector>

namespace salond {
namespace {

class IoLoop : public testing::Test {
protected:
  caf::io::network::multiplexer& loop() { return system.middleman().backend(); }

  /// Hands `work` over, so many times, in one turn of the loop: that waits for it.
  void hand_over(size_t times, const std::function<void(size_t)>& work) {
    std::promise<void> handed_over;
    loop().post([until = handed_over.get_future().share()] { until.wait(); });
    for (size_t i = 0; i < times; ++i)
      loop().post([work, i] { work(i); });
    handed_over.set_value();
  }
  /// Counts the loop's turns, from now on. Loop's thread.
  void count_turns() {
    ++turns;
    if (!over)
      loop().post([this] { count_turns(); });
  }
  /// Hands so many pieces of work over together. Answers in which turn each was done, from the first one's on.
  std::vector<size_t> hand_over_and_count_turns(size_t times) {
    std::vector<size_t> done_in;
    hand_over(times, [this, &done_in](size_t i) {
      if (i == 0)
        count_turns();
      done_in.push_back(turns);
    });
    settle();
    hand_over(1, [this](size_t) { over = true; });
    settle();
    return done_in;
  }
  /// Waits until the loop has done all that was handed over before.
  void settle() {
    std::promise<void> settled;
    loop().post([&] { settled.set_value(); });
    settled.get_future().wait();
  }

  system_config config;
  caf::actor_system system{config};
  size_t turns = 0; // the loop's
  bool over = false;
};

TEST_F(IoLoop, TakesWhatOtherThreadsHandOverTogether) {
  const auto done_in = hand_over_and_count_turns(io_loop::max_a_turn);

  ASSERT_EQ(done_in.size(), io_loop::max_a_turn);
  EXPECT_LE(done_in.back() - done_in.front(), 2u);
}

TEST_F(IoLoop, LeavesWhatIsTooMuchToTheNextTurns) {
  const auto done_in = hand_over_and_count_turns(10 * io_loop::max_a_turn);

  EXPECT_GE(done_in.back() - done_in.front(), 8u);
}

TEST_F(IoLoop, KeepsTheOrderOfAThread) {
  std::vector<size_t> order;

  hand_over(1000, [&order](size_t i) { order.push_back(i); });
  settle();

  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(IoLoop, LosesNothingOfManyThreads) {
  std::atomic<size_t> done{0};
  std::vector<std::thread> threads;

  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i)
        loop().post([&done] { ++done; });
    });
  for (auto& thread : threads)
    thread.join();
  settle();

  EXPECT_EQ(done, 20000u);
}

// Of the threads of a system, the loop's alone takes a core away when it wakes.
TEST(PreferIoThread, TheOthersAreBatchThreads) {
  int made_by = -1, of_the_loop = -1;
  std::thread starter([&] { // what it does to itself ends with it
    prefer_io_thread();
    system_config config;
    caf::actor_system system{config};
    std::promise<void> asked;
    system.middleman().backend().post([&] {
      of_the_loop = ::sched_getscheduler(0);
      asked.set_value();
    });
    asked.get_future().wait();
    std::thread([&] { made_by = ::sched_getscheduler(0); }).join();
  });
  starter.join();

  EXPECT_EQ(made_by, SCHED_BATCH);
  EXPECT_EQ(of_the_loop, SCHED_OTHER);
}

} // namespace
} // namespace salond
