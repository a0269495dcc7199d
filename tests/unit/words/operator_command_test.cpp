#include "protocol/words/operator_command.hpp"
#include <gmock/gmock.h>
#include <set>

namespace {

using namespace salond;
using testing::ElementsAre;
using testing::HasSubstr;
using words = std::vector<std::string>;

spoken_command right_words(const words& said) {
  auto read = understand(said);
  EXPECT_TRUE(std::holds_alternative<spoken_command>(read)) << std::get<usage_fault>(read).text;
  return std::get<spoken_command>(std::move(read));
}
std::string fault_of(const words& said) {
  const auto read = understand(said);
  return std::holds_alternative<usage_fault>(read) ? std::get<usage_fault>(read).text : "none";
}

TEST(OperatorCommand, TakesAPasswordWhateverIsWrongWithItsLine) {
  for (const auto* line : {"password paul", "  password", "user add", "user  add x --y", "password \"paul",
                           "'password' paul x", "user \"add\""})
    EXPECT_TRUE(takes_password(line)) << line;
  for (const auto* line : {"", " ", "user", "user rename a b", "passwords", "user addx", "kick paul", "PASSWORD x"})
    EXPECT_FALSE(takes_password(line)) << line;
}

TEST(OperatorCommands, HaveOneRowEachAndASentence) {
  std::set<std::string_view> names;
  for (const auto& row : operator_commands()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.summary.back(), '.') << row.name;
  }
}

TEST(OperatorCommand, TakesItsArgumentsInOrder) {
  const auto said = right_words({"reject", "l'été \"x\"", "Général", "pas", "de", "place"});

  EXPECT_EQ(said.row->name, "reject");
  EXPECT_EQ(said.get("USER"), "l'été \"x\"");
  EXPECT_EQ(said.get("SALON"), "Général");
  EXPECT_EQ(said.text(), "pas de place");
}

TEST(OperatorCommand, RejectsARegistrationOrThoseOfAnAddressOrAll) {
  EXPECT_EQ(right_words({"reject", "--from=192.0.2.1", "--reason=trop de demandes"}).get("--reason"),
            "trop de demandes");
  EXPECT_TRUE(is_about_many(right_words({"reject", "--from=192.0.2.1"})));
  EXPECT_FALSE(is_about_many(right_words({"reject", "zoë"})));
  EXPECT_TRUE(right_words({"reject", "--all"}).has("--all"));
  EXPECT_FALSE(right_words({"reject", "zoë"}).has("--all"));
}

TEST(OperatorCommand, TakesANumberOnlyWhereOneStands) {
  EXPECT_EQ(right_words({"kick", "zoë", "7", "spam"}).number("MINUTES"), 7);
  EXPECT_EQ(right_words({"kick", "zoë", "spam", "7"}).number("MINUTES"), std::nullopt);
  EXPECT_EQ(right_words({"kick", "zoë", "spam", "7"}).text(), "spam 7");
  EXPECT_EQ(right_words({"kick", "7"}).get("USER"), "7");
}

TEST(OperatorCommand, TakesAWrongNumberForNoReason) {
  for (const auto* wrong : {"-1", "1.5", "99999999999999999999", "1,5"})
    EXPECT_EQ(fault_of({"kick", "zoë", wrong, "spam"}), "usage: kick USER [MINUTES] [REASON...]") << wrong;
  EXPECT_THAT(fault_of({"log", "--after=x"}),
              testing::StartsWith("--after takes a whole number; usage: log [N] [--follow] [--after=ID]"));
  EXPECT_EQ(right_words({"kick", "zoë", "3rd", "time"}).text(), "3rd time");
  EXPECT_EQ(right_words({"log", "--after=7"}).number("--after"), 7);
}

TEST(OperatorCommand, DemandsATextThatSaysSomething) {
  EXPECT_EQ(fault_of({"announce", ""}), "TEXT is empty");
  EXPECT_EQ(fault_of({"announce", " ", "  "}), "TEXT is empty");
  EXPECT_EQ(fault_of({"announce", "\n", "\t \r\n"}), "TEXT is empty");
  EXPECT_EQ(fault_of({"salon", "topic", "Général", ""}), "none"); // it may have no topic
}

TEST(OperatorCommand, TakesOptionsAnywhereUntilTwoHyphens) {
  EXPECT_EQ(right_words({"cert", "issue", "--role=moderator", "zoe"}).get("--role"), "moderator");
  EXPECT_EQ(right_words({"cert", "issue", "zoe", "--role=moderator"}).get("NAME"), "zoe");
  EXPECT_EQ(right_words({"ban", "--", "--ids"}).get("USER"), "--ids");
  EXPECT_TRUE(right_words({"history", "Général", "--ids", "5"}).has("--ids"));
}

TEST(OperatorCommand, TakesSomeOptionsSeveralTimes) {
  const auto said = right_words({"invite", "create", "--salon=Le Jardin", "--uses=3", "--salon=Blabla"});

  EXPECT_THAT(said.rest, ElementsAre("Le Jardin", "Blabla"));
  EXPECT_EQ(said.number("--uses"), 3);
  EXPECT_THAT(fault_of({"invite", "create", "--uses=3", "--uses=4"}), HasSubstr("--uses stands twice"));
  EXPECT_THAT(fault_of({"invite", "create", "--uses=x"}), HasSubstr("--uses takes a whole number"));
}

