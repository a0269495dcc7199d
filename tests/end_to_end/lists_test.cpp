// What operators look at, with the real salonctl on each kind of database: lists in parts and in order, by author and
// time; what docs/salonctl-json.md states of them; backups, archived salons, the configuration, and `check`.
#include "tests/end_to_end/operators_test.hpp"
#include "tests/support/line_client.hpp"
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Lists : public operators_test {};

TEST_P(Lists, ComeInOrderAndInPages) {
  for (const auto* name : {"zoë", "Ada", "paul"})
    answer({"user", "add", name}, "secret\n");

  EXPECT_THAT(column(answer({"users", "--limit=2"}), "user"), ElementsAre("Ada", "admin"));
  EXPECT_THAT(column(answer({"users", "--limit=2", "--after=ADMIN"}), "user"), ElementsAre("paul", "server"));
  EXPECT_THAT(column(answer({"users", "--sort=-user", "--limit=2"}), "user"), ElementsAre("zoë", "server"));
  EXPECT_EQ(column(answer({"users", "--sort=role", "--limit=2"}), "role"), words(2, "administrator"));
  EXPECT_THAT(column(answer({"salons", "--sort=salon", "--after=blabla", "--limit=1"}), "salon"),
              ElementsAre("Comptabilité"));
  answer({"ban", "zoë", "spam"});
  answer({"kick", "Ada", "7", "bruit"});
  const auto bans = answer({"bans", "--sort=-user"});
  EXPECT_THAT(column(bans, "user"), ElementsAre("zoë", "Ada"));
  EXPECT_THAT(column(bans, "reason"), ElementsAre("spam", "bruit"));
  EXPECT_THAT(column(bans, "by"), ElementsAre("local", "local"));
  EXPECT_THAT(ctl({"users", "--limit=2"}).errors, HasSubstr("there is more than this"));
  EXPECT_EQ(ctl({"users"}).errors, "");

  refused({"users", "--sort=shoe"}, 2, "--sort");
  refused({"users", "--limit=0"}, 2, "--limit");
  refused({"salons", "--after=nobody"}, 1, "no row of the name");
}

TEST_P(Lists, OfTheAuditLogAreFiltered) {
  for (const auto* name : {"zoë", "paul"})
    answer({"user", "add", name}, "secret\n");
  answer({"kick", "zoë", "7", "bruit"});
  answer({"member", "add", "zoë", "Marketing"});
  ctl({"kick", "nobody"});
  const auto all = answer({"log", "1000"});
  const auto last = all.back()["id"].get<int64_t>();

  EXPECT_THAT(column(answer({"log", "--user=ZOË"}), "what"), ElementsAre("add_user", "kick", "admit"));
  EXPECT_THAT(column(answer({"log", "--command=kick"}), "result"), ElementsAre("done", "unknown_user"));
  EXPECT_THAT(column(answer({"log", "--result=unknown_user"}), "to"), ElementsAre("nobody"));
  EXPECT_THAT(column(answer({"log", "1", "--command=kick"}), "to"), ElementsAre("nobody"));
  EXPECT_THAT(answer({"log", "--until=2001-01-01"}), IsEmpty());
  EXPECT_EQ(answer({"log", "1000", "--since=1h"}), all);
  EXPECT_EQ(answer({"log", "1000", "--before=" + std::to_string(last)}).size(), all.size() - 1);
  EXPECT_THAT(column(answer({"log", "--after=" + std::to_string(last - 1)}), "id"), ElementsAre(std::to_string(last)));
  const auto lines = ctl({"log", "2", "--lines"}).output;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_EQ(json::parse(lines.substr(0, lines.find('\n')))["id"], last - 1);

  refused({"log", "--since=yesterday"}, 2, "--since is a time");
  refused({"log", "--after=1", "--before=2"}, 2, "not both");
}

TEST_P(Lists, OfMessagesAreFilteredAndDeletedByAuthor) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  auto paul = support::newcomer(server_.endpoint(), "paul");
  for (int n = 0; n < 3; ++n) {
    say(zoe, "un texte " + std::to_string(n));
    say(paul, "autre " + std::to_string(n));
  }

  EXPECT_THAT(column(answer({"history", "Général", "2", "--author=ZOË"}), "text"),
              ElementsAre("un texte 1", "un texte 2"));
  EXPECT_EQ(answer({"history", "Général", "--since=1h"}).size(), 6u);
  EXPECT_THAT(answer({"history", "Général", "--until=2001-01-01"}), IsEmpty());
  EXPECT_THAT(column(answer({"search", "Général", "2", "--author=paul"}), "text"), ElementsAre("autre 2"));
  EXPECT_EQ(answer({"message", "delete", "--author=zoë", "--until=2001-01-01"})["messages"], 0);
  EXPECT_EQ(answer({"message", "delete", "--author=zoë", "--since=1h"})["messages"], 3);
  EXPECT_EQ(column(answer({"history", "Général"}), "user"), words(3, "paul"));
  EXPECT_THAT(column(answer({"log", "--command=message delete"}), "result"),
              ElementsAre("begun", "done", "begun", "done"));

  refused({"message", "delete"}, 2, "message delete ID");
  refused({"message", "delete", "1", "--author=zoë"}, 2, "message delete ID");
  refused({"message", "delete", "--author=nobody"}, 1, "no such user");
}

