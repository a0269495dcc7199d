// docs/text-protocol.md tells of the commands in the table, and of no others: each in the part where it is allowed, and
// with as many fields as HELP shows.
#include "protocol/commands/client_commands.hpp"
#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <map>

namespace salond {
namespace {

/// What the first column of a part's table shows, by the command's name.
std::map<std::string, std::string> told_of(const std::string& part) {
  std::map<std::string, std::string> result;
  std::ifstream document(SALOND_TEXT_PROTOCOL);
  std::string line;
  while (std::getline(document, line) && line != "## " + part) {
  }
  while (std::getline(document, line) && line.rfind("## ", 0) != 0) {
    if (line.rfind("| `", 0) != 0)
      continue;
    const auto form = line.substr(3, line.find('`', 3) - 3);
    auto name = form.substr(0, form.find_first_of(": "));
    if (std::any_of(name.begin(), name.end(), [](char c) { return c < 'A' || c > 'Z'; }))
      name.clear(); // a login
    result.emplace(name, form);
  }
  return result;
}

template <class Pick>
std::vector<std::string> names_in_table(Pick pick) {
  std::vector<std::string> result;
  for (const auto& row : client_commands())
    if (const char* name = pick(row))
      result.emplace_back(name);
  return result;
}

std::vector<std::string> names_of(const std::map<std::string, std::string>& told) {
  std::vector<std::string> result;
  for (const auto& [name, form] : told)
    result.push_back(name);
  return result;
}

size_t colons(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), ':'));
}

TEST(CommandsInTheDocument, AreThoseOfTheTable) {
  const auto first = told_of("First frame of a connection"), in_session = told_of("In a session");

  EXPECT_THAT(names_of(first), testing::UnorderedElementsAreArray(names_in_table([](const client_command& row) {
                return row.is_allowed_before_login() ? row.name : nullptr;
              })));
  EXPECT_THAT(names_of(in_session), testing::UnorderedElementsAreArray(names_in_table([](const client_command& row) {
                return row.is_allowed_in_session() ? row.name_in_session : nullptr;
              })));
}

TEST(CommandsInTheDocument, HaveTheFieldsThatHelpShows) {
  const auto told = told_of("In a session");
  for (const auto& row : client_commands())
    if (row.help) {
      const std::string help = row.help;
      ASSERT_EQ(told.count(row.name_in_session), 1u) << row.name_in_session;
      EXPECT_EQ(colons(help.substr(0, help.find(" - "))), colons(told.at(row.name_in_session))) << help;
    }
}

TEST(CommandsInTheTable, NeedARightWhereTheDocumentSaysSo) {
  for (const auto& row : client_commands())
    EXPECT_EQ(row.needs.has_value(), row.kind == command::any{command::ban{}}.index()) << row.name;
}

} // namespace
} // namespace salond
