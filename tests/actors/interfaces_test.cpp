// What actors hear, as it is written down: every message has its sentence, and the table of docs/architecture.md says
// what the types say.
#include "actors/admin/call.hpp"
#include "actors/cluster/news_reader.hpp"
#include "actors/interfaces/asking.hpp"
#include "actors/interfaces/certificates.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/indexer.hpp"
#include "actors/interfaces/links.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/placements.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/salon.hpp"
#include "actors/interfaces/server.hpp"
#include "tests/support/signatures.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <map>

namespace salond {
namespace {

using support::names_heard;
using testing::IsEmpty;

const std::filesystem::path source_folder{SALOND_SOURCE_FOLDER};

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  EXPECT_TRUE(in) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> split(const std::string& text, const std::string& separators) {
  std::vector<std::string> parts;
  for (size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find_first_of(separators, from), text.size());
    const auto first = text.find_first_not_of(' ', from);
    if (first < end)
      parts.push_back(text.substr(first, text.find_last_not_of(' ', end - 1) + 1 - first));
    from = end + 1;
  }
  return parts;
}

/// What the table of the actors says that each hears, by the actor's name.
std::map<std::string, std::set<std::string>> hears_column() {
  std::map<std::string, std::set<std::string>> column;
  bool in_table = false;
  for (const auto& line : lines_of(source_folder / "docs/architecture.md")) {
    if (line.rfind("| actor | how many; where it runs | state | hears |", 0) == 0)
      in_table = true;
    else if (line.empty())
      in_table = false;
    else if (const auto cells = split(line, "|"); in_table && cells.size() > 3)
      for (const auto& message : split(cells[3], ",;:"))
        column[cells[0]].insert(message);
  }
  return column;
}

TEST(Interfaces, TheTableOfTheArchitectureSaysWhatEachActorHears) {
  auto column = hears_column();
  for (const auto& [actor, heard] : std::map<std::string, std::set<std::string>>{
           {"`server`", names_heard<server_actor>()},
           {"`relay`", names_heard<relay_actor>()},
           {"`salon`", names_heard<salon_actor>()},
           {"`host`", names_heard<host_actor>()},
           {"`directory`", names_heard<directory_actor>()},
           {"`bans`", names_heard<bans_actor>()},
           {"`admin`", names_heard<admin_core>()},
           {"`passwords`", names_heard<passwords_actor>()},
           {"`indexer`", names_heard<indexer_actor>()},
           {"`persistence`", names_heard<store_actor>()},
           {"`links`", names_heard<links_actor>()},
           {"`news`", names_heard<news_actor>()},
           {"`placements`", names_heard<placements_actor>()},
           {"`asking`", names_heard<asking_actor>()},
           {"`certificates`", names_heard<certificates_actor>()},
       }) {
    auto& written = column[actor];
    written.erase("of itself");
    EXPECT_EQ(written, heard) << actor;
  }
}

/// The lines above which a sentence is missing.
std::vector<std::string> without_sentence(const std::filesystem::path& file) {
  std::vector<std::string> found;
  std::string above;
  for (const auto& line : lines_of(file)) {
    const bool needs_one = line.find("caf::reacts_to<") != line.npos || line.find("caf::replies_to<") != line.npos
                           || line.rfind("struct ", 0) == 0;
    if (needs_one && above.find("//") == above.npos)
      found.push_back(file.filename().string() + ": " + line);
    above = line;
  }
  return found;
}

TEST(Interfaces, EveryMessageHasASentence) {
  size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator{source_folder / "actors/interfaces"}) {
    if (file.path().extension() != ".hpp")
      continue;
    ++files;
    EXPECT_THAT(without_sentence(file), IsEmpty());
  }
  EXPECT_GT(files, 8u);
  EXPECT_THAT(without_sentence(source_folder / "actors/admin/messages.hpp"), IsEmpty());
}

} // namespace
} // namespace salond
