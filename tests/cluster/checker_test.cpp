// The checker says nothing about a cluster that keeps its promises, and always notices one that does not.
#include "tests/cluster/made_record.hpp"
#include <algorithm>
#include <gmock/gmock.h>
#include <sstream>

namespace salond::faults {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
constexpr int runs = 50; // the same records, as many as such a build makes in the time
#else
constexpr int runs = 1000;
#endif

std::string told(const std::vector<violation>& all) {
  std::string result;
  for (const auto& each : all)
    result += std::string(name_of(each.promise)) + ": " + each.text + "\n";
  return result;
}

TEST(Checker, IsSilentAboutWhatIsRight) {
  for (int seed = 0; seed < runs; ++seed)
    ASSERT_EQ(told(check(made_record(static_cast<uint64_t>(seed)))), "") << "seed " << seed;
}

TEST(Checker, ARecordIsReadAsItWasWritten) {
  const auto record = made_record(1);
  std::ostringstream first, again;
  write_record(first, record);
  std::istringstream in(first.str());
  write_record(again, read_record(in));
  EXPECT_EQ(first.str(), again.str());
  std::istringstream wrong("1\ta\n");
  EXPECT_THROW(read_record(wrong), std::runtime_error);
}

class CheckerFinds : public testing::TestWithParam<int> {};

TEST_P(CheckerFinds, TheMistake) {
  const auto which = static_cast<mistake>(GetParam());
  int planted = 0;
  for (int seed = 0; planted < runs; ++seed) {
    ASSERT_LT(seed, 20 * runs) << "the records have no place for it";
    auto record = made_record(static_cast<uint64_t>(seed));
    randomness random(static_cast<uint64_t>(seed));
    if (!plant(which, record, random))
      continue;
    ++planted;
    const auto found = check(record);
    ASSERT_TRUE(std::any_of(found.begin(), found.end(),
                            [&](const violation& violation) { return violation.promise == broken_by(which); }))
        << name_of(which) << ", seed " << seed << ", found:\n"
        << told(found);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, CheckerFinds, testing::Range(0, mistakes), [](const auto& which) {
  std::string name = name_of(static_cast<mistake>(which.param));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

} // namespace
} // namespace salond::faults
