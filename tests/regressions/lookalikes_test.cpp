// A stranger could register a name that looks like an administrator's or like somebody else's (`аdmin` with a Cyrillic
// letter, `PauI` with a capital i), and INSCRIPTION, RESUME or the holder of a certificate through an operator or an
// import.
// Right: what looks like a name of the server itself is reserved everywhere, and what looks like an existing username
// is refused for new ones, by the skeletons of UTS 39. The stores' part of it is lookalikes_stores_test.cpp.
#include "protocol/accounts/account_file.hpp"
#include "protocol/words/lookalikes.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::HasSubstr;

bool alike(const char* a, const char* b) {
  return look_alike(skeletons_of(a), skeletons_of(b));
}

TEST(Lookalikes, AreToldByWhatPeopleSee) {
  const std::pair<const char*, const char*> table[] = {{"paul", "р\u0430ul"},
                                                       {"Paul", "PauI"},
                                                       {"paul", "pau1"},
                                                       {"Isabelle", "lsabelle"},
                                                       {"Isabelle", "іsabelle"},
                                                       {"root", "r00t"},
                                                       {"Marc", "rnarc"},
                                                       {"marc", "Rnarc"},
                                                       {"Zoé", "Zо\u00E9"},
                                                       {"ОЛЕГ", "OЛЕГ"},
                                                       {"jean paul", "jean  paul"},
                                                       {"scope", "ѕсоре"},
                                                       {"ΑΒΕ", "ABE"},
                                                       {"max", "mɑx"}};
  for (const auto& [a, b] : table) {
    EXPECT_TRUE(alike(a, b)) << a << " " << b;
    EXPECT_TRUE(alike(b, a)) << b << " " << a;
  }
}

TEST(Lookalikes, AreNotNamesThatPeopleTellApart) {
  const std::pair<const char*, const char*> table[] = {{"Elia", "Ella"},  {"Neil", "Nell"}, {"Zoé", "Zoe"},
                                                       {"u1", "u2"},      {"u10", "u100"},  {"paul", "paula"},
                                                       {"Ольга", "Олег"}, {"admin", "adm"}, {"Zoé", "Zoé2"}};
  for (const auto& [a, b] : table)
    EXPECT_FALSE(alike(a, b)) << a << " " << b;
}

TEST(Lookalikes, OfTheServersOwnNamesAreReserved) {
  for (const auto* name :
       {"admin", "ADMIN",       "Admin",       "\u0430dmin",  "аdmіn",  "ADMlN",  "AdmIn", "ａｄｍｉｎ",
        "ΑDMIN", "server",      "ѕеrvеr",      "Server",      "local",  "LOCAL",  "1ocal", "Iocal",
        "l0cal", "INSCRIPTION", "inscription", "lNSCRIPTION", "RESUME", "resume", "Rеsume"})
    EXPECT_TRUE(is_reserved(name)) << name;
  for (const auto* name : {"administrator", "admina", "zoe", "servers", "locale", "résumé", "inscriptions", "paul"})
    EXPECT_FALSE(is_reserved(name)) << name;
}

TEST(Lookalikes, OfALongNameAreToldByItsBeginning) {
  const std::string old(2000, 'm');
  EXPECT_LE(skeletons_of(old).folded.size(), 255u);
  EXPECT_LE(skeletons_of(old).spelled.size(), 255u);
  EXPECT_EQ(skeletons_of("").spelled, "");
}

TEST(Imports, RefuseReservedNamesAndThoseThatLookAlikeWithinTheFile) {
  const auto file =
      read_accounts("username,password\nINSCRIPTION,x\nmax,x\npaul,x\np\u0430ul,x\nLocal,x\nzoe,x\nZOE,x\n");
  EXPECT_THAT(file.faults.text(), HasSubstr("line 2: the username \"INSCRIPTION\" is reserved"));
  EXPECT_THAT(file.faults.text(), HasSubstr("line 5: the username \"p\u0430ul\" looks like that of line 4"));
  EXPECT_THAT(file.faults.text(), HasSubstr("line 6: the username \"Local\" is reserved"));
  EXPECT_THAT(file.faults.text(), HasSubstr("line 8: the username \"ZOE\" stands in line 7 already"));
  EXPECT_THAT(file.faults.text(), HasSubstr("line 8: the alias \"ZOE\" stands in line 7 already"));
  EXPECT_EQ(file.faults.count(), 5u) << file.faults.text();
}

} // namespace
} // namespace salond
