// A destructive step whose guard proves something else. `salond --listen=unix:FILE` asked whether somebody listens at
// FILE, heard no, and deleted it: a regular file does not listen either, so a text, or the database of a running
// salond, was gone. Right: what is there is removed only if it is a socket (and no link to one) behind which nobody
// listens; a stop removes nothing but the very socket that was made. The probe asks without waiting: an owner that does
// not accept, with a full backlog, held up the start for ever. And the file's mode came from the umask, so that with
// the unit's 0077 nobody could connect: it is a setting now.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace salond::regressions {
namespace {

using support::daemon;
using support::run_salond;
using testing::HasSubstr;
namespace fs = std::filesystem;

support::finished start_at(const support::temporary_folder& folder, const std::string& path) {
  return run_salond(folder, {"--state=" + std::string(folder / "state"), "--admin=none", "--listen=unix:" + path});
}

/// A listening socket that somebody else owns.
class other_socket {
public:
  explicit other_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(descriptor_, 0), 0);
  }
  ~other_socket() { ::close(descriptor_); }
  other_socket(const other_socket&) = delete;
  other_socket& operator=(const other_socket&) = delete;

private:
  int descriptor_;
};

/// Connects until the backlog takes no more; the connections.
std::vector<int> fill_backlog(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  std::vector<int> all;
  for (bool taken = true; taken && all.size() < 100;) {
    all.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    taken = ::connect(all.back(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  return all;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
}

TEST(SocketFiles, WhatIsNoSocketStaysAsItIs) {
  const support::temporary_folder folder;
  std::ofstream(folder / "notes") << "nobody may remove these";
  fs::create_directory(folder / "box");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink(folder / "notes", folder / "link");

  for (const auto* name : {"notes", "box", "pipe", "link"}) {
    const auto run = start_at(folder, folder / name);
    EXPECT_EQ(run.status, 1) << name;
    EXPECT_THAT(run.errors, HasSubstr("is no socket")) << name;
    EXPECT_TRUE(fs::exists(fs::symlink_status(folder / name))) << name;
  }
  EXPECT_EQ(support::read_file(folder / "notes"), "nobody may remove these");
}

TEST(SocketFiles, TheDatabaseOfARunningServerStays) {
  daemon server;
  server.start();
  const support::temporary_folder folder;

  EXPECT_EQ(start_at(folder, server.sqlite_path()).status, 1);

  EXPECT_EQ(support::register_user(server.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(server.stop(), 0);
  server.start();
  support::line_client zoe(server.endpoint());
  EXPECT_TRUE(zoe.log_in("zoë"));
  EXPECT_EQ(server.stop(), 0);
}

TEST(SocketFiles, ALinkToADeadSocketIsNotFollowed) {
  const support::temporary_folder folder;
  { const other_socket dead(folder / "dead"); }
  fs::create_symlink(folder / "dead", folder / "link");

  EXPECT_EQ(start_at(folder, folder / "link").status, 1);

  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_TRUE(fs::is_socket(folder / "dead"));
}

TEST(SocketFiles, AnOwnerWhoAnswersOrDoesNotKeepsItsSocketAndIsNotWaitedFor) {
  const support::temporary_folder folder;
  const std::string path = folder / "socket";
  const other_socket owner(path);

  for (const bool full : {false, true}) {
    const auto waiting = full ? fill_backlog(path) : std::vector<int>{};
    const auto run = start_at(folder, path);
    EXPECT_EQ(run.status, 1) << full;
    EXPECT_THAT(run.errors, HasSubstr("another program listens there")) << full;
    EXPECT_TRUE(fs::is_socket(path)) << full;
    for (const int each : waiting)
      ::close(each);
  }
}

TEST(SocketFiles, AStopLeavesWhatCameIntoTheSocketsPlace) {
  daemon server;
  const std::string path = server.folder() / "socket";
  server.options.listen = {"unix:" + path};
  server.start();
  fs::remove(path);
  std::ofstream(path) << "put here meanwhile";
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(support::read_file(path), "put here meanwhile");

  fs::remove(path);
  server.start();
  fs::remove(path);
  const other_socket another(path);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_TRUE(fs::is_socket(path)) << "another server's socket";
}

TEST(SocketFiles, HaveTheConfiguredModeWhateverTheUmaskIs) {
  const auto before = ::umask(0077);
  daemon server;
  const std::string path = server.folder() / "socket";
  server.options.listen = {"unix:" + path};
  server.start();
  EXPECT_EQ(mode_of(path), 0666u);
  EXPECT_EQ(support::register_user(server.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(server.stop(), 0);

  ::umask(0);
  server.options.settings = {{"unix", {{"mode", "0660"}, {"group", std::to_string(::getegid())}}}};
  server.start();
  ::umask(before);
  EXPECT_EQ(mode_of(path), 0660u);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_FALSE(fs::exists(path));
}

TEST(SocketFiles, AModeOrAGroupThatIsNoneIsAFault) {
  const support::temporary_folder folder;
  const std::string config = folder / "c.json";
  for (const auto* mode : {R"("rw")", R"("0888")", R"("1777")", "432"}) {
    std::ofstream(config) << R"({"unix": {"mode": )" << mode << "}}";
    EXPECT_EQ(run_salond(folder, {"--config=" + config, "--check-config"}).status, 2) << mode;
  }
  std::ofstream(config) << R"({"unix": {"group": "no-such-group"}})";
  const auto run = run_salond(folder, {"--config=" + config, "--state=" + std::string(folder / "state"), "--admin=none",
                                       "--listen=unix:" + std::string(folder / "socket")});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("no-such-group"));
}

/// What clears old files away takes a socket's with it: new clients were refused, and `check` said OK.
TEST(SocketFiles, ASocketWhoseFileIsGoneIsCriticalInACheck) {
  daemon server;
  server.options.listen = {"unix:" + std::string(server.folder() / "socket")};
  server.start();
  const auto check = [&] { return end_to_end::run_salonctl(server, {"check"}); };
  EXPECT_THAT(check().output, testing::Not(HasSubstr("socket")));

  fs::remove(std::string(server.folder() / "socket"));

  const auto gone = check();
  EXPECT_EQ(gone.status, 2);
  EXPECT_THAT(gone.output, HasSubstr("socket is gone: clients find the server there after a restart"));
}

/// A server that is to stop closes its doors itself: `check` blamed who knows whom, and else said OK for a day.
TEST(SocketFiles, AServerThatIsToStopSaysSoInACheck) {
  daemon server;
  server.options.listen = {"unix:" + std::string(server.folder() / "socket")};
  server.start();
  ASSERT_EQ(end_to_end::run_salonctl(server, {"kill", "1000", "--yes"}).status, 0);

  const auto check = end_to_end::run_salonctl(server, {"check"});

  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.output, testing::ContainsRegex("end: nobody is let in any more: the server ends in 9[0-9]+ sec"));
  EXPECT_THAT(check.output, testing::Not(HasSubstr("is gone")));
  EXPECT_THAT(end_to_end::run_salonctl(server, {"log", "1"}).output, HasSubstr("in 1000 seconds"));
}

/// The same kind elsewhere: the lock beside a SQLite database is written with a process number.
TEST(SocketFiles, AFileInThePlaceOfADatabasesLockStaysAsItIs) {
  const support::temporary_folder folder;
  std::ofstream(folder / "x.db.lock") << "no lock of salond";

  const auto run = run_salond(folder, {"--state=" + std::string(folder / "state"), "--migrate-only",
                                       "--db=sqlite:" + std::string(folder / "x.db")});

  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.errors, HasSubstr("x.db.lock is in the way"));
  EXPECT_EQ(support::read_file(folder / "x.db.lock"), "no lock of salond");
}

} // namespace
} // namespace salond::regressions
