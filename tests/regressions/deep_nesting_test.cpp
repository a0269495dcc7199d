// Lists and objects in each other, a hundred thousand deep. A configuration of 200 KB like that took 1.9 GB, since each
// level kept its whole path, and one of 1 MB, which is allowed, would have taken all memory; `reload` stood still
// meanwhile, and with it all that operators ask. A name of 500 KB was told again with each name that stood twice in it.
// Now nothing is read that is deeper than a value can be, and a path is told with so much of a name as tells which it
// is. Accounts to import: the same; and backups, see backup_format_test.
#include "config/load.hpp"
#include "protocol/accounts/account_file.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string repeated(const std::string& part, size_t times) {
  std::string text;
  for (size_t at = 0; at < times; ++at)
    text += part;
  return text;
}

std::vector<std::string> faults_of(const std::string& text) {
  std::vector<std::string> told;
  for (const auto& fault : config::load(text).faults)
    told.push_back(fault.to_string());
  return told;
}

constexpr size_t deep = 5000; // so many took 146 MB

TEST(DeepNesting, OfAConfigurationIsAFault) {
  const auto value = R"({"limits":{"connections":)" + repeated("[", deep) + repeated("]", deep) + "}}";
  for (const auto& text : {repeated(R"({"limits":)", deep), repeated("[", deep), value})
    EXPECT_THAT(faults_of(text), ElementsAre(HasSubstr("more than eight deep")));

  EXPECT_THAT(faults_of(R"({"limits":{"connections":[[[[[[1]]]]]]}})"),
              ElementsAre(HasSubstr("limits.connections: must be a whole number")));
  EXPECT_THAT(faults_of(R"({"limits":{"connections":[[[[[[[1]]]]]]]}})"), ElementsAre(HasSubstr("eight deep")));
}

TEST(DeepNesting, OfLongNamesIsToldInShort) {
  const auto name = std::string(100'000, 'x');
  const auto faults =
      faults_of("{\"" + name + "\":{" + repeated("\"a\":1,", 999) + "\"" + name + "\":1,\"" + name + "\":1}}");

  ASSERT_EQ(faults.size(), 1000u); // 998 of a, one of the long name in it, and that it is unknown
  for (size_t at = 0; at + 1 < faults.size(); ++at)
    ASSERT_LT(faults[at].size(), 300u);
}

TEST(DeepNesting, OfAnAccountToImportIsAFaultOfItsLine) {
  const std::string good = "{\"username\":\"zoë\",\"password\":\"x\"}\n";

  const auto read = read_accounts(good + repeated("{\"salons\":", deep) + "\n" + good);

  EXPECT_THAT(read.faults.text(), HasSubstr("line 2: lists or objects stand in each other too deep"));
  EXPECT_EQ(read_accounts(good + "{\"username\":\"b\",\"password\":\"x\",\"salons\":[[[\"c\"]]]}\n").faults.text(),
            "line 2: \"salons\" is no list of names");
}

} // namespace
} // namespace salond
