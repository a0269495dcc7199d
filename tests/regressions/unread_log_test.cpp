// Blocking diagnostics on the one loop. Where standard error is a pipe that nobody reads, a line of the log, which
// every stranger can cause, stopped the I/O thread: nobody was served, the admin port was mute, SIGTERM did nothing.
// Right: the log never waits for its reader; neither does the line on standard output that says that the server is
// ready.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace salond::regressions {
namespace {

using support::daemon;
using testing::HasSubstr;

/// A pipe with a name that takes nothing more until somebody reads it.
class full_pipe {
public:
  explicit full_pipe(const std::string& path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    descriptor_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    while (::write(descriptor_, "#\n", 2) > 0) {
    }
  }
  ~full_pipe() { ::close(descriptor_); }
  full_pipe(const full_pipe&) = delete;
  full_pipe& operator=(const full_pipe&) = delete;

  /// What is read until `last` comes, or nothing more.
  std::string read_until(const std::string& last) {
    std::string all;
    char piece[4096];
    support::eventually([&] {
      for (ssize_t count; (count = ::read(descriptor_, piece, sizeof piece)) > 0;)
        all.append(piece, static_cast<size_t>(count));
      return all.find(last) != std::string::npos;
    });
    return all;
  }

private:
  int descriptor_;
};

class UnreadLog : public testing::Test {
protected:
  void start_with_a_full(const char* stream) {
    server.options.settings = {{"log", {{"level", "debug"}}}};
    server.options.listen = {"unix:" + std::string(server.folder() / "socket"), "tcp://127.0.0.1:0"};
    server.options.through = {"/bin/sh", "-c", std::string(R"(exec "$@" )") + stream + R"(<>"$0")", path};
    server.launch();
  }

  daemon server;
  const std::string path = server.folder() / "pipe", local = "unix:" + std::string(server.folder() / "socket");
  full_pipe pipe{path};
};

TEST_F(UnreadLog, HoldsUpNobodyAndNotTheStopAndIsWholeWhenItIsReadAgain) {
  start_with_a_full("2");
  ASSERT_TRUE(server.ready());

  for (int i = 0; i < 30; ++i)
    ASSERT_EQ(support::register_user(local, "n" + std::to_string(i)), "Inscription réussie!");
  EXPECT_EQ(end_to_end::run_salonctl(server, {"status"}).status, 0);
  const auto heard = pipe.read_until("n29");
  EXPECT_THAT(heard, HasSubstr("database open"));
  EXPECT_EQ(heard.find("lines of the log are lost"), std::string::npos) << "a short pause loses nothing";

  EXPECT_EQ(server.stop(), 0);
}

TEST_F(UnreadLog, DoesNotHoldUpTheStop) {
  start_with_a_full("2");
  ASSERT_TRUE(server.ready());
  ASSERT_EQ(support::register_user(local, "zoë"), "Inscription réussie!");

  server.running().send(SIGTERM);

  EXPECT_EQ(server.running().wait(std::chrono::seconds{5}), 0);
}

TEST_F(UnreadLog, DoesNotHoldUpAStartThatFails) {
  const std::string notes = server.folder() / "notes";
  std::ofstream(notes) << std::string(10000, 'x'); // no database
  server.options.db = "sqlite:" + notes;
  start_with_a_full("2");

  EXPECT_EQ(server.running().wait(std::chrono::seconds{10}), 1);
}

TEST_F(UnreadLog, NorDoesTheReadyLine) {
  start_with_a_full("1");

  EXPECT_TRUE(support::eventually([&] {
    try {
      return support::register_user(local, "zoë") == "Inscription réussie!";
    } catch (const std::runtime_error&) {
      return false;
    }
  }));
  EXPECT_THAT(pipe.read_until("ready"), HasSubstr("ready unix:"));
  EXPECT_EQ(server.stop(), 0);
}

TEST(FullDisk, OfTheLogHoldsUpNobody) {
  daemon server;
  server.options.through = {"/bin/sh", "-c", R"(exec "$@" 2>/dev/full)", "sh"};
  server.start();
  EXPECT_EQ(support::register_user(server.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(server.stop(), 0);
}

} // namespace
} // namespace salond::regressions
