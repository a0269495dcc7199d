// salond as scripts and supervisors see it: options, the ready line, exit statuses, messages, what lies in its folder.
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <arpa/inet.h>
#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace salond::end_to_end {
namespace {

using support::daemon;
using support::line_client;
using support::run_salond;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
}

bool has_ipv6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  const bool result = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return result;
}

TEST(CommandLine, SaysOnOneLineWhereItListens) {
  daemon server;
  server.start();

  EXPECT_THAT(server.running().output(),
              MatchesRegex("ready tcp://127\\.0\\.0\\.1:[1-9][0-9]* admin 127\\.0\\.0\\.1:[1-9][0-9]*\n"));
  EXPECT_NE(server.port(), 0);
  EXPECT_EQ(support::register_user(server.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.running().output(), MatchesRegex("ready [^\n]*\n")) << "nothing but that line";
}

TEST(CommandLine, ListensOnSeveralAddresses) {
  daemon server;
  const auto path = "unix:" + std::string(server.folder() / "socket");
  server.options.listen = {"tcp://127.0.0.1:0", path, "tcp://127.0.0.1:0"};
  server.start();

  ASSERT_EQ(server.endpoints().size(), 3u);
  EXPECT_EQ(server.endpoints()[1], path);
  EXPECT_NE(server.endpoints()[0], server.endpoints()[2]);
  auto zoe = support::newcomer(server.endpoints()[0], "zoë");
  auto paul = support::newcomer(path, "paul");
  paul.say("MSG (Général):par un autre chemin");
  EXPECT_EQ(zoe.hear(), "paul dans le salon Général: par un autre chemin");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_NE(::access((server.folder() / "socket").c_str(), F_OK), 0) << "the socket's file stays behind";
}

TEST(CommandLine, TakesTheSocketOfAServerThatWasKilled) {
  daemon server;
  server.options.listen = {"unix:" + std::string(server.folder() / "socket")};
  server.start();
  server.kill();

  server.start();

  EXPECT_EQ(support::register_user(server.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(server.stop(), 0);
}

TEST(CommandLine, ListensOnIpv6) {
  if (!has_ipv6())
    GTEST_SKIP() << "this machine has no IPv6";
  daemon server;
  server.options.listen = {"tcp://[::1]:0"};
  server.start();

  EXPECT_THAT(server.endpoint(), MatchesRegex("tcp://\\[::1\\]:[1-9][0-9]*"));
  EXPECT_EQ(support::register_user(server.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(server.stop(), 0);
}

TEST(CommandLine, HelpsAndTellsItsVersion) {
  const support::temporary_folder folder;

  const auto help = run_salond(folder, {"--help"}), version = run_salond(folder, {"--version"});

  EXPECT_EQ(help.status, 0);
  for (const auto* option :
       {"--config", "--db", "--listen", "--state", "--check-config", "--migrate-only", "--dry-run"})
    EXPECT_THAT(help.output, HasSubstr(option));
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.output, MatchesRegex("salond [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandLine, NamesEveryFaultOfTheConfiguration) {
  const support::temporary_folder folder;
  std::ofstream(folder / "c.json") << R"({"lisen": [], "limits": {"frame_bytes": "many", "conections": 1},
    "passwords": {"passes": 0}, "log": {"format": "xml"}})";
  const std::string state = folder / "state";

  const auto run = run_salond(folder, {"--config=" + std::string(folder / "c.json"), "--state=" + state,
                                       "--db=oracle:x", "--listen=tcp://", "--bogus"});

  EXPECT_EQ(run.status, 2);
  for (const auto* each : {"lisen", "limits.frame_bytes", "limits.conections", "passwords.passes", "log.format", "--db",
                           "--listen", "--bogus"})
    EXPECT_THAT(run.errors, HasSubstr(each));
  EXPECT_EQ(run.output, "");
  EXPECT_NE(::access(state.c_str(), F_OK), 0) << "nothing is made";
}

TEST(CommandLine, RefusesAPasswordAndDoesNotRepeatIt) {
  const support::temporary_folder folder;

  const auto url = run_salond(folder, {"--db=mysql://chat:s3same@localhost/chat"});
  const auto option = run_salond(folder, {"--db-password=s3same"});

  for (const auto& run : {url, option}) {
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.errors, AllOf(HasSubstr("SALOND_DB_PASSWORD"), Not(HasSubstr("s3same"))));
  }
}

TEST(CommandLine, ChecksAConfigurationAndChangesNothing) {
  const support::temporary_folder folder;
  const std::string good = folder / "good.json", bad = folder / "bad.json", state = folder / "state";
  std::ofstream(good) << R"({"limits": {"connections": 10}} // fine)";
  std::ofstream(bad) << R"({"stop": {"seconds": 0}})";

  EXPECT_EQ(run_salond(folder, {"--config=" + good, "--state=" + state, "--check-config"}).status, 0);
  const auto refused = run_salond(folder, {"--config=" + bad, "--state=" + state, "--check-config"});

  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("stop.seconds"));
  EXPECT_NE(::access(state.c_str(), F_OK), 0);
}

TEST(CommandLine, MigratesWithoutOpeningAPort) {
  const support::temporary_folder folder;
  const std::string state = "--state=" + std::string(folder / "state"), file = folder / "state/salond.db";

  const auto dry = run_salond(folder, {state, "--migrate-only", "--dry-run"});
  const bool made_by_dry_run = ::access(file.c_str(), F_OK) == 0;
  const auto migrated = run_salond(folder, {state, "--migrate-only"});
  const auto again = run_salond(folder, {state, "--dry-run"});

  EXPECT_EQ(dry.status, 0) << dry.errors;
  EXPECT_THAT(dry.output, HasSubstr("schema 1"));
  EXPECT_FALSE(made_by_dry_run);
  EXPECT_EQ(migrated.status, 0) << migrated.errors;
  EXPECT_EQ(::access(file.c_str(), F_OK), 0);
  EXPECT_THAT(migrated.output, Not(HasSubstr("ready")));
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.output, Not(HasSubstr("schema 1")));
}

TEST(CommandLine, SaysThatAPortIsInUse) {
  daemon first, second;
  first.start();
  second.options.listen = {first.endpoint()};

  second.launch();

  EXPECT_EQ(second.running().wait(), 1);
  EXPECT_THAT(second.log(), AllOf(HasSubstr(first.endpoint()), HasSubstr("another program listens there")));
  EXPECT_EQ(second.running().output(), "");
  EXPECT_EQ(first.stop(), 0);
}

TEST(CommandLine, RefusesASecondServerOnTheSameFolderOrFile) {
  daemon first;
  first.start();
  const support::temporary_folder other;

  const auto folder = run_salond(
      other, {"--state=" + first.state(), "--db=sqlite:" + std::string(other / "x.db"), "--listen=tcp://127.0.0.1:0"});
  const auto file = run_salond(other, {"--state=" + std::string(other / "state"), "--db=sqlite:" + first.sqlite_path(),
                                       "--listen=tcp://127.0.0.1:0"});

  EXPECT_EQ(folder.status, 1);
  EXPECT_THAT(folder.errors, AllOf(HasSubstr("another salond"), HasSubstr(first.state())));
  EXPECT_EQ(file.status, 1);
  EXPECT_THAT(file.errors, AllOf(HasSubstr("another salond"), HasSubstr("salond.db")));
  EXPECT_EQ(support::register_user(first.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(first.stop(), 0);
}

TEST(CommandLine, RefusesAFileThatIsNoDatabaseOfItsOwn) {
  const support::temporary_folder folder;
  std::ofstream(folder / "notes.db") << "these are notes, and no database at all; nobody may overwrite them";
  const auto before = support::read_file(folder / "notes.db");

  const auto run =
      run_salond(folder, {"--state=" + std::string(folder / "state"), "--db=sqlite:" + std::string(folder / "notes.db"),
                          "--listen=tcp://127.0.0.1:0"});

  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.errors, HasSubstr("notes.db"));
  EXPECT_EQ(support::read_file(folder / "notes.db"), before);
}

TEST(CommandLine, TriesADatabaseThatCannotBeReachedAgainAndStopsWhenTold) {
  daemon server;
  server.options.db = "mysql://chat@127.0.0.1:1/chat";
  server.options.variables = {"SALOND_DB_PASSWORD=s3same"};
  const auto tries = [&] {
    const auto log = server.log();
    size_t count = 0;
    for (auto at = log.find("cannot be reached"); at != std::string::npos; at = log.find("cannot be reached", at + 1))
      ++count;
    return count;
  };

  server.launch();
  EXPECT_TRUE(support::eventually([&] { return tries() >= 2; })) << server.log();

  EXPECT_TRUE(server.running().running());
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.running().output(), "");
  EXPECT_THAT(server.log(), Not(HasSubstr("s3same")));
}

TEST(CommandLine, TellsTheServiceManager) {
  daemon server;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = server.folder() / "notify";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(manager, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const auto told = [&](const std::string& word) {
    char text[256];
    return support::eventually([&] {
      const auto size = ::recv(manager, text, sizeof text, MSG_DONTWAIT);
      return size > 0 && std::string(text, static_cast<size_t>(size)) == word;
    });
  };
  server.options.variables = {"NOTIFY_SOCKET=" + path};

  server.start();
  EXPECT_TRUE(told("READY=1"));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_TRUE(told("STOPPING=1"));
  ::close(manager);
}

TEST(CommandLine, KeepsItsFolderAndTheFirstPasswordToItself) {
  daemon server;
  server.start();
  const auto password = server.administrator_password();

  EXPECT_EQ(mode_of(server.state()), 0700u);
  EXPECT_EQ(mode_of(server.state() + "/admin.password"), 0600u);
  EXPECT_EQ(mode_of(server.sqlite_path()), 0600u);
  EXPECT_TRUE(server.logs("the password is " + password + " "));
  auto paul = support::newcomer(server.endpoint(), "paul");
  line_client admin(server.endpoint());
  EXPECT_TRUE(admin.log_in("admin", password));
  admin.say("BAN:paul");
  EXPECT_EQ(admin.hear(), "paul a été banni définitivement.");
  EXPECT_EQ(paul.hear(), "Vous avez été banni définitivement du serveur !");
  EXPECT_EQ(server.stop(), 0);

  server.start();
  EXPECT_THAT(server.log(), Not(HasSubstr("the password is"))) << "shown at the first start alone";
  EXPECT_EQ(server.administrator_password(), password);
  EXPECT_EQ(server.stop(), 0);
}

TEST(CommandLine, ShowsNoSecretInItsArgumentsAndItsLog) {
  daemon server;
  server.options.settings = {{"log", {{"level", "debug"}}}};
  server.start();
  line_client client(server.endpoint());
  client.say("INSCRIPTION:zoë:zoë:mot-de-passe-1");
  client.hear();
  line_client zoe(server.endpoint());
  ASSERT_TRUE(zoe.log_in("zoë", "mot-de-passe-1"));
  zoe.say("MSG (Général):un-texte-2");
  zoe.hear();
  zoe.say("PASSWORD:mot-de-passe-1:mot-de-passe-3");
  zoe.hear();
  zoe.say("PRIVATE:zoë:un-texte-4");
  zoe.say("TOKEN");
  const auto token = zoe.hear().substr(6, 20);
  line_client wrong(server.endpoint());
  wrong.say("zoë:mot-de-passe-5");
  wrong.hear();

  EXPECT_EQ(server.stop(), 0);

  const auto log = server.log();
  EXPECT_THAT(log, HasSubstr("zoë"));
  for (const auto& secret : {"mot-de-passe", "un-texte", "$argon2", token.c_str()})
    EXPECT_THAT(log, Not(HasSubstr(secret)));
}

TEST(CommandLine, LogsOneObjectALineWhereAsked) {
  daemon server;
  server.options.settings = {{"log", {{"format", "json"}}}};
  server.start();
  support::newcomer(server.endpoint(), "zoë \"\\");
  EXPECT_EQ(server.stop(), 0);

  std::istringstream lines(server.log());
  int objects = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("The administrator's name is", 0) == 0)
      continue; // shown once, and not a line of the log
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << line;
    EXPECT_TRUE(parsed.contains("time") && parsed.contains("level") && parsed.contains("what")) << line;
    ++objects;
  }
  EXPECT_GT(objects, 2);
}

TEST(CommandLine, WarnsOfCheapPasswords) {
  daemon server;
  server.start();
  EXPECT_TRUE(server.logs("passwords.memory_kib"));
  EXPECT_TRUE(server.logs("passwords.passes"));
  EXPECT_EQ(server.stop(), 0);
}

} // namespace
} // namespace salond::end_to_end
