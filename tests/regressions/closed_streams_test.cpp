// A program that is started with standard streams closed (`salond <&- >&- 2>&-`) got their numbers for the files and
// sockets that it opened next: log lines went into the database's lock, or into its connection. Right: /dev/null stands
// there before anything is opened; and what salonctl could then not print is told by its status, as ever.
// `check`, a dry run and `--version` whose line a full disk did not take ended with status 0, as if all were well; and
// `console` told another reason than the disk's.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace salond::regressions {
namespace {

using support::daemon;
namespace fs = std::filesystem;

bool takes_connections(const std::string& endpoint) {
  try {
    const support::line_client client(endpoint);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

TEST(ClosedStreams, AreHeldBeforeAnythingIsOpened) {
  daemon server;
  const std::string endpoint = "unix:" + std::string(server.folder() / "socket");
  server.options.listen = {endpoint};
  server.options.settings = {{"log", {{"level", "debug"}}}};
  server.options.through = {"/bin/sh", "-c", R"(exec "$@" <&- >&- 2>&-)", "sh"};
  server.launch();
  ASSERT_TRUE(support::eventually([&] { return takes_connections(endpoint); }));

  EXPECT_EQ(support::register_user(endpoint, "zoë"), "Inscription réussie!");
  for (const auto* stream : {"0", "1", "2"})
    EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(server.pid()) + "/fd/" + stream), "/dev/null");
  EXPECT_EQ(server.stop(), 0);

  EXPECT_EQ(support::read_file(server.sqlite_path() + ".lock").find_first_not_of("0123456789"), std::string::npos);
  server.options.through.clear();
  server.start();
  support::line_client zoe(server.endpoint());
  EXPECT_TRUE(zoe.log_in("zoë"));
  EXPECT_EQ(server.stop(), 0);
}

TEST(ClosedStreams, OfSalonctlAreToldByItsStatus) {
  daemon server;
  server.start();
  const support::temporary_folder folder;
  for (const auto* script : {R"(exec "$@" >&-)", R"(exec "$@" <&- >&- 2>&-)"}) {
    support::process tool({"/bin/sh", "-c", script, "sh", SALONCTL_BINARY, "--server=" + server.admin(),
                           "--state=" + server.state(), "status"},
                          {}, folder / "out", folder / "err");
    EXPECT_EQ(tool.wait(), 1) << script;
  }
  EXPECT_EQ(server.stop(), 0);
}

class FullStreams : public testing::Test {
protected:
  /// What a program says on standard error, with a full disk in the place of standard output; and its status.
  std::pair<std::optional<int>, std::string> told(std::vector<std::string> command, const std::string& input = {}) {
    std::ofstream(folder_ / "in") << input;
    command.insert(command.begin(), {"/bin/sh", "-c", R"(exec "$@" <in >/dev/full)", "sh"});
    command.insert(command.begin(), {"env", "-C", folder_.path().string()});
    support::process tool(command, {}, folder_ / "out", folder_ / "err");
    const auto status = tool.wait();
    return {status, tool.errors()};
  }
  const support::temporary_folder folder_;
};

constexpr const char* no_room = "the answer could not be written: No space left on device\n";

TEST_F(FullStreams, OfSalonctlAreToldByItsStatusAndTheirReason) {
  daemon server;
  server.start();
  const std::vector<std::string> tool{SALONCTL_BINARY, "--server=" + server.admin(), "--state=" + server.state()};
  const auto with = [&](const std::string& word) {
    auto all = tool;
    all.push_back(word);
    return all;
  };

  EXPECT_EQ(told(with("check")), std::pair(std::optional{3}, std::string("salonctl: ") + no_room));
  EXPECT_EQ(told(with("--version")), std::pair(std::optional{1}, std::string("salonctl: ") + no_room));
  EXPECT_EQ(told(with("console"), "users\nusers\n"), std::pair(std::optional{1}, std::string("salonctl: ") + no_room));
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(FullStreams, OfSalondAreToldByItsStatus) {
  for (const auto* asked : {"--dry-run", "--version", "--help"}) {
    const auto [status, errors] = told({SALOND_BINARY, "--state=" + (folder_ / "state").string(), asked});
    EXPECT_EQ(status, 1) << asked;
    EXPECT_THAT(errors, testing::EndsWith(std::string("salond: ") + no_room)) << asked;
  }
}

} // namespace
} // namespace salond::regressions