TEST(OperatorCommand, AsksFirstWhereSomethingIsDestroyed) {
  for (const words& said : {words{"ban", "zoë"}, words{"erase", "zoë"}, words{"kill"}, words{"salon", "archive", "x"},
                            words{"message", "delete", "--author=zoë"}, words{"reject", "--all"},
                            words{"reject", "--from=192.0.2.1"}, words{"reject", "--older-than=7d"}}) {
    EXPECT_TRUE(asks_first(right_words(said))) << said[0];
    auto sure = said;
    sure.emplace_back("--yes");
    EXPECT_FALSE(asks_first(right_words(sure))) << said[0];
  }
  for (const words& said : {words{"message", "delete", "7"}, words{"reject", "zoë"}, words{"accept", "--all"},
                            words{"kick", "zoë"}, words{"users"}})
    EXPECT_FALSE(asks_first(right_words(said))) << said[0];
}

TEST(OperatorCommand, RefusesWordsThatAreTooLongToBeKept) {
  EXPECT_EQ(fault_of({"ban", "zoë", std::string(1024, 'x')}), "none");
  EXPECT_EQ(fault_of({"ban", "zoë", std::string(1000, 'x'), std::string(24, 'x')}), "REASON has at most 1,024 bytes");
  EXPECT_EQ(fault_of({"ban", std::string(1025, 'x')}), "USER has at most 1,024 bytes");
  EXPECT_EQ(fault_of({"announce", std::string(2000, 'x')}), "none");
}

TEST(OperatorCommand, SaysWhatItTakesWhereTheWordsDoNotFit) {
  EXPECT_THAT(fault_of({}), HasSubstr("see help"));
  EXPECT_THAT(fault_of({"dance"}), HasSubstr("\"dance\" is no command"));
  EXPECT_EQ(fault_of({std::string("users\0", 6)}), "\"users\\x00\" is no command; see help");
  EXPECT_EQ(fault_of({"kick"}), "usage: kick USER [MINUTES] [REASON...]");
  EXPECT_EQ(fault_of({"status", "now"}), "usage: status");
  EXPECT_EQ(fault_of({"announce"}), "usage: announce TEXT...");
  EXPECT_THAT(fault_of({"history", "Général", "--id"}), HasSubstr("\"--id\" is no option here"));
  EXPECT_THAT(fault_of({"cert", "issue", "x", "--role"}), HasSubstr("--role needs a value"));
  EXPECT_THAT(fault_of({"cert", "issue", "x", "--role=a", "--role=b"}), HasSubstr("--role stands twice"));
  EXPECT_EQ(fault_of({"kill", "99999999999999999999"}), "usage: kill [SECONDS] [--yes]");
}

words read_line(std::string_view line) {
  return std::get<words>(words_of_line(line));
}

TEST(ConsoleLine, IsCutIntoWordsAsAShellDoes) {
  EXPECT_THAT(read_line("  kick zoë  7 \r\n"), ElementsAre("kick", "zoë", "7"));
  EXPECT_THAT(read_line(R"(kick "l'été \"x\"" 'a b' c\ d "")"), ElementsAre("kick", "l'été \"x\"", "a b", "c d", ""));
  EXPECT_THAT(read_line(""), testing::IsEmpty());
  EXPECT_EQ(std::get<usage_fault>(words_of_line("kick \"zoë")).text, "a quote is not closed");
}

TEST(ConsoleLine, MayBeOfTheReplacedConsole) {
  EXPECT_THAT(read_line("KICK:Zoé Petit"), ElementsAre("kick", "--", "Zoé Petit"));
  EXPECT_THAT(read_line("BAN:--x"), ElementsAre("ban", "--", "--x"));
  EXPECT_THAT(read_line("ACCEPT:a:b:Comptabilité"), ElementsAre("accept", "--", "a:b", "Comptabilité"));
  EXPECT_THAT(read_line("REJECT:zoë:Marketing\n"), ElementsAre("reject", "--", "zoë", "Marketing"));
  EXPECT_THAT(read_line("KILL"), ElementsAre("kill"));
}

TEST(OperatorCommand, ChangesSomethingOrOnlyLooks) {
  std::set<std::string_view> looking;
  for (const auto& row : operator_commands())
    if (!changes_something(row))
      looking.insert(row.name);

  EXPECT_THAT(looking, ElementsAre("backup verify", "bans", "cert list", "check", "config show", "export", "history",
                                   "invite list", "log", "nodes", "requests", "salon export", "salon members",
                                   "salon show", "salons", "search", "sessions", "status", "user", "users", "watch"));
}

TEST(OperatorCommand, HasOneWordInTheAuditLogWhateverALineOfBeforeSays) {
  for (const auto& row : operator_commands())
    EXPECT_EQ(present_audit_word(row.name), audited_as(row).text) << row.name;
  EXPECT_EQ(present_audit_word("salon create"), "create_salon");
  EXPECT_EQ(present_audit_word("create_salon"), "create_salon");
  EXPECT_EQ(present_audit_word("users"), "users") << "it only looks: its refusals have its name";
  EXPECT_EQ(present_audit_word("of an older server"), "of an older server");
}

} // namespace
