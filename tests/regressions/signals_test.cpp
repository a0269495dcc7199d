// Signals, from the first moment to the last. A start that waited for a database, a resolver or a disk did not hear
// SIGTERM until that was over (58 s), or at all. Right: it ends within a second or so. And `timeout 2 salond` sends
// SIGTERM to the process and again to its group: taken for a second signal, that broke off the stop in order, with
// status 1. Right: a second signal within a second is the same wish; a later one ends at once, as the documents say.
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <arpa/inet.h>
#include <csignal>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace salond::regressions {
namespace {

using support::daemon;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// Takes connections (the kernel does) and never says a word, as a database server that is stuck.
class mute_server {
public:
  mute_server() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(descriptor_, 16), 0);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~mute_server() { ::close(descriptor_); }
  mute_server(const mute_server&) = delete;
  mute_server& operator=(const mute_server&) = delete;

  /// Somebody waits for us to speak.
  bool is_asked() const {
    const int taken = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    return taken >= 0; // and stays open
  }
  std::string database() const { return "mysql://chat@127.0.0.1:" + std::to_string(port_) + "/chat"; }

private:
  int descriptor_;
  uint16_t port_ = 0;
};

/// Starts a server that waits for that database, and sees that it does.
void begin_start(daemon& server, const mute_server& database) {
  server.options.db = database.database();
  server.options.variables = {"SALOND_DB_PASSWORD=secret"};
  server.launch();
  ASSERT_TRUE(database.is_asked());
}

class Signals : public testing::TestWithParam<int> {};

TEST_P(Signals, EndAStartThatWaitsForAMuteDatabase) {
  const mute_server database;
  daemon server;
  ASSERT_NO_FATAL_FAILURE(begin_start(server, database));

  server.running().send(GetParam());

  EXPECT_EQ(server.running().wait(3s), 0) << server.log();
  EXPECT_THAT(server.log(), HasSubstr("asked to stop before it had started"));
}

TEST_P(Signals, EndWhatIsAskedInsteadOfAStartWithAnotherStatus) {
  for (const auto* asked : {"--migrate-only", "--dry-run"}) {
    const mute_server database;
    const support::temporary_folder folder;
    support::process run(
        {SALOND_BINARY, "--state=" + std::string(folder / "state"), "--db=" + database.database(), asked},
        {"SALOND_DB_PASSWORD=secret"}, folder / "out", folder / "err");
    ASSERT_TRUE(database.is_asked());
    run.send(GetParam());
    EXPECT_EQ(run.wait(3s), 1) << asked << ": it is not done";
  }
}

TEST_P(Signals, TwiceAtOnceAreOneWish) {
  daemon server;
  server.start();
  auto zoe = support::newcomer(server.endpoint(), "zoë");

  server.running().send(GetParam());
  ASSERT_TRUE(server.logs("asked to stop"));
  server.running().send(GetParam());
  server.running().send(SIGCONT);

  EXPECT_EQ(zoe.hear(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_EQ(server.running().wait(), 0) << server.log();
}

INSTANTIATE_TEST_SUITE_P(Each, Signals, testing::Values(SIGTERM, SIGINT),
                         [](const auto& info) { return info.param == SIGTERM ? "SIGTERM" : "SIGINT"; });

TEST(SignalsOfTimeout, StopInOrder) {
  daemon server;
  server.options.through = {"timeout", "5"};
  server.start();
  auto zoe = support::newcomer(server.endpoint(), "zoë");

  EXPECT_EQ(server.running().wait(), 124) << "timeout's own status";

  EXPECT_EQ(zoe.hear(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_THAT(server.log(), HasSubstr("everything is committed"));
}

// What logrotate and the like send to who does not know it: the server ended, without a line.
TEST(SignalsThatMeanNothing, AreLoggedAndNothingElse) {
  daemon server;
  server.start();
  auto zoe = support::newcomer(server.endpoint(), "zoë");
  for (const int signal : {SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGIO, SIGPWR, SIGPROF, SIGXCPU, SIGSTKFLT, SIGRTMIN,
                           SIGRTMIN + 3, SIGRTMAX})
    server.running().send(signal);

  for (const auto* name : {"SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGPWR"})
    EXPECT_TRUE(support::eventually([&] {
      return server.log().find("signal=" + std::string(name)) != std::string::npos;
    })) << name
        << ": " << server.log();
  zoe.say("MSG (Général):bonjour");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: bonjour");
  EXPECT_EQ(server.stop(), 0);
}

TEST(SignalsThatMeanNothing, DoNotEndAStart) {
  const mute_server database;
  daemon server;
  ASSERT_NO_FATAL_FAILURE(begin_start(server, database));

  server.running().send(SIGUSR1);

  EXPECT_TRUE(server.logs("SIGUSR1")) << server.log();
  EXPECT_TRUE(server.running().running());
}

/// Wherever in its start it is hit, it ends in time and the next start finds all in order.
TEST(SignalsAtAnyMoment, LeaveAServerThatStarts) {
  daemon server;
  for (int i = 0; i < 30; ++i) {
    server.launch();
    std::this_thread::sleep_for(std::chrono::milliseconds{i * 4}); // the moment is what differs
    server.running().send(SIGTERM);
    const auto status = server.running().wait(10s);
    ASSERT_TRUE(status == 0 || status == -SIGTERM) << i << ": " << server.log(); // killed: before main() began
  }

  server.start();
  support::line_client admin(server.endpoint());
  EXPECT_TRUE(admin.log_in("admin", server.administrator_password()));
  EXPECT_EQ(server.stop(), 0);
}

} // namespace
} // namespace salond::regressions
