// A program that is started with standard streams closed (`salond <&- >&- 2>&-`) got their numbers for the files and
// sockets that it opened next: log lines went into the database's lock, or into its connection. Right: /dev/null stands
// there before anything is opened; and what salonctl could then not print is told by its status, as ever.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <filesystem>
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
  server.how.listen = {endpoint};
  server.how.settings = {{"log", {{"level", "debug"}}}};
  server.how.through = {"/bin/sh", "-c", R"(exec "$@" <&- >&- 2>&-)", "sh"};
  server.launch();
  ASSERT_TRUE(support::eventually([&] { return takes_connections(endpoint); }));

  EXPECT_EQ(support::register_user(endpoint, "zoë"), "Inscription réussie!");
  for (const auto* stream : {"0", "1", "2"})
    EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(server.pid()) + "/fd/" + stream), "/dev/null");
  EXPECT_EQ(server.stop(), 0);

  EXPECT_EQ(support::read_file(server.sqlite_path() + ".lock").find_first_not_of("0123456789"), std::string::npos);
  server.how.through.clear();
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

} // namespace
} // namespace salond::regressions
