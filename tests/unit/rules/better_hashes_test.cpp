#include "actors/rules/better_hashes.hpp"
#include <gmock/gmock.h>

namespace salond::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(BetterHashes, AreThoseOfOneOutdatedHashOfOneAccount) {
  better_hashes known;
  known.note(user_id{1}, "old", "first");
  known.note(user_id{1}, "old", "second");
  known.note(user_id{2}, "old", "of another");

  EXPECT_THAT(known.instead_of(user_id{1}, "old"), ElementsAre("first", "second"));
  EXPECT_THAT(known.instead_of(user_id{1}, "older"), IsEmpty());
  EXPECT_THAT(known.instead_of(user_id{3}, "old"), IsEmpty());

  known.note(user_id{1}, "second", "third"); // hashes cost more now
  EXPECT_THAT(known.instead_of(user_id{1}, "old"), IsEmpty());
  EXPECT_THAT(known.instead_of(user_id{1}, "second"), ElementsAre("third"));
}

TEST(BetterHashes, AreTheFirstOfAnAccountAndOfTheLastAccounts) {
  better_hashes known;
  for (size_t n = 0; n < better_hashes::max_of_one + 5; ++n)
    known.note(user_id{1}, "old", std::to_string(n));
  EXPECT_THAT(known.instead_of(user_id{1}, "old"), SizeIs(better_hashes::max_of_one));
  EXPECT_EQ(known.instead_of(user_id{1}, "old").front(), "0");

  for (size_t n = 0; n < better_hashes::max_accounts; ++n)
    known.note(user_id{static_cast<int64_t>(n) + 2}, "old", "better");
  EXPECT_THAT(known.instead_of(user_id{1}, "old"), IsEmpty());
}

} // namespace
} // namespace salond::rules
