#include "config/command_line.hpp"
#include <gmock/gmock.h>
#include <map>

namespace salond::config {
namespace {

using action = command_line::action;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A process with an environment and files of the test's own.
struct CommandLine : testing::Test {
  std::map<std::string, std::string> environment{{"HOME", "/home/zoé"}};
  std::map<std::string, file_content> files;
  bool root = false;

  command_line parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "salond");
    surroundings around;
    around.variable = [this](const std::string& name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional<std::string>{found->second};
    };
    around.read = [this](const std::string& path) -> std::variant<file_content, std::string> {
      const auto found = files.find(path);
      if (found == files.end())
        return std::string("No such file or directory");
      return found->second;
    };
    around.root = root;
    around.host = "Chat_1.Example";
    return config::parse(static_cast<int>(arguments.size()), arguments.data(), around);
  }

  settings accepted(std::vector<const char*> arguments) {
    auto line = parse(std::move(arguments));
    EXPECT_THAT(said(line.faults), IsEmpty());
    return line.values;
  }

  std::vector<std::string> refused(std::vector<const char*> arguments) {
    return said(parse(std::move(arguments)).faults);
  }

  static std::vector<std::string> said(const std::vector<complaint>& complaints) {
    std::vector<std::string> out;
    for (const auto& each : complaints)
      out.push_back(each.to_string());
    return out;
  }

  static std::vector<std::string> addresses(const settings& values) {
    std::vector<std::string> out;
    for (const auto& each : values.listen)
      out.push_back(each.to_string());
    return out;
  }
};

TEST_F(CommandLine, NeedsNothing) {
  const auto line = parse({});

  EXPECT_THAT(said(line.faults), IsEmpty());
  EXPECT_THAT(said(line.warnings), IsEmpty());
  EXPECT_EQ(line.wanted, action::run);
  EXPECT_THAT(addresses(line.values), ElementsAre("tcp://127.0.0.1:5000"));
  EXPECT_EQ(line.values.state, "/home/zoé/.local/state/salond");
  EXPECT_EQ(to_string(line.values.db), "sqlite:/home/zoé/.local/state/salond/salond.db");
}

TEST_F(CommandLine, KeepsStateWhereTheSystemWantsIt) {
  environment["XDG_STATE_HOME"] = "/home/zoé/state";
  EXPECT_EQ(accepted({}).state, "/home/zoé/state/salond");

  environment["XDG_STATE_HOME"] = "relative";
  EXPECT_EQ(accepted({}).state, "/home/zoé/.local/state/salond");

  root = true;
  EXPECT_EQ(accepted({}).state, "/var/lib/salond");

  environment["STATE_DIRECTORY"] = "/var/lib/private/salond:/var/lib/other";
  EXPECT_EQ(accepted({}).state, "/var/lib/private/salond");
  EXPECT_EQ(to_string(accepted({}).db), "sqlite:/var/lib/private/salond/salond.db");

  EXPECT_EQ(accepted({"--state=/here"}).state, "/here");
  EXPECT_EQ(to_string(accepted({"--state=/here"}).db), "sqlite:/here/salond.db");
}

TEST_F(CommandLine, AsksForAStateFolderWhereThereIsNoHome) {
  environment.clear();

  EXPECT_THAT(refused({}), ElementsAre(HasSubstr("--state=DIR")));
}

TEST_F(CommandLine, RefusesClearTextThatOthersReachUnlessTheFileAllowsIt) {
  EXPECT_THAT(refused({"--listen=tcp://0.0.0.0:5000"}),
              ElementsAre(testing::AllOf(HasSubstr("listen: tcp://0.0.0.0:5000"), HasSubstr("in clear"),
                                         HasSubstr("\"listen_clear_anywhere\": true"))));

  files["/c"].bytes = R"({"listen_clear_anywhere": true, "listen": ["tcp://[::]:5000"]})";
  EXPECT_THAT(addresses(accepted({"--config=/c"})), ElementsAre("tcp://[::]:5000"));
  EXPECT_THAT(addresses(accepted({"--config=/c", "--listen=tcp://chat.example:1"})),
              ElementsAre("tcp://chat.example:1"));
}