TEST_P(Lists, OfSalonsHaveTheArchivedOnesWhichComeBack) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  say(zoe, "avant");
  const auto shown = answer({"salon", "show", "général"});
  EXPECT_EQ(shown["members"], 3);
  EXPECT_EQ(shown["hearers"], 1);
  EXPECT_THAT(column(answer({"salon", "members", "Général", "--sort=user", "--limit=1"}), "user"),
              ElementsAre("admin"));
  const auto exported = answer({"salon", "export", "Général"});
  EXPECT_EQ(exported["members"].size(), 3u);
  EXPECT_THAT(column(exported["messages"], "text"), ElementsAre("avant"));

  answer({"salon", "archive", "Général"});
  zoe.say("MSG (Général):pendant");
  EXPECT_EQ(zoe.hear(), "ERREUR: le salon Général n'existe pas");
  EXPECT_THAT(column(answer({"salons", "--archived"}), "salon"), ElementsAre("Général"));
  answer({"salon", "restore", "GÉNÉRAL"});
  say(zoe, "après");
  EXPECT_EQ(answer({"history", "Général"}).size(), 2u);
  EXPECT_THAT(answer({"salons", "--archived"}), IsEmpty());

  answer({"salon", "archive", "Général"});
  ASSERT_EQ(server_.stop(), 0);
  server_.start();
  answer({"salon", "restore", "Général"});
  support::line_client again(server_.endpoint());
  ASSERT_TRUE(again.log_in("zoë"));
  say(again, "encore");
  refused({"salon", "restore", "Général"}, 1, "no such salon");
}

TEST_P(Lists, OfRegistrationsAreDecidedTogether) {
  ASSERT_EQ(server_.stop(), 0);
  server_.options.settings = {{"registration", {{"policy", "approval"}}}};
  server_.start();
  for (const auto* name : {"zoë", "paul"}) {
    support::line_client client(server_.endpoint());
    client.say(std::string("INSCRIPTION:") + name + ":" + name + ":secret");
    ASSERT_EQ(client.hear(), "Inscription en attente d'approbation.");
  }

  refused({"accept", "--all", "--older-than=1h"}, 2, "--older-than");
  refused({"accept", "--older-than=1h"}, 1, "no such request");
  refused({"accept"}, 2, "accept USER");
  EXPECT_EQ(answer({"accept", "--from=127.0.0.1"})["registrations"], 2);
  support::line_client zoe(server_.endpoint());
  ASSERT_TRUE(zoe.log_in("zoë"));
  say(zoe, "me voilà");
  refused({"reject", "--all"}, 1, "no such request");
}

TEST_P(Lists, OfBackupsAreKeptShort) {
  for (const auto* name : {"un", "deux", "trois"})
    answer({"backup", name});
  const auto folder = std::filesystem::path(server_.state()) / "backups";
  std::filesystem::last_write_time(folder / "deux", std::filesystem::last_write_time(folder / "un"));

  EXPECT_EQ(answer({"backup", "quatre", "--keep=2"})["deleted"].size(), 2u);

  EXPECT_TRUE(std::filesystem::exists(folder / "trois"));
  EXPECT_GT(answer({"backup", "verify", "quatre"})["rows"], 5);
  std::ofstream(folder / "quatre", std::ios::app) << "x";
  EXPECT_EQ(ctl({"backup", "verify", folder / "quatre"}).status, 1);
  refused({"backup", "verify", "/etc/passwd"}, 2, "NAME");
  refused({"backup", "cinq", "--keep=0"}, 2, "--keep");
}

TEST_P(Lists, TellWhereTheConfigurationComesFrom) {
  ASSERT_EQ(server_.stop(), 0);
  server_.options.settings = {{"rate", {{"burst", 77}}}};
  server_.start();

  std::map<std::string, json> found;
  for (const auto& row : answer({"config", "show"}))
    found[row.at("name")] = row;

  EXPECT_EQ(found["rate.burst"]["value"], 77);
  EXPECT_THAT(found["rate.burst"]["from"].get<std::string>(), HasSubstr("file "));
  EXPECT_EQ(found["stop.seconds"]["from"], "default");
  EXPECT_EQ(found["state"]["from"], "command line");
  EXPECT_EQ(found["state"]["value"], server_.state());
  for (const auto& [name, row] : found)
    EXPECT_TRUE(row["value"] != nullptr) << name;
}

