// Operators' bundles with the real programs: how long they hold, where they are written, which server they are for, and
// their end with the account of their name.
#include "tests/end_to_end/operators_test.hpp"
#include "tests/support/line_client.hpp"
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sys/stat.h>

namespace salond::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Certificates : public operators_test {
protected:
  /// salonctl with just these words, in the test's folder.
  ran run(const words& all) {
    words command{"/bin/sh", "-c", R"(cd "$0" && exec "$@")", folder_ / "", SALONCTL_BINARY};
    command.insert(command.end(), all.begin(), all.end());
    support::process tool(command, {}, folder_ / "out", folder_ / "err");
    const auto status = tool.wait();
    return {status, tool.output(), tool.errors()};
  }
  /// The same as the server's own administrator, who says where the server is.
  nlohmann::json issue(const words& more) {
    words all{"--state=" + server_.state(), "--server=" + server_.admin(), "--json", "cert", "issue"};
    all.insert(all.end(), more.begin(), more.end());
    const auto one = run(all);
    EXPECT_EQ(one.status, 0) << one.errors;
    auto made = nlohmann::json::parse(one.output, nullptr, false);
    EXPECT_EQ(made.value("done", false), true) << one.output;
    return made;
  }
  /// Makes an operator: an account, its role, and a bundle of its name.
  void make_operator(const std::string& name, const words& role) {
    answer({"user", "add", name}, "secret\n");
    words given{"role", name};
    given.insert(given.end(), role.begin(), role.end());
    answer(given);
    issue({name, "--role=" + role.front()});
    ASSERT_EQ(as(name, {"status"}), 0);
  }
  std::optional<int> as(const std::string& name, const words& command) {
    words all{"--bundle=" + name + ".pem"};
    all.insert(all.end(), command.begin(), command.end());
    return run(all).status;
  }
  std::string content(const std::string& name) {
    std::ifstream in(std::string(folder_ / name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  support::temporary_folder folder_;
};

TEST_P(Certificates, AreWrittenWhereTheOperatorSaysAndNeverOverAFile) {
  std::filesystem::create_directory(std::string(folder_ / "keys"));

  EXPECT_EQ(issue({"zoe", "--out=keys/zoe at home.pem"})["file"], "keys/zoe at home.pem");
  EXPECT_EQ(issue({"zoe"})["file"], "zoe.pem");

  struct stat facts {};
  ASSERT_EQ(::stat(std::string(folder_ / "keys/zoe at home.pem").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600u);
  const auto listed = answer({"cert", "list"}).size();
  const auto before = content("zoe.pem");
  const std::string too_long(300, 'x');
  for (const auto& out : {std::string("zoe.pem"), std::string("keys"), std::string("keys/"),
                          std::string("nowhere/zoe.pem"), std::string("zoe.pem/zoe.pem"), too_long, std::string()}) {
    const auto one =
        run({"--state=" + server_.state(), "--server=" + server_.admin(), "cert", "issue", "zoe", "--out=" + out});
    EXPECT_NE(one.status, 0) << out;
    EXPECT_NE(one.errors, "") << out;
  }
  EXPECT_EQ(content("zoe.pem"), before);
  EXPECT_EQ(answer({"cert", "list"}).size(), listed) << "nothing was issued in vain";
}

// All of them saw that there was no such file: one had it, and the others' certificates were lost. Whoever begins when
// there is one already is refused, before anything is issued.
TEST_P(Certificates, OfOperatorsWhoNameOneFileAtOnceAreAllKept) {
  constexpr int at_once = 6;
  std::vector<std::unique_ptr<support::process>> all;
  for (int number = 0; number < at_once; ++number) {
    const auto log = folder_ / ("log" + std::to_string(number));
    all.push_back(std::make_unique<support::process>(
        words{"/bin/sh", "-c", R"(cd "$0" && exec "$@")", folder_ / "", SALONCTL_BINARY, "--state=" + server_.state(),
              "--server=" + server_.admin(), "--json", "cert", "issue", "race"},
        std::vector<std::string>{}, log.string() + ".out", log.string() + ".err"));
  }
  std::set<std::string> files, contents;
  size_t issued = 0;
  for (auto& each : all) {
    if (each->wait() != 0) {
      EXPECT_THAT(each->errors(), HasSubstr("File exists; nothing was issued"));
      continue;
    }
    ++issued;
    files.insert(nlohmann::json::parse(each->output())["file"].get<std::string>());
  }
  for (const auto& file : files) {
    contents.insert(content(file));
    EXPECT_EQ(run({"--bundle=" + file, "status"}).status, 0) << file;
  }
  EXPECT_EQ(files.size(), issued);
  EXPECT_EQ(contents.size(), issued);
  EXPECT_TRUE(files.count("race.pem"));
}

TEST_P(Certificates, HoldForAsManyDaysAsAreSaid) {
  const auto until = [&](const words& more) {
    const auto one = issue(more)["until"].get<std::string>();
    std::tm parts{};
    EXPECT_NE(::strptime(one.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts), nullptr) << one;
    return static_cast<double>(::timegm(&parts) - std::time(nullptr)) / 86400;
  };

  EXPECT_NEAR(until({"a", "--days=1"}), 1, 0.01);
  EXPECT_NEAR(until({"b"}), 365, 0.01);
  EXPECT_NEAR(until({"c", "--days=3650"}), 3650, 3);
  const auto all = answer({"cert", "list"});
  EXPECT_EQ(all.back()["name"], "c");
  refused({"cert", "issue", "d", "--days=0"}, 2, "1 to 3650");
  refused({"cert", "issue", "d", "--days=3651"}, 2, "1 to 3650");
  refused({"cert", "issue", "d", "--days=-1"}, 2, "usage");
}

TEST_P(Certificates, SayWhichServerTheyAreFor) {
  issue({"zoe"});
  EXPECT_EQ(content("zoe.pem").rfind("server: " + server_.admin() + "\n", 0), 0u);

  EXPECT_EQ(run({"--bundle=zoe.pem", "status"}).status, 0);
  EXPECT_EQ(run({"--bundle=", "status"}).status, 2) << "nobody else's";
  EXPECT_EQ(run({"--bundle=zoe.pem", "check"}).status.value_or(9) < 3, true);
  EXPECT_EQ(run({"--bundle=zoe.pem", "--server=127.0.0.1:1", "status"}).status, 3) << "what is said counts";

  // a bundle of before, and one that went through somebody's mail
  const auto text = content("zoe.pem");
  const auto blocks = text.substr(text.find('\n') + 1);
  std::ofstream(std::string(folder_ / "old.pem")) << blocks;
  EXPECT_EQ(run({"--bundle=old.pem", "--server=" + server_.admin(), "status"}).status, 0);
  EXPECT_THAT(run({"--bundle=old.pem", "status"}).errors, HasSubstr("127.0.0.1:5001"));
  std::ofstream(std::string(folder_ / "mail.pem")) << std::regex_replace(text, std::regex("\n"), "\r\n");
  EXPECT_EQ(run({"--bundle=mail.pem", "status"}).status, 0);
  std::ofstream(std::string(folder_ / "bad.pem")) << "server: nowhere\n" << blocks;
  EXPECT_EQ(run({"--bundle=bad.pem", "status"}).status, 2);
  EXPECT_EQ(run({"--bundle=bad.pem", "--server=" + server_.admin(), "status"}).status, 0);

  // one whose line ends are gone is one line, with the key in it
  std::ofstream(std::string(folder_ / "line.pem")) << std::regex_replace(text, std::regex("\n"), " ");
  const auto damaged = run({"--bundle=line.pem", "status"});
  EXPECT_EQ(damaged.status, 2);
  EXPECT_THAT(damaged.errors, AllOf(HasSubstr("damaged"), Not(HasSubstr("PRIVATE KEY"))));
}

TEST_P(Certificates, EndWithTheAccountOfTheirName) {
  make_operator("zoe", {"moderator", "Marketing"});
  make_operator("marc", {"administrator"});
  make_operator("lise", {"administrator"});

  EXPECT_EQ(answer({"ban", "ZOE"})["certificates_revoked"], 1);
  EXPECT_EQ(as("zoe", {"status"}), 4);
  EXPECT_EQ(answer({"erase", "marc"})["certificates_revoked"], 1);
  EXPECT_EQ(as("marc", {"status"}), 4);
  support::line_client admin(server_.endpoint());
  ASSERT_TRUE(admin.log_in("admin", server_.administrator_password()));
  admin.say("BAN:lise");
  EXPECT_EQ(admin.hear(), "lise a été banni définitivement.");
  EXPECT_EQ(as("lise", {"status"}), 4) << "also where a session bans";

  const auto log = answer({"log", "--command=cert revoke"});
  ASSERT_EQ(log.size(), 3u);
  EXPECT_EQ(column(log, "to"), (words{"zoe", "marc", "lise"}));
  EXPECT_EQ(column(log, "result"), words(3, "done"));
  EXPECT_EQ(column(log, "by"), (words{"local", "local", "admin"}));
}

// It was tried each minute: a stop within that minute made the certificate good again.
TEST_P(Certificates, ThatWereRevokedWithoutRoomStayRevokedOnceThereIsRoom) {
  issue({"zoe", "--role=administrator"});
  const auto in_the_way = server_.state() + "/tls/certificates.new";
  std::filesystem::create_directory(in_the_way);
  refused({"cert", "revoke", "zoe"}, 1, "revoked, and refused from now on, but that is not stored");
  std::filesystem::remove(in_the_way);

  EXPECT_EQ(server_.stop(), 0);
  server_.start();

  EXPECT_EQ(run({"--bundle=zoe.pem", "--server=" + server_.admin(), "status"}).status, 4);
}

TEST_P(Certificates, OfOthersStay) {
  make_operator("zoe", {"moderator", "Marketing"});
  answer({"user", "add", "paul"}, "secret\n");

  EXPECT_FALSE(answer({"ban", "paul"}).contains("certificates_revoked"));

  EXPECT_EQ(as("zoe", {"status"}), 0);
}

TEST_P(Certificates, KeepTheNameOfTheirAccountUntilTheyAreRevoked) {
  make_operator("zoe", {"moderator", "Marketing"});

  refused({"user", "rename", "zoe", "marie"}, 1, "cert revoke it first");
  answer({"role", "zoe", "user"});
  refused({"user", "rename", "zoe", "marie"}, 1, "cert revoke it first"); // it waits for who has name and role next
  answer({"user", "rename", "zoe", "Zoe"});
  answer({"cert", "revoke", "zoe"});
  answer({"user", "rename", "Zoe", "marie"});
}

INSTANTIATE_TEST_SUITE_P(Databases, Certificates, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
