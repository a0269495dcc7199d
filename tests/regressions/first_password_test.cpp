// A secret is committed before it is safe. At a first start the administrator's account was stored, and then the file
// with its password; where that could not be written (a full disk, a folder in its way), the start failed, and every
// later one was ready: an administrator was there, and nobody had the password. Right: the file is whole and on the
// disk before the account changes. A start that fails in between leaves the next one to make another password.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace salond::regressions {
namespace {

using support::daemon;
using testing::HasSubstr;
namespace fs = std::filesystem;

void expect_that_the_password_is_right(daemon& server) {
  server.start();
  EXPECT_NE(server.administrator_password(), "");
  support::line_client admin(server.endpoint());
  EXPECT_TRUE(admin.log_in("admin", server.administrator_password()));
  EXPECT_EQ(server.stop(), 0);
}

class FirstPassword : public testing::TestWithParam<const char*> {};

/// Something that cannot be replaced is where a file is to be.
TEST_P(FirstPassword, IsKnownAfterAStartThatCouldNotWriteIt) {
  daemon server;
  fs::create_directories(server.state() + "/" + GetParam() + "/not empty");
  server.launch();
  const bool started = server.ready();
  if (started) {
    EXPECT_EQ(server.stop(), 0); // it found a way around
  } else {
    EXPECT_EQ(server.running().wait(), 1);
    EXPECT_THAT(server.log(), HasSubstr("salond: cannot write")) << "with a reason";
    fs::remove_all(server.state() + "/" + GetParam());
  }

  expect_that_the_password_is_right(server);
}

INSTANTIATE_TEST_SUITE_P(InTheWay, FirstPassword,
                         testing::Values("admin.password", "admin.password.new", "admin.password.fresh",
                                         "admin.password.fresh.new"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(FirstPasswordOfAFullDisk, IsKnownOnceThereIsRoom) {
  // Each size is another point at which the disk is full: the database's, the file's, the certificates'.
  for (const auto* kib : {"150", "200", "250", "300", "400"}) {
    daemon server;
    fs::create_directory(server.state());
    const std::string image = server.folder() / "image";
    const auto script = R"(mount -t tmpfs -o mode=0700,size="$1"k x "$2" || exit 99
      disk=$2 image=$3
      shift 3
      timeout 5 "$@"
      cp -a "$disk" "$image")";
    server.options.through = {"unshare", "-rm", "/bin/sh", "-c", script, "sh", kib, server.state(), image};
    server.launch();
    server.running().wait();
    if (!fs::exists(image))
      GTEST_SKIP() << "no file system can be mounted here: " << server.log();
    server.options.through.clear();
    fs::remove_all(server.state());
    fs::rename(image, server.state());
    expect_that_the_password_is_right(server);
  }
}

TEST(FirstPasswordOfAnotherDatabase, KeepsTheOlderOneBesideIt) {
  daemon server;
  server.start();
  const auto first = server.administrator_password();
  EXPECT_EQ(server.stop(), 0);

  server.options.db = "sqlite:" + std::string(server.folder() / "other.db");
  expect_that_the_password_is_right(server);

  EXPECT_NE(server.administrator_password(), first);
  EXPECT_EQ(support::read_file(server.state() + "/admin.password.old"), first + "\n");
}

/// The same kind elsewhere: a certificate is issued only when there is room for it.
TEST(FirstPasswordOfACertificate, IsNotIssuedWhereItsFileHasNoRoom) {
  daemon server;
  server.start();
  const support::temporary_folder folder;
  support::process tool({"/bin/sh", "-c", R"(cd "$0" && ulimit -f 0 && trap '' XFSZ && exec "$@")", folder / "",
                         SALONCTL_BINARY, "--server=" + server.admin(), "--state=" + server.state(), "cert", "issue",
                         "zoe"},
                        {}, folder / "out", folder / "err");

  EXPECT_EQ(tool.wait(), 1);

  EXPECT_FALSE(fs::exists(folder / "zoe.pem"));
  for (const auto& each : end_to_end::answer_of(server, {"cert", "list"}))
    EXPECT_NE(each.value("name", ""), "zoe");
  EXPECT_EQ(server.stop(), 0);
}

} // namespace
} // namespace salond::regressions
