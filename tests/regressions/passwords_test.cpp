// An import took a password with a line end in it, out of a CSV field in quotes as well as out of JSON. A client that
// ends its frames with line ends can never send it, so the account could never log in.
// Right: a fault with its line. So it is wherever a password is given: by an operator, and by a client that ends no
// frames.
#include "protocol/accounts/account_file.hpp"
#include "protocol/words/names.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::HasSubstr;

TEST(NewPasswords, HoldNoLineEnd) {
  for (const auto* text : {"a\nb", "\n", "ab\n", "a\r\nb", "ab\r", "\r", "\xFF", ""})
    EXPECT_FALSE(is_new_password(text)) << text;
  for (const auto* text : {"a", " a b ", "a:b", "pässwörd", "a\tb", "\u2028"})
    EXPECT_TRUE(is_new_password(text)) << text;
}

TEST(NewPasswords, OldOnesMayStillBeTried) {
  EXPECT_TRUE(is_password("a\nb"));
}

TEST(NewPasswords, OfAnImportAreRefusedWithTheirLine) {
  const auto csv = read_accounts("username,password\r\npaul,good\r\nzoe,\"a\nb\"\r\nmax,\"a\rb\"\r\n");
  EXPECT_EQ(csv.faults.count(), 2u);
  EXPECT_THAT(csv.faults.text(), HasSubstr("line 3: a password has 1 to 1,024 bytes, in UTF-8, without a line end"));
  EXPECT_THAT(csv.faults.text(), HasSubstr("line 5: a password"));

  const auto json = read_accounts("{\"username\":\"paul\",\"password\":\"good\"}\n"
                                  "{\"username\":\"zoe\",\"password\":\"a\\nb\"}\n"
                                  "{\"username\":\"max\",\"password\":\"ab\\r\"}\n");
  EXPECT_EQ(json.faults.count(), 2u);
  EXPECT_THAT(json.faults.text(), HasSubstr("line 2: a password"));
  EXPECT_THAT(json.faults.text(), HasSubstr("line 3: a password"));
}

} // namespace
} // namespace salond
