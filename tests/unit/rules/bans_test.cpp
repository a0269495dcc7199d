#include "actors/rules/bans.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using namespace std::chrono_literals;

constexpr moment noon{std::chrono::milliseconds{1'800'000'000'123}};

TEST(Bans, RefuseNobodyAtFirst) {
  EXPECT_EQ(rules::bans{}.refuses("zoë", noon), std::nullopt);
}

TEST(Bans, RefuseWhatTheStoreHolds) {
  const rules::bans out{{{"banned", "Banned", std::nullopt}, {"kicked", "Kicked", noon + 300s}}};

  EXPECT_EQ(out.refuses("banned", noon + 24h), fault::banned);
  EXPECT_EQ(out.refuses("kicked", noon), fault::kicked);
  EXPECT_EQ(out.refuses("somebody", noon), std::nullopt);
}

TEST(Bans, EndAKickWhenItsTimeIsOver) {
  rules::bans out;
  out.add("zoë", noon + 300s);

  EXPECT_EQ(out.refuses("zoë", noon + 299s), fault::kicked);
  EXPECT_EQ(out.refuses("zoë", noon + 300s), std::nullopt);
}

TEST(Bans, KeepABanThroughALaterKick) {
  rules::bans out;
  out.add("zoë", std::nullopt);
  out.add("zoë", noon + 300s);

  EXPECT_EQ(out.refuses("zoë", noon + 24h), fault::banned);
}

TEST(Bans, TurnAKickIntoABanAndAKickIntoALaterOne) {
  rules::bans out;
  out.add("zoë", noon + 300s);
  out.add("zoë", noon + 600s);
  EXPECT_EQ(out.refuses("zoë", noon + 400s), fault::kicked);

  out.add("zoë", std::nullopt);
  EXPECT_EQ(out.refuses("zoë", noon + 24h), fault::banned);
}

TEST(Bans, EndWithAnUnban) {
  rules::bans out;
  out.add("zoë", std::nullopt);
  out.remove("zoë");
  out.remove("nobody");

  EXPECT_EQ(out.refuses("zoë", noon), std::nullopt);
}

TEST(Bans, SweepOnlyKicksThatAreOver) {
  rules::bans out;
  out.add("over", noon);
  out.add("kicked", noon + 1ms);
  out.add("banned", std::nullopt);

  out.sweep(noon);

  EXPECT_EQ(out.size(), 2u);
  EXPECT_EQ(out.refuses("kicked", noon), fault::kicked);
  EXPECT_EQ(out.refuses("banned", noon), fault::banned);
}

} // namespace
} // namespace salond