TEST_F(CommandLine, SaysWhatToDo) {
  EXPECT_EQ(parse({"--check-config"}).wanted, action::check_config);
  EXPECT_EQ(parse({"--migrate-only"}).wanted, action::migrate_only);
  EXPECT_EQ(parse({"--restore=a b"}).wanted, action::restore);
  EXPECT_EQ(parse({"--restore=a b"}).backup, "a b");
  EXPECT_FALSE(parse({"--restore=file", "--migrate-only"}).faults.empty());
  EXPECT_FALSE(parse({"--restore="}).faults.empty());
  EXPECT_EQ(parse({"--migrate-only", "--dry-run"}).wanted, action::dry_run);
  EXPECT_EQ(parse({"--dry-run"}).wanted, action::dry_run);
  EXPECT_EQ(parse({"--help"}).wanted, action::help);
  EXPECT_EQ(parse({"-h"}).wanted, action::help);
  EXPECT_EQ(parse({"--version"}).wanted, action::version);
  EXPECT_THAT(refused({"--check-config", "--migrate-only"}), ElementsAre(HasSubstr("does not go with")));
}

TEST_F(CommandLine, OverridesTheFile) {
  files["/c"].bytes =
      R"({"listen": ["tcp://127.0.0.1:1", "tcp://[::1]:2"], "db": "sqlite:/x", "state": "/y", "stop": {"seconds": 3}})";

  const auto of_file = accepted({"--config=/c"});
  EXPECT_THAT(addresses(of_file), ElementsAre("tcp://127.0.0.1:1", "tcp://[::1]:2"));
  EXPECT_EQ(to_string(of_file.db), "sqlite:/x");
  EXPECT_EQ(of_file.state, "/y");

  const auto both = accepted(
      {"--config", "/c", "--listen=tcp://localhost:3", "--listen", "unix:/d,e", "--db=sqlite:/z", "--state=/s"});
  EXPECT_THAT(addresses(both), ElementsAre("tcp://localhost:3", "unix:/d,e"));
  EXPECT_EQ(to_string(both.db), "sqlite:/z");
  EXPECT_EQ(both.state, "/s");
  EXPECT_EQ(both.stop.seconds, 3u);
}

TEST_F(CommandLine, NamesEveryFault) {
  files["/c"].bytes = R"({"limits": {"x": 1}, "sate": ""})";

  EXPECT_THAT(refused({"--config=/c", "--lisen=tcp://a:1", "--db=foo", "--listen=bar", "stray", "-xyz=1"}),
              testing::UnorderedElementsAre(HasSubstr("/c: limits.x: is no name"), HasSubstr("/c: sate: is no name"),
                                            "--lisen: is no option of salond; see salond --help",
                                            HasSubstr("--db: write sqlite:PATH"),
                                            HasSubstr("--listen=bar: write tcp://"),
                                            HasSubstr("\"stray\" stands alone"), HasSubstr("-xyz: is no option")));
}

TEST_F(CommandLine, RefusesAFileThatCannotBeRead) {
  EXPECT_THAT(refused({"--config=/none"}), ElementsAre("/none: cannot be read: No such file or directory"));
}

TEST_F(CommandLine, RefusesAnOptionWithoutValueOrGivenTwice) {
  EXPECT_THAT(refused({"--state="}), ElementsAre(HasSubstr("--state: needs a value")));
  EXPECT_THAT(refused({"--state"}), Not(IsEmpty()));
  EXPECT_THAT(refused({"--state=/a", "--state=/b"}), ElementsAre(HasSubstr("--state: is given twice")));
  EXPECT_THAT(refused({"--listen="}), ElementsAre(HasSubstr("--listen=: write tcp://")));
}

TEST_F(CommandLine, RefusesAValueWhereNoneIsTaken) {
  EXPECT_THAT(refused({"--check-config=yes", "--dry-run="}),
              ElementsAre("--check-config: takes no value; write --check-config alone",
                          "--dry-run: takes no value; write --dry-run alone"));
}

