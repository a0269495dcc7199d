// Lists of numbers as bytes, which a damaged database may hold in any state.
#include "persistence/gram_lists.hpp"
#include "persistence/number_list.hpp"
#include <gmock/gmock.h>
#include <limits>
#include <random>

namespace salond::persistence {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

constexpr int64_t far = std::numeric_limits<int64_t>::max();

std::string list_of(const std::vector<int64_t>& numbers, int64_t base) {
  std::string list;
  for (const auto number : numbers) {
    append_number(list, number, base);
    base = number;
  }
  return list;
}

TEST(NumberList, GivesBackWhatWasPutIn) {
  std::mt19937_64 random{4711};
  for (int round = 0; round < 2000; ++round) {
    std::vector<int64_t> numbers;
    const auto base = round % 2 == 0 ? -1 : static_cast<int64_t>(random() >> 4);
    auto last = base;
    for (auto count = random() % 20; count > 0; --count)
      numbers.push_back(last += 1 + static_cast<int64_t>(random() >> (9 + random() % 55)));

    ASSERT_EQ(numbers_in(list_of(numbers, base), base, last + 1), numbers);
  }
}

TEST(NumberList, NeighboursTakeAByteEach) {
  EXPECT_EQ(list_of({5, 6, 7}, 4), "\1\1\1");
  EXPECT_EQ(list_of({132}, 4), "\x80\1");
  EXPECT_THAT(numbers_in("", 4, 9), Optional(IsEmpty()));
  EXPECT_THAT(numbers_in(list_of({0, far - 1}, -1), -1, far), Optional(ElementsAre(0, far - 1)));
}

TEST(NumberList, WhatIsNoListIsSeen) {
  EXPECT_FALSE(numbers_in("\x80", 0, far));                            // ends in the middle
  EXPECT_FALSE(numbers_in(std::string(1, '\0'), 0, far));              // does not rise
  EXPECT_FALSE(numbers_in("\5", 4, 9));                                // at its end
  EXPECT_TRUE(numbers_in("\4", 4, 9));                                 //
  EXPECT_FALSE(numbers_in(std::string(20, '\xFF'), 0, far));           // no number is so long
  EXPECT_FALSE(numbers_in(std::string(8, '\xFF') + "\x7F\1", 7, far)); // beyond the last number
  EXPECT_FALSE(numbers_in(std::string(8, '\xFF') + "\x7F", 0, far));   // at its end
}

TEST(NumberList, AnyBytesAreAListOrNone) {
  std::mt19937_64 random{4711};
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random() % 3 == 0 ? random() % 4 : random());
    const auto base = static_cast<int64_t>(random() >> 2), end = base + 1 + static_cast<int64_t>(random() % 100'000);
    const auto found = numbers_in(bytes, base, end);
    auto last = base;
    for (const auto number : found.value_or(std::vector<int64_t>{})) {
      ASSERT_LT(last, number);
      ASSERT_LT(number, end);
      last = number;
    }
    const auto again = list_of(found.value_or(std::vector<int64_t>{}), base);
    if (found && again.size() == bytes.size()) { // else a number has more bytes than it takes
      ASSERT_EQ(again, bytes);
    }
  }
}

TEST(GramLists, HoldTheMessagesOfEachGram) {
  gram_lists lists(100);
  lists.add({100, {7, 9}});
  lists.add({103, {}});
  lists.add({240, {9}});

  const auto all = lists.take();

  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].of, 7);
  EXPECT_THAT(numbers_in(all[0].messages, 99, 300), Optional(ElementsAre(100)));
  EXPECT_EQ(all[1].of, 9);
  EXPECT_THAT(numbers_in(all[1].messages, 99, 300), Optional(ElementsAre(100, 240)));
  EXPECT_THAT(lists.take(), IsEmpty());
}

} // namespace salond::persistence
