// What operators were told, or what was done, that was not what they said. Found by reading and by trying:
// - `backup NEW --keep=1` deleted the backup that it had just made where another file's time was later, and files that
//   were no backups at all. Now the new one stays, and what goes begins as a backup does. One of a time to come, and
//   one that was cut off, counted as the newest for ever, and whole ones went; now the first goes before all others,
//   and the second does not count.
// - `--since=26-11-29` was the year 26, `--since=2026-02-31` the third of March: `message delete` deleted all.
// - `log --before=99999999999` never ended, with or without its operator. Now it begins at the newest line.
// - `log --follow` lost its filters in its second round, and `--lines` printed no JSON there.
// - `accept --all` answered done though nothing was accepted; what could not be accepted waited anew.
// - `--limit` was refused or not by how many rows there were, and lists were cut off without a word.
// - A disabled account's operator kept all powers.
// - `log --command` knew the words of the log alone, and no line of `user disable` by the operator's own.
// - `ban NAME --name` deleted the account of that name; `reject NAME --older-than=7d` rejected everybody.
#include "protocol/words/operator_command.hpp"
#include "tests/end_to_end/operators_test.hpp"
#include "tests/support/line_client.hpp"
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace salond::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class OperatorsLists : public operators_test {
protected:
  void add_users(const words& names) {
    for (const auto& name : names)
      answer({"user", "add", name}, "secret\n");
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
  answer({"backup", "older.by-its-file"});
  fs::last_write_time(folder / "old", fs::file_time_type::clock::now() + std::chrono::hours{24 * 400});
  std::ofstream(folder / "restore-notes.txt") << "x";
  std::ofstream(folder / "list.json") << "{\"made_ms\":1}\n";
  fs::create_symlink("/etc/passwd", folder / "pw");
  fs::create_symlink("old", folder / "latest");
  fs::create_directory(folder / "more");

  EXPECT_EQ(answer({"backup", "new", "--keep=2"})["deleted"], json::array({"old"}));
  EXPECT_EQ(answer({"backup", "newer", "--keep=1"})["deleted"], json::array({"new", "older.by-its-file"}));

  for (const auto* name : {"newer", "restore-notes.txt", "list.json", "pw", "latest", "more"})
    EXPECT_NE(fs::symlink_status(folder / name).type(), fs::file_type::not_found) << name;
  EXPECT_EQ(answer({"backup", "verify", "newer"})["done"], true);
}

TEST_P(OperatorsLists, WarnOfABackupThatIsToCome) {
  const auto folder = fs::path(server_.state()) / "backups";
  answer({"backup", "real"});
  std::ofstream(folder / "notes") << "x";
  fs::last_write_time(folder / "real", fs::file_time_type::clock::now() + std::chrono::hours{24 * 400});
  const auto backup = [&] {
    return check_of(json::parse(run_salonctl(server_, {"--json", "check"}).output), "backup");
  };
  EXPECT_EQ(backup(), "ok: the newest is 0 days old");

  auto text = support::read_file((folder / "real").string());
  const auto at = text.find("\"made_ms\":") + 10;
  std::ofstream(folder / "later") << text.replace(at, text.find('}', at) - at, "4000000000000");
  std::ofstream(folder / "cut") << text.substr(0, text.size() / 2);
  EXPECT_EQ(backup(), "warning: the newest is 0 days old; one says that it was made 2096-10-02T07:06:40Z, which is to "
                      "come");
  EXPECT_EQ(answer({"backup", "next", "--keep=2"})["deleted"], json::array({"later"})) << "whole ones stay";

  for (const auto* name : {"real", "next"})
    fs::remove(folder / name);
  std::ofstream(folder / "later") << text;
  EXPECT_EQ(backup(), "warning: one says that it was made 2096-10-02T07:06:40Z, which is to come, and no other is "
                      "there");
  EXPECT_EQ(check_of(json::parse(run_salonctl(server_, {"--json", "check", "--backup-days=1"}).output), "backup"),
            "critical: one says that it was made 2096-10-02T07:06:40Z, which is to come, and no other is there");
}

// --- times, limits, and walks ---

TEST_P(OperatorsLists, TakeNoTimeThatIsNone) {
  auto paul = support::newcomer(server_.endpoint(), "paul");
  say(paul, "reste");

  for (const auto* time : {"26-11-29", "2026-02-31", " 2026-01-01", "2026-1-1"}) {
    refused({"message", "delete", "--author=paul", std::string("--since=") + time}, 2, "is a time");
    refused({"log", std::string("--until=") + time}, 2, "is a time");
    refused({"reject", std::string("--older-than=") + time}, 2, "--older-than");
  }
  EXPECT_EQ(column(answer({"history", "Général"}), "text"), words{"reste"});
}

TEST_P(OperatorsLists, BeginAtTheNewestLineWhateverIsSaid) {
  add_users({"zoë"});

  const auto all = answer({"log", "1000"});
  EXPECT_EQ(answer({"log", "1000", "--before=999999999999999999"}), all);
  EXPECT_THAT(answer({"log", "--before=1"}), IsEmpty());
  EXPECT_THAT(answer({"log", "0"}), IsEmpty());
  EXPECT_THAT(answer({"log", "--after=999999999999999999"}), IsEmpty());
  refused({"log", "--follow", "--before=7"}, 2, "not both");
}

TEST_P(OperatorsLists, SayThatTheyAreCutOff) {
  add_users({"ada", "paul", "zoë"});
  EXPECT_EQ(ctl({"salon", "members", "Général", "--limit=2000"}).status, 0);
  refused({"salon", "members", "Général", "--limit=10001"}, 2, "from 1 to 10000");
  refused({"users", "--sort=role", "--limit=10001"}, 2, "from 1 to 10000");
  refused({"salons", "--limit=0"}, 2, "from 1 to 10000");

  const auto cut = [&](const words& command) { return ctl(command).errors.find("there is more") != std::string::npos; };
  EXPECT_TRUE(cut({"salon", "members", "Général", "--limit=4"}));
  EXPECT_FALSE(cut({"salon", "members", "Général", "--limit=5"}));
  EXPECT_TRUE(cut({"users", "--sort=role", "--limit=4"}));
  EXPECT_FALSE(cut({"users", "--limit=5"}));
  EXPECT_TRUE(cut({"log", "1", "--after=0"}));
  EXPECT_FALSE(cut({"log", "--after=0"}));
  EXPECT_FALSE(cut({"log", "1"})) << "the last one was asked for";
  const auto last = answer({"salon", "members", "Général", "--limit=2"}).back()["user"].get<std::string>();
  EXPECT_THAT(column(answer({"salon", "members", "Général", "--after=" + last}), "user"),
              ElementsAre("ada", "paul", "zoë"));
}

TEST_P(OperatorsLists, GoOnBehindARowThatIsGone) {
  for (const auto* name : {"ada", "bea", "cid"})
    answer({"ban", name, "--name"});

  ASSERT_THAT(column(answer({"bans", "--limit=2"}), "user"), ElementsAre("ada", "bea"));
  answer({"unban", "bea"});

  EXPECT_THAT(column(answer({"bans", "--after=BEA"}), "user"), ElementsAre("cid"));
  EXPECT_THAT(column(answer({"bans", "--sort=-user", "--after=bea"}), "user"), ElementsAre("ada"));
  EXPECT_THAT(column(answer({"salons", "--sort=salon", "--after=Inconnu"}), "salon"),
              ElementsAre("Informatique", "Marketing"));
  refused({"salons", "--after=Inconnu"}, 1, "no row of the name");
}

TEST_P(OperatorsLists, GoOnWithTheSameFiltersAndAsJson) {
  add_users({"ada", "zoë"});
  answer({"kick", "zoë", "1", "avant"});
  support::temporary_folder folder;
  support::process follower({SALONCTL_BINARY, "--server=" + server_.admin(), "--state=" + server_.state(), "log", "1",
                             "--follow", "--lines", "--user=zoë", "--command=kick"},
                            {}, folder / "out", folder / "err");

  const auto told_lines = [&] {
    const auto text = support::read_file(folder / "out");
    return std::count(text.begin(), text.end(), '\n');
  };
  ASSERT_TRUE(support::eventually([&] { return told_lines() == 1; })) << follower.errors();
  answer({"kick", "ada", "1", "autre"});
  answer({"kick", "zoë", "1", "premier"});
  ASSERT_TRUE(support::eventually([&] { return told_lines() == 2; })) << follower.errors();
  answer({"kick", "ada", "1", "autre"});
  answer({"unban", "zoë"});
  answer({"kick", "zoë", "1", "dernier"});
  EXPECT_TRUE(support::eventually([&] { return told_lines() == 3; })) << follower.errors();
  follower.send(SIGTERM);
  follower.wait();

  std::istringstream told(follower.output());
  words reasons;
  for (std::string line; std::getline(told, line);) {
    const auto row = json::parse(line, nullptr, false);
    ASSERT_TRUE(row.is_object()) << line;
    EXPECT_EQ(row["to"].get<std::string>().substr(0, 4), "zoë") << line;
    reasons.push_back(row["reason"]);
  }
  EXPECT_THAT(reasons, ElementsAre("avant", "premier", "dernier"));
}

TEST_P(OperatorsLists, FindLinesByTheWordsOfTheOperator) {
  add_users({"zoë", "paul"});
  const std::vector<words> commands = {{"user", "rename", "paul", "luc"},
                                       {"user", "disable", "luc"},
                                       {"user", "enable", "luc"},
                                       {"role", "luc", "moderator", "Blabla"},
                                       {"salon", "create", "Jardin"},
                                       {"salon", "policy", "Jardin", "open"},
                                       {"salon", "topic", "Jardin", "x"},
                                       {"salon", "rename", "Jardin", "Verger"},
                                       {"member", "add", "luc", "Verger"},
                                       {"member", "remove", "luc", "Verger"},
                                       {"salon", "export", "Verger"},
                                       {"salon", "archive", "Verger"},
                                       {"salon", "restore", "Verger"},
                                       {"kick", "luc"},
                                       {"unban", "luc"},
                                       {"invite", "create"},
                                       {"invite", "revoke", "1"},
                                       {"session", "end", "luc"},
                                       {"export", "luc"},
                                       {"announce", "x"},
                                       {"ban", "casino", "--name"},
                                       {"ban", "zoë"},
                                       {"erase", "luc"}};
  for (const auto& command : commands)
    EXPECT_EQ(ctl(command).status, 0) << command[0] << " " << command[1];

  for (const auto& command : commands) {
    const auto name = std::string(std::get<spoken_command>(understand(command)).row->name);
    EXPECT_FALSE(answer({"log", "1000", "--command=" + name}).empty()) << name;
  }
  EXPECT_EQ(column(answer({"log", "--command=user disable"}), "what"), words{"disable_user"});
  EXPECT_EQ(column(answer({"log", "--command=disable_user"}), "what"), words{"disable_user"});
  EXPECT_EQ(column(answer({"log", "--command=ban"}), "what"), (words{"ban_name", "ban"}));
}

TEST_P(OperatorsLists, FindTheLinesOfWhoWasRenamed) {
  add_users({"zoë", "paul"});
  answer({"kick", "zoë"});
  answer({"user", "rename", "zoë", "Zazie"});
  answer({"user", "rename", "paul", "zoë"});
  answer({"kick", "ZAZIE"});
  answer({"kick", "zoë"});

  EXPECT_THAT(column(answer({"log", "--user=zazie"}), "what"), ElementsAre("add_user", "kick", "rename_user", "kick"));
  EXPECT_THAT(column(answer({"log", "--user=ZOË"}), "to"),
              ElementsAre("paul", "paul (zoë)", testing::StartsWith("zoë (")));
}

// --- what is deleted ---

TEST_P(OperatorsLists, BanOfANameTouchesNoAccount) {
  add_users({"zoë"});

  refused({"ban", "zoë", "--name"}, 1, "the name is taken");

  EXPECT_EQ(answer({"user", "zoë"})["user"], "zoë");
  EXPECT_EQ(answer({"log"}).back()["what"], "ban_name");
  EXPECT_EQ(answer({"log"}).back()["result"], "name_taken");
}

TEST_P(OperatorsLists, OfRegistrationsAreDecidedAsTheyAreMeant) {
  restart_with({{"registration", {{"policy", "approval"}}}});
  for (const auto* name : {"zoë", "casino", "paul"})
    wait_for_registration(name);
  const auto before = answer({"requests"});

  refused({"reject", "zoë", "--older-than=0s"}, 2, "no USER");
  refused({"reject", "--all", "trop"}, 2, "no USER");
  refused({"accept", "zoë", "--all"}, 2, "no USER");
  refused({"reject", "zoë", "--reason=x"}, 2, "--reason goes with");
  EXPECT_EQ(answer({"requests"}), before);
  answer({"ban", "cаsino", "--name"}); // a Cyrillic а
  const auto made = answer({"accept", "--all"});
  EXPECT_EQ(made["registrations"], 2);
  EXPECT_EQ(made["refused"], json::array({"casino"}));
  const auto left = answer({"requests"});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0],
            *std::find_if(before.begin(), before.end(), [](const json& row) { return row["user"] == "casino"; }))
      << "it waits for as long as before";
  refused({"accept", "--all"}, 1, "casino");
  EXPECT_EQ(answer({"reject", "--all", "--reason=un robot"})["registrations"], 1);
  EXPECT_EQ(answer({"log"}).back()["reason"], "un robot");
  refused({"accept", "--all"}, 1, "no such request");
}

