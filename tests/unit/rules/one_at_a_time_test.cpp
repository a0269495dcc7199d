#include "actors/rules/one_at_a_time.hpp"
#include <gtest/gtest.h>
#include <string>

namespace salond {
namespace {

TEST(OneAtATime, BeginsTheNextWhenTheLastIsOver) {
  rules::one_at_a_time line;
  std::string begun;
  for (const char name : {'a', 'b', 'c'})
    line.put([&, name] { begun += name; });
  EXPECT_EQ(begun, "a");
  line.over();
  EXPECT_EQ(begun, "ab");
  line.over();
  line.over();
  EXPECT_EQ(begun, "abc");

  line.put([&] { begun += 'd'; });
  EXPECT_EQ(begun, "abcd") << "nothing is before it";
}

TEST(OneAtATime, TakesWhatIsOverAtOnceAndWhatPutsMore) {
  rules::one_at_a_time line;
  std::string begun;
  line.put([&] {
    begun += 'a';
    line.put([&] {
      begun += 'b';
      line.over();
    });
    line.over();
  });
  line.put([&] { begun += 'c'; });

  EXPECT_EQ(begun, "abc");
}

} // namespace
} // namespace salond