TEST_F(CommandLine, RefusesAnAddressTwiceButNotAnyPortTwice) {
  EXPECT_THAT(refused({"--listen=tcp://127.0.0.1:1", "--listen=tcp://127.0.0.1:1"}),
              ElementsAre(HasSubstr("tcp://127.0.0.1:1 is named twice")));
  EXPECT_EQ(accepted({"--listen=tcp://127.0.0.1:0", "--listen=tcp://127.0.0.1:0"}).listen.size(), 2u);
}

TEST_F(CommandLine, RefusesAPasswordWithoutSayingIt) {
  const std::vector<std::vector<const char*>> tries{{"--db-password=s3cret"},
                                                    {"--password", "s3cret"},
                                                    {"--db_password", "s3cret"},
                                                    {"-pass=s3cret"},
                                                    {"--db=mysql://chat:s3cret@db/chat"}};
  for (const auto& arguments : tries) {
    const auto faults = refused(arguments);
    ASSERT_EQ(faults.size(), 1u) << arguments[0];
    EXPECT_THAT(faults[0], HasSubstr("SALOND_DB_PASSWORD"));
    EXPECT_THAT(faults[0], Not(HasSubstr("s3cret")));
  }
}

/// A command line with MySQL, and the password that it found.
struct DatabasePassword : CommandLine {
  std::string password() {
    files["/c"].bytes = R"({"db": "mysql://chat@db/chat", "db_password_file": "/p"})";
    return std::get<mysql_database>(accepted({"--config=/c"}).db).password;
  }
};

TEST_F(DatabasePassword, IsTheFileWithoutItsLineEnd) {
  files["/p"].bytes = "s3:@cret é\n";
  EXPECT_EQ(password(), "s3:@cret é");
  files["/p"].bytes = "s3cret\r\n";
  EXPECT_EQ(password(), "s3cret");
  files["/p"].bytes = " s3cret\n\n";
  EXPECT_EQ(password(), " s3cret\n");
}

TEST_F(DatabasePassword, IsRatherThatOfTheEnvironment) {
  files["/p"].bytes = "of the file";
  environment["SALOND_DB_PASSWORD"] = "of the environment";
  EXPECT_EQ(password(), "of the environment");

  environment["SALOND_DB_PASSWORD"] = "";
  EXPECT_EQ(password(), "of the file");
}

TEST_F(DatabasePassword, InAFileThatEveryoneReadsIsTakenWithAWarning) {
  files["/c"].bytes = R"({"db": "mysql://chat@db/chat", "db_password_file": "/p"})";
  files["/p"] = file_content{"s3cret", true};

  const auto line = parse({"--config=/c"});

  EXPECT_THAT(said(line.faults), IsEmpty());
  EXPECT_THAT(said(line.warnings), ElementsAre(HasSubstr("can be read by everyone")));
}

TEST_F(DatabasePassword, ThatCannotBeReadOrIsEmptyIsAFault) {
  files["/c"].bytes = R"({"db": "mysql://chat@db/chat", "db_password_file": "/p"})";
  EXPECT_THAT(refused({"--config=/c"}), ElementsAre(HasSubstr("db_password_file: /p cannot be read")));

  files["/p"].bytes = "\n";
  EXPECT_THAT(refused({"--config=/c"}), ElementsAre(HasSubstr("/p is empty")));
}

TEST_F(DatabasePassword, IsNotAskedForWithSqlite) {
  files["/c"].bytes = R"({"db_password_file": "/none"})";

  EXPECT_THAT(refused({"--config=/c"}), IsEmpty());
}

TEST_F(CommandLine, HelpNamesEveryOption) {
  for (const auto* name : {"--config", "--db", "--listen", "--state", "--check-config", "--migrate-only", "--dry-run",
                           "--help", "--version", "SALOND_DB_PASSWORD"})
    EXPECT_THAT(help_text(), HasSubstr(name));
}

TEST(Surroundings, OfThisProcessReadFilesOrSayWhyNot) {
  const auto around = this_process();

  const auto shipped = around.read(SHIPPED_CONFIGURATION);
  const auto missing = around.read("/nowhere/l'été \"x\"");
  const auto folder = around.read("/");

  ASSERT_TRUE(std::holds_alternative<file_content>(shipped));
  EXPECT_THAT(std::get<file_content>(shipped).bytes, HasSubstr("\"listen\""));
  EXPECT_EQ(std::get<std::string>(missing), "No such file or directory");
  EXPECT_EQ(std::get<std::string>(folder), "it is a folder");
}

