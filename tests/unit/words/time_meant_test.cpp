#include "protocol/words/time_meant.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

const auto now = from_ms(1764417600000); // 2025-11-29T12:00:00Z

TEST(TimeMeant, IsADateATimeOrHowLongAgo) {
  const auto day = from_ms(1764028800000); // 2025-11-25T00:00:00Z
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;

  EXPECT_EQ(time_meant("2025-11-25", now), day);
  EXPECT_EQ(time_meant("2025-11-25T12:30", now), day + hours{12} + minutes{30});
  EXPECT_EQ(time_meant("2025-11-25T12:30Z", now), day + hours{12} + minutes{30});
  EXPECT_EQ(time_meant("2025-11-25T12:30:07", now), day + hours{12} + minutes{30} + seconds{7});
  EXPECT_EQ(time_meant("2025-11-25T12:30:07Z", now), day + hours{12} + minutes{30} + seconds{7});
  EXPECT_EQ(time_meant("2024-02-29", now), from_ms(1709164800000));
  EXPECT_EQ(time_meant("90s", now), now - seconds{90});
  EXPECT_EQ(time_meant("15m", now), now - minutes{15});
  EXPECT_EQ(time_meant("7d", now), now - hours{24 * 7});
}

TEST(DurationMeant, IsANumberAndItsUnit) {
  using namespace std::chrono;
  EXPECT_EQ(duration_meant("90s"), seconds{90});
  EXPECT_EQ(duration_meant("2h"), hours{2});
  EXPECT_EQ(duration_meant("7d"), hours{24 * 7});
  for (const auto* text : {"", "7", "d", "-7d", "7 d", " 7d", "2026-11-25", "1234567890d"})
    EXPECT_EQ(duration_meant(text), std::nullopt) << "'" << text << "'";
}

TEST(TimeMeant, IsNothingThatCouldMeanAnotherTime) {
  for (const auto* text : {"26-11-29",
                           "0026-11-29",
                           "126-11-29",
                           "12026-11-29",
                           "2026-02-31",
                           "2026-02-29",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-1-1",
                           "2026-11-2",
                           " 2026-11-29",
                           "2026-11-29 ",
                           "2026- 1-01",
                           "+2026-11-29",
                           "-026-11-29",
                           "2026-11-29T24:00",
                           "2026-11-29T12:60",
                           "2026-11-29T12:00:60",
                           "2026-11-29T1:00",
                           "2026-11-29T12",
                           "2026-11-29 12:00",
                           "29/11/2026",
                           "yesterday",
                           "",
                           "7",
                           "d",
                           "-7d",
                           " 7d",
                           "7 d",
                           "1234567890d"})
    EXPECT_EQ(time_meant(text, now), std::nullopt) << "'" << text << "'";
}

} // namespace
} // namespace salond
