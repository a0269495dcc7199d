// What operators were told, or what was done, that was not what they said. Found by reading and by trying:
// - `backup NEW --keep=1` deleted the backup that it had just made where another file's time was later, and files that
//   were no backups at all. Now the new one stays, and what goes begins as a backup does.
// - `--since=26-11-29` was the year 26, `--since=2026-02-31` the third of March: `message delete` deleted all.
// - `log --before=99999999999` never ended, with or without its operator. Now it begins at the newest line.
// - `log --follow` lost its filters in its second round, and `--lines` printed no JSON there.
// - `accept --all` answered done though nothing was accepted; what could not be accepted waited anew.
// - `--limit` was refused or not by how many rows there were, and lists were cut off without a word.
// - A disabled account's operator kept all powers.
// - `log --command` knew the words of the log alone, and no line of `user disable` by the operator's own.
// - `ban NAME --name` deleted the account of that name; `reject NAME --older-than=7d` rejected everybody.
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace salond::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AnyOf;
using testing::ElementsAre;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using words = std::vector<std::string>;

class OperatorsLists : public server_test {
protected:
  json answer(const words& command, const std::string& input = {}) { return answer_of(server_, command, input); }
  ran ctl(const words& command) { return run_salonctl(server_, command); }
  void refused(const words& command, int status, const std::string& why) {
    const auto one = ctl(command);
    EXPECT_EQ(one.status, status) << command.front();
    EXPECT_THAT(one.errors, HasSubstr(why));
  }
  static words column(const json& list, const char* name) {
    words result;
    for (const auto& row : list)
      result.push_back(row.at(name).get<std::string>());
    return result;
  }
  void add_users(const words& names) {
    for (const auto& name : names)
      answer({"user", "add", name}, "secret\n");
  }
  void restart_with(const json& settings) {
    ASSERT_EQ(server_.stop(), 0);
    server_.how.settings = settings;
    server_.start();
  }
  /// Says it, and hears it.
  static void say(support::line_client& who, const std::string& text) {
    who.say("MSG (Général):" + text);
    for (std::string heard; heard.find(text) == std::string::npos;) {
      heard = who.hear();
      ASSERT_NE(heard, support::nothing);
      ASSERT_NE(heard, support::closed);
    }
  }
  void wait_for_registration(const std::string& name) {
    support::line_client client(server_.endpoint());
    client.say("INSCRIPTION:" + name + ":" + name + ":secret");
    ASSERT_EQ(client.hear(), "Inscription en attente d'approbation.");
  }
  static std::string check_of(const json& all, const std::string& about) {
    for (const auto& row : all["checks"])
      if (row["check"] == about)
        return row["status"].get<std::string>() + ": " + row["text"].get<std::string>();
    return {};
  }
};

// --- backups ---

TEST_P(OperatorsLists, KeepTheNewBackupAndWhatIsNone) {
  const auto folder = fs::path(server_.state()) / "backups";
  answer({"backup", "old"});
  answer({"backup", "older-by-its-file"});
  fs::last_write_time(folder / "old", fs::file_time_type::clock::now() + std::chrono::hours{24 * 400});
  std::ofstream(folder / "restore-notes.txt") << "x";
  std::ofstream(folder / "list.json") << "{\"made_ms\":1}\n";
  fs::create_symlink("/etc/passwd", folder / "pw");
  fs::create_symlink("old", folder / "latest");
  fs::create_directory(folder / "more");

  EXPECT_THAT(column(answer({"backup", "new", "--keep=2"})["deleted"], nullptr ? "" : "x"), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Databases, OperatorsLists, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