TEST(Surroundings, OfThisProcessHoldItsEnvironment) {
  setenv("SALOND_TEST_VARIABLE", "l'été", 1);

  EXPECT_EQ(this_process().variable("SALOND_TEST_VARIABLE"), "l'été");
  EXPECT_EQ(this_process().variable("SALOND_TEST_NO_VARIABLE"), std::nullopt);
}

TEST_F(CommandLine, KnowsWhereEachValueComesFrom) {
  files["/etc/salond.json"] = {R"({"rate": {"burst": 7}, "listen": ["tcp://127.0.0.1:1"], "db_password_file": "/pw",
                                  "db": "mysql://zoe@localhost/chat"})"};
  files["/pw"] = {"hidden well"};
  const auto line = parse({"--config=/etc/salond.json", "--listen=tcp://127.0.0.1:2"});
  std::map<std::string, std::string> from, values;
  for (const auto& effective_value : effective_values(line.values, line.sources)) {
    from[effective_value.name] = effective_value.from;
    values[effective_value.name] = effective_value.value;
  }

  EXPECT_EQ(from["rate.burst"], "file /etc/salond.json");
  EXPECT_EQ(values["rate.burst"], "7");
  EXPECT_EQ(from["listen"], "command line");
  EXPECT_EQ(values["listen"], "[\"tcp://127.0.0.1:2\"]");
  EXPECT_EQ(from["stop.seconds"], "default");
  EXPECT_EQ(from["state"], "environment HOME");
  EXPECT_EQ(from["db_password"], "file /pw");
  for (const auto& [name, value] : values)
    EXPECT_THAT(value, Not(HasSubstr("hidden well"))) << name;
  environment["SALOND_DB_PASSWORD"] = "another";
  EXPECT_EQ(parse({"--config=/etc/salond.json"}).sources.at("db_password"), "environment SALOND_DB_PASSWORD");
}

// --- nodes ---

TEST_F(CommandLine, MakesANode) {
  const auto alone = accepted({});
  EXPECT_FALSE(alone.cluster.listen);

  const auto node = accepted({"--db=mysql://u@h/n", "--cluster=192.0.2.1:0", "--node=paris"});
  ASSERT_TRUE(node.cluster.listen);
  EXPECT_EQ(node.cluster.listen->host, "192.0.2.1");
  EXPECT_EQ(node.cluster.listen->port, 0);
  EXPECT_EQ(node.cluster.node, "paris");
  EXPECT_EQ(accepted({"--db=mysql://u@h/n", "--cluster=[::1]:7"}).cluster.node, "chat_1.example");
}

TEST_F(CommandLine, SaysAllThatIsWrongWithANode) {
  EXPECT_THAT(refused({"--cluster=0.0.0.0:5002"}), ElementsAre(HasSubstr("--cluster: other nodes dial this address"),
                                                               HasSubstr("cluster.listen: nodes share a MySQL")));
  EXPECT_THAT(refused({"--db=mysql://u@h/n", "--cluster=none", "--node=Paris!", "--join=x.pem"}),
              ElementsAre(HasSubstr("--cluster: write HOST:PORT"), HasSubstr("cluster.node: is no name of a node")));
  EXPECT_THAT(refused({"--node=paris"}), ElementsAre(HasSubstr("cluster.node: is about a node: say with --cluster")));
}

TEST_F(CommandLine, ReadsANodeOfTheFile) {
  files["/c"] = {R"({"db": "mysql://u@h/n", "cluster": {"listen": "192.0.2.1:5002", "node": "paris"}})", false};
  const auto line = parse({"--config=/c", "--node=lyon"});
  EXPECT_THAT(said(line.faults), IsEmpty());
  EXPECT_EQ(line.values.cluster.node, "lyon");
  EXPECT_EQ(line.sources.at("cluster.listen"), "file /c");
  EXPECT_EQ(line.sources.at("cluster.node"), "command line");
}

} // namespace
} // namespace salond::config
