// A JSON object that names a member twice: a parser keeps one of the two, and which one is nobody's choice. In an
// import the last alias, or password, won without a word. Now such a line is a fault, in whatever way the name is
// written.
#include "protocol/accounts/account_file.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::HasSubstr;

std::string faults_of(const std::string& text) {
  return read_accounts(text).faults.text();
}

TEST(MemberNamedTwice, IsAFaultOfItsLine) {
  const std::string good = R"({"username":"zoë","password":"x"})"
                           "\n";

  EXPECT_EQ(faults_of(good), "");
  EXPECT_EQ(faults_of(good + R"({"username":"a","password":"x","alias":"b","alias":"c"})"),
            "line 2: \"alias\" stands twice; remove one");
  EXPECT_THAT(faults_of(good + R"({"username":"a","password":"x","\u0070assword":"x"})"),
              HasSubstr("line 2: \"password\" stands twice"));
  EXPECT_THAT(faults_of(R"({"username":"a","username":"b","password":"x"})"), HasSubstr("line 1: \"username\" stands"));
  EXPECT_THAT(faults_of(R"({"username":"a","password":"x","salons":["Blabla"],"salons":["Marketing"]})"),
              HasSubstr("\"salons\" stands twice"));
  EXPECT_THAT(faults_of(R"({"username":"a","password":"x","alias":null,"alias":"b"})"), HasSubstr("stands twice"));
}

} // namespace
} // namespace salond
