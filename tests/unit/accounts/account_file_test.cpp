#include "protocol/accounts/account_file.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string sha256(64, 'a');
const std::string argon2 = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g";

std::string faults(const std::string& text) {
  return read_accounts(text).faults.text();
}

TEST(AccountFile, IsCsvWithNamedColumnsInAnyOrder) {
  const auto read = read_accounts("salons,hash,username,alias,password\r\n"
                                  "Blabla:Marketing,"
                                  + sha256
                                  + ",zoë,\"Zoé, la vraie\",\r\n"
                                    ",,paul,,\"se\"\"cret\"\r\n");

  ASSERT_THAT(read.faults.text(), "");
  ASSERT_EQ(read.accounts.size(), 2u);
  EXPECT_EQ(read.accounts[0].line, 2u);
  EXPECT_EQ(read.accounts[0].username, "zoë");
  EXPECT_EQ(read.accounts[0].alias, "Zoé, la vraie");
  EXPECT_EQ(read.accounts[0].alias_key, "zoé, la vraie");
  EXPECT_EQ(read.accounts[0].hash, sha256);
  EXPECT_THAT(read.accounts[0].salons, ElementsAre("Blabla", "Marketing"));
  EXPECT_EQ(read.accounts[1].alias, "paul");
  EXPECT_EQ(read.accounts[1].password, "se\"cret");
  EXPECT_THAT(read.accounts[1].salons, IsEmpty());
}

TEST(AccountFile, SaysThatAHashOfArgon2idNeedsQuotes) {
  EXPECT_THAT(faults("username,hash\nzoë," + argon2 + "\n"),
              testing::AllOf(HasSubstr("line 2: there are 4 fields, and 2 columns"), HasSubstr("double quotes")));
  EXPECT_EQ(faults("username,hash\nzoë,\"" + argon2 + "\"\n"), "");
}

TEST(AccountFile, IsJsonLines) {
  const auto read = read_accounts("{\"username\":\"zoë\",\"hash\":\"" + argon2
                                  + "\",\"salons\":[\"Blabla\"]}\n\n"
                                    "{\"username\":\"paul\",\"alias\":\"P\",\"password\":\"é\",\"hash\":null}");

  ASSERT_EQ(read.faults.text(), "");
  ASSERT_EQ(read.accounts.size(), 2u);
  EXPECT_EQ(read.accounts[0].hash, argon2);
  EXPECT_THAT(read.accounts[0].salons, ElementsAre("Blabla"));
  EXPECT_EQ(read.accounts[1].line, 3u);
  EXPECT_EQ(read.accounts[1].alias, "P");
}

TEST(AccountFile, MayBeginWithAByteOrderMark) {
  EXPECT_EQ(read_accounts("\xEF\xBB\xBFusername,password\nzoë,x\n").accounts.size(), 1u);
}

TEST(AccountFile, HasAllItsFaultsNamedByLine) {
  EXPECT_EQ(faults("username,password,hash\n"
                   "zoë,x,\n"
                   "ZOË,x,\n"
                   ",x,\n"
                   "a:b,x,\n"
                   "Admin,x,\n"
                   "b,,\n"
                   "c,x,y\n"
                   "d,,ABC\n"
                   "e,x\n"
                   "f,\"x\n"),
            "line 3: the username \"ZOË\" stands in line 2 already\n"
            "line 3: the alias \"ZOË\" stands in line 2 already\n"
            "line 4: there is no username\n"
            "line 5: the username \"a:b\" is none that can be given\n"
            "line 6: the username \"Admin\" is reserved\n"
            "line 7: there is neither a password nor a hash\n"
            "line 8: there are a password and a hash; give one\n"
            "line 9: the hash is neither Argon2id in PHC form (at most 1 GiB, 64 passes, 2 GiB in all passes) nor 64 "
            "lower-case hexadecimal "
            "digits\n"
            "line 10: there are 2 fields, and 3 columns\n"
            "line 11: a quote is not closed");
}

TEST(AccountFile, HasNoFaultMoreThanItNames) {
  std::string text = "username,password\n";
  for (int i = 0; i < 250; ++i)
    text += "same,x\n";

  const auto said = faults(text);

  EXPECT_THAT(said, HasSubstr("line 3: "));
  EXPECT_THAT(said, testing::EndsWith("\nand 398 more"));
  EXPECT_LT(said.size(), 40'000u);
}

TEST(AccountFile, MustNameItsColumns) {
  EXPECT_THAT(faults(""), HasSubstr("line 1: the first line names the columns"));
  EXPECT_THAT(faults("zoë,secret\n"), AllOf(HasSubstr("the first line names the columns"), Not(HasSubstr("secret"))));
  EXPECT_THAT(faults("username,role\n"), HasSubstr("\"role\" is no column"));
  EXPECT_THAT(faults("alias,password\n"), HasSubstr("names the columns"));
  EXPECT_THAT(faults("username,username\n"), HasSubstr("stands twice"));
  EXPECT_THAT(faults("username,password\n"), HasSubstr("no account"));
}

TEST(AccountFile, RefusesWhatIsNoAccountInJson) {
  EXPECT_EQ(faults("{\"username\":\"a\",\"password\":\"x\"}\n{\n[]\n{\"username\":1}\n{\"role\":\"x\"}\n{\"salons\":"
                   "\"x\"}\n{\"salons\":[1]}"),
            "line 2: it is no JSON object\n"
            "line 3: it is no JSON object\n"
            "line 4: \"username\" is no text\n"
            "line 5: \"role\" is no member of an account: username, alias, password, hash, salons\n"
            "line 6: \"salons\" is no list of names\n"
            "line 7: \"salons\" is no list of names");
  EXPECT_THAT(faults("{\"username\":\"a\\u0000b\",\"password\":\"x\"}"), HasSubstr("none that can be given"));
  EXPECT_THAT(faults("{" + std::string(200'000, '[')), HasSubstr("no JSON object"));
  EXPECT_THAT(faults("{\"username\":\"" + std::string(1'000'000, 'x') + "\",\"password\":\"x\"}"), HasSubstr("…"));
}

TEST(AccountFile, BoundsPasswords) {
  EXPECT_EQ(faults("username,password\na," + std::string(1024, 'x')), "");
  EXPECT_THAT(faults("username,password\na," + std::string(1025, 'x')), HasSubstr("1,024 bytes"));
  EXPECT_THAT(faults("username,password\na,\xFF"), HasSubstr("UTF-8"));
}

TEST(PasswordHash, IsArgon2idOrAnOldOne) {
  for (const auto& good :
       {argon2, sha256, std::string("$argon2id$v=19$m=1048576,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=8,t=1,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")})
    EXPECT_TRUE(is_password_hash(good)) << good;
  for (const auto& bad :
       {std::string(), std::string(64, 'A'), std::string(63, 'a'), std::string(65, 'a'), argon2 + "=", argon2 + "\n",
        argon2.substr(0, 40), std::string("$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=1048577,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=4294967296,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=-8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=08,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=1048576,t=3,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"), // seconds
        std::string("$argon2id$v=19$m=8,t=65,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=8,t=1,p=1$c2F$aGFzaGhhc2hoYXNoaGFzaA"),
        std::string("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + std::string(100, 'a')), std::string("$2b$12$abc")})
    EXPECT_FALSE(is_password_hash(bad)) << bad;
}

} // namespace