TEST_P(OperatorsLists, OfSalonsHaveNoTwoThatLookAlike) {
  answer({"salon", "create", "Jardin", "--policy=open"});
  answer({"salon", "archive", "Jardin"});
  answer({"salon", "create", "Jаrdin"}); // a Cyrillic а

  refused({"salon", "restore", "Jardin"}, 1, "the name is taken");
  EXPECT_EQ(column(answer({"salons", "--archived"}), "salon"), words{"Jardin"});
  answer({"salon", "rename", "Jаrdin", "Verger"});
  answer({"salon", "restore", "Jardin"});
}

TEST_P(OperatorsLists, OfAnAutomaticSalonHaveWhoCameWhileItWasArchived) {
  add_users({"zoë"});
  answer({"member", "remove", "zoë", "Général"});
  answer({"salon", "archive", "Général"});
  add_users({"paul"});
  support::line_client paul(server_.endpoint());
  ASSERT_TRUE(paul.log_in("paul"));

  answer({"salon", "restore", "Général"});

  EXPECT_THAT(column(answer({"salon", "members", "Général"}), "user"), ElementsAre("admin", "server", "paul"));
  say(paul, "me voilà");
}

// --- who may not any more ---

TEST_P(OperatorsLists, OfADisabledOperatorAreNone) {
  add_users({"paul", "marc"});
  answer({"role", "paul", "moderator", "Général"});
  answer({"role", "marc", "administrator"});
  support::temporary_folder folder;
  const auto as = [&](const std::string& name, const words& command) {
    return run_salonctl(server_, {"--bundle=" + name + ".pem"}, command, {}, folder);
  };
  for (const auto& command : {words{"cert", "issue", "paul", "--role=moderator"}, words{"cert", "issue", "marc"}})
    ASSERT_EQ(run_salonctl(server_, {"--state=" + server_.state()}, command, {}, folder).status, 0);
  add_users({"zoë"});
  ASSERT_EQ(as("paul", {"requests"}).status, 0);
  ASSERT_EQ(as("marc", {"status"}).status, 0);
  EXPECT_THAT(as("marc", {"--json", "check"}).output, HasSubstr(server_.state()));
  EXPECT_THAT(as("paul", {"--json", "check"}).output, Not(HasSubstr(server_.state())));

  answer({"user", "disable", "paul"});
  answer({"user", "disable", "marc"});

  for (const auto& [name, command] : {std::pair{"paul", words{"kick", "zoë"}},
                                      {"paul", words{"requests"}},
                                      {"paul", words{"salon", "topic", "Général"}},
                                      {"marc", words{"status"}},
                                      {"marc", words{"kick", "zoë"}},
                                      {"marc", words{"log"}},
                                      {"marc", words{"kill"}}}) {
    const auto one = as(name, command);
    EXPECT_EQ(one.status, 4) << name << " " << command[0];
    EXPECT_THAT(one.errors, HasSubstr("is disabled"));
  }
  EXPECT_EQ(answer({"log", "1"})[0]["result"], "not_allowed");
  answer({"user", "enable", "paul"});
  EXPECT_EQ(as("paul", {"kick", "zoë"}).status, 0);
}