TEST_P(Lists, CheckIsALineAndAStatus) {
  const auto found = answer_of(server_, {"status"}); // it answers
  const auto one = ctl({"check"});
  const auto all = json::parse(run_salonctl(server_, {"--json", "check"}).output);
  const auto demanding = ctl({"check", "--backup-days=3"});
  answer({"backup", "lundi"});
  const auto kept = json::parse(run_salonctl(server_, {"--json", "check", "--backup-days=3"}).output);
  const auto wrong = ctl({"check", "--bogus"});
  ASSERT_EQ(server_.stop(), 0);
  const auto dead = ctl({"check"});

  ASSERT_TRUE(one.status);
  EXPECT_LE(*one.status, 2);
  EXPECT_THAT(one.output, testing::ContainsRegex("^(OK|WARNING|CRITICAL): .*\n$"));
  EXPECT_EQ(std::count(one.output.begin(), one.output.end(), '\n'), 1);
  std::map<std::string, std::string> statuses;
  for (const auto& row : all["checks"])
    statuses.emplace(row["check"], row["status"]);
  for (const auto* about : {"database", "queue", "clock", "disk", "backup"})
    EXPECT_EQ(statuses.count(about), 1u) << about;
  EXPECT_EQ(statuses["database"], "ok");
  EXPECT_EQ(statuses["backup"], "ok");
  EXPECT_EQ(demanding.status, 2);
  EXPECT_THAT(demanding.output, HasSubstr("backup: there is none"));
  EXPECT_THAT(kept["checks"].dump(), HasSubstr("the newest is 0 days old"));
  EXPECT_EQ(wrong.status, 3);
  EXPECT_EQ(dead.status, 2);
  EXPECT_THAT(dead.output, testing::StartsWith("CRITICAL: "));
}

// --- docs/salonctl-json.md ---

/// What the document states: the kind of each field, by list.
std::map<std::string, std::map<std::string, std::string>> stated() {
  std::map<std::string, std::map<std::string, std::string>> result;
  std::ifstream document(std::string(SALOND_TRANSCRIPTS) + "/../../docs/salonctl-json.md");
  std::string line, list;
  const std::regex field("\\| `([a-z_]+)` \\| ([a-z ]+) \\|(.*)");
  while (std::getline(document, line)) {
    std::smatch parts;
    if (line.rfind("## ", 0) == 0)
      list = line.substr(3);
    else if (std::regex_match(line, parts, field))
      result[list][parts[1]] =
          std::string(parts[2]) + (parts[3].str().find("not always there") != std::string::npos ? "?" : "");
  }
  return result;
}

bool is_of_kind(const json& value, const std::string& kind) {
  const std::regex time("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  if (kind.find(" or null") != std::string::npos && value.is_null())
    return true;
  if (kind.rfind("text", 0) == 0)
    return kind.rfind("texts", 0) == 0 ? value.is_array() : value.is_string();
  if (kind.rfind("time", 0) == 0)
    return value.is_string() && std::regex_match(value.get<std::string>(), time);
  if (kind.rfind("number", 0) == 0)
    return value.is_number_integer();
  return kind.rfind("any", 0) == 0 || value.is_boolean();
}

TEST_P(Lists, AreAsTheDocumentStates) {
  const bool node = GetParam().name != "sqlite";
  if (node) {
    ASSERT_EQ(server_.stop(), 0);
    server_.options.settings = {{"cluster", {{"listen", "127.0.0.1:0"}}}};
    server_.start();
  }
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  say(zoe, "bonjour");
  zoe.say("JOIN:Marketing");
  ASSERT_NE(zoe.hear(), support::nothing);
  answer({"user", "add", "paul"}, "secret\n");
  answer({"kick", "paul"});
  answer({"salon", "archive", "Comptabilité"});
  answer({"invite", "create", "--salon=Blabla"});
  std::map<std::string, words> commands = {{"users", {"users"}},
                                           {"sessions", {"sessions"}},
                                           {"salons", {"salons"}},
                                           {"salons --archived", {"salons", "--archived"}},
                                           {"salon members", {"salon", "members", "Général"}},
                                           {"requests", {"requests"}},
                                           {"bans", {"bans"}},
                                           {"invite list", {"invite", "list"}},
                                           {"history", {"history", "Général", "--ids"}},
                                           {"search", {"search", "Général", "bonjour"}},
                                           {"log", {"log"}},
                                           {"cert list", {"cert", "list"}},
                                           {"config show", {"config", "show"}}};
  auto document = stated();
  if (node)
    commands["nodes"] = {"nodes"};
  else
    EXPECT_EQ(document.erase("nodes"), 1u);

  EXPECT_EQ(document.size(), commands.size());
  for (const auto& [name, command] : commands) {
    ASSERT_EQ(document.count(name), 1u) << name;
    const auto& fields = document.at(name);
    const auto list = answer(command);
    ASSERT_FALSE(list.empty()) << name;
    for (const auto& row : list) {
      for (const auto& [field, value] : row.items()) {
        ASSERT_EQ(fields.count(field), 1u) << name << ": " << field;
        EXPECT_TRUE(is_of_kind(value, fields.at(field))) << name << ": " << field << " is " << value;
      }
      for (const auto& [field, kind] : fields)
        EXPECT_TRUE(kind.back() == '?' || row.contains(field)) << name << ": " << field;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, Lists, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
