#include "actors/rules/retention.hpp"
#include <gtest/gtest.h>

namespace salond::rules {

using namespace std::chrono_literals;

constexpr moment noon{std::chrono::milliseconds{1'800'000'000'000}};

TEST(Retention, APieceThatTookLongMakesTheNextOneSmaller) {
  piece_size size;
  const auto first = size.now();

  size.took(21ms);
  EXPECT_EQ(size.now(), first / 2);
  size.took(15ms);
  EXPECT_EQ(size.now(), first / 2) << "neither long nor short";
  for (int piece = 0; piece < 20; ++piece)
    size.took(1s);
  EXPECT_EQ(size.now(), piece_size::least);
  for (int piece = 0; piece < 20; ++piece)
    size.took(1ms);
  EXPECT_EQ(size.now(), piece_size::most);
}

TEST(Retention, OthersHaveAsMuchTimeAsAPieceTook) {
  EXPECT_EQ(pause_after(30ms), 30ms);
  EXPECT_EQ(pause_after(0ms), 2ms);
  EXPECT_EQ(pause_after(1h), 1s);
}

TEST(Retention, AClockThatWasSetAheadIsNotBelievedForAnHour) {
  trusted_clock clock;
  const instant start{1000h};
  EXPECT_TRUE(clock.look(noon, start));
  EXPECT_TRUE(clock.look(noon + 10min, start + 10min));
  EXPECT_TRUE(clock.look(noon + 11min + 30min, start + 11min)) << "half an hour is no jump";
  EXPECT_FALSE(clock.take_jump());

  EXPECT_FALSE(clock.look(noon + 24h * 365, start + 12min));
  EXPECT_TRUE(clock.take_jump());
  EXPECT_FALSE(clock.take_jump()) << "said once";
  EXPECT_FALSE(clock.look(noon + 24h * 365 + 59min, start + 12min + 59min));
  EXPECT_TRUE(clock.look(noon + 24h * 365 + 60min, start + 12min + 60min));
}

TEST(Retention, AClockIsComparedWithWhatItShowedWhenItWasLastBelieved) {
  const instant start{1000h};
  trusted_clock on_time, late;
  on_time.begin(noon, start);
  EXPECT_TRUE(on_time.look(noon + 59min, start + 1min));

  late.begin(noon, start);
  EXPECT_FALSE(late.look(noon + 2h, start + 1min));
  EXPECT_TRUE(late.take_jump());
  EXPECT_TRUE(late.look(noon + 3h, start + 61min));
}

TEST(Retention, AClockThatWasSetBackDoesNoHarm) {
  trusted_clock clock;
  const instant start{1000h};
  EXPECT_TRUE(clock.look(noon, start));

  EXPECT_TRUE(clock.look(noon - 24h * 365, start + 1min));

  EXPECT_FALSE(clock.look(noon, start + 2min)) << "and ahead again";
}

TEST(Retention, ASalonIsItsHomesAndWithoutOneTheOldestRuns) {
  EXPECT_TRUE(is_ours(7, 7, {5, 7, 9}));
  EXPECT_FALSE(is_ours(7, 5, {5, 7, 9}));
  EXPECT_TRUE(is_ours(6, 5, {5, 7, 9})) << "its home is gone";
  EXPECT_FALSE(is_ours(6, 7, {5, 7, 9}));
  EXPECT_TRUE(is_ours(0, 5, {9, 5, 7})) << "it has none";
  EXPECT_TRUE(is_ours(0, 5, {})) << "nobody was seen yet";
}

TEST(Retention, DaysAreCountedBackFromNow) {
  EXPECT_EQ(too_old(0, noon), std::nullopt);
  EXPECT_EQ(too_old(1, noon), noon - 24h);
  EXPECT_EQ(too_old(36500, noon), noon - 24h * 36500);
  EXPECT_EQ(too_old(-5, noon), std::nullopt) << "of a backup that somebody made by hand";
  EXPECT_EQ(too_old(36501, noon), std::nullopt);
  EXPECT_EQ(too_old(int64_t{1} << 62, noon), std::nullopt);
}

} // namespace salond::rules