TEST_P(OperatorsLists, NameTheSessionThatWasEnded) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  const auto one = answer({"sessions", "zoë"}).at(0);
  const auto id = one["id"].get<std::string>();

  answer({"session", "end", "zoë", id});
  EXPECT_EQ(answer({"log"}).back()["reason"], "session " + id + " from " + one["address"].get<std::string>());
}

TEST_P(OperatorsLists, ForgetWhoDecidedOnceHeIsErased) {
  add_users({"marc"});
  answer({"role", "marc", "administrator"});
  support::temporary_folder folder;
  ASSERT_EQ(run_salonctl(server_, {"--state=" + server_.state()}, {"cert", "issue", "marc"}, {}, folder).status, 0);
  for (const auto& command : {words{"ban", "casino", "--name"}, words{"invite", "create"}})
    ASSERT_EQ(run_salonctl(server_, {"--bundle=marc.pem"}, command, {}, folder).status, 0);
  ASSERT_EQ(answer({"bans"})[0]["by"], "marc");

  answer({"erase", "MARC"});

  EXPECT_EQ(answer({"bans"})[0]["by"], "");
  EXPECT_EQ(answer({"invite", "list"})[0]["by"], "");
}

TEST_P(OperatorsLists, AreJsonWhereTheServerIsNotReached) {
  ASSERT_EQ(server_.stop(), 0);

  const auto dead = run_salonctl(server_, {"--json", "check"});
  EXPECT_EQ(dead.status, 2);
  const auto found = json::parse(dead.output, nullptr, false);
  ASSERT_TRUE(found.is_object()) << dead.output;
  EXPECT_EQ(found["status"], "critical");
  EXPECT_EQ(found["checks"], json::array());
}

INSTANTIATE_TEST_SUITE_P(Databases, OperatorsLists, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
