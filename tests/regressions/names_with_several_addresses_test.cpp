// A name has several addresses. Where localhost is 127.0.0.1 and ::1, `--listen=tcp://localhost:P` listened at the
// first of them alone, which is ::1: the old client, who knows IPv4 only, was refused. `[::]` refused IPv4 though the
// text says "every address". Right: a name stands for all of its addresses, at one port; `[::]` for every address of
// both kinds. The admin port too; and salonctl tries all addresses of a name.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

namespace salond::regressions {
namespace {

using support::daemon;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

bool has_ipv6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  const bool result = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return result;
}

/// Runs what follows where the names have the addresses that `hosts` gives them. Empty: that cannot be had here.
std::vector<std::string> with_hosts(const support::temporary_folder& folder, const std::string& hosts) {
  const std::string file = folder / "hosts";
  std::ofstream(file) << hosts;
  const std::vector<std::string> words{
      "unshare", "-rm", "/bin/sh", "-c", R"(mount --bind "$0" /etc/hosts && exec "$@")", file};
  auto tried = words;
  tried.emplace_back("true");
  support::process probe(tried, {}, folder / "probe.out", folder / "probe.err");
  return probe.wait() == 0 ? words : std::vector<std::string>{};
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

class Names : public testing::Test {
protected:
  void SetUp() override {
    if (!has_ipv6())
      GTEST_SKIP() << "this machine has no IPv6";
  }
  /// Starts it where localhost has two addresses, one of them named twice.
  bool start_with_two_localhosts() {
    server.options.through =
        with_hosts(server.folder(), "127.0.0.1 localhost\n::1 localhost\n127.0.0.1 localhost\n127.0.0.1 other\n");
    if (server.options.through.empty())
      return false;
    server.start();
    return true;
  }
  void expect_both(const std::string& scheme, const std::string& port) {
    EXPECT_EQ(support::register_user(scheme + "127.0.0.1:" + port, "four" + port), "Inscription réussie!");
    EXPECT_EQ(support::register_user(scheme + "[::1]:" + port, "six" + port), "Inscription réussie!");
  }

  daemon server;
};

TEST_F(Names, StandForAllOfTheirAddressesAtOnePort) {
  server.options.listen = {"tcp://localhost:0", "tls://localhost:0"};
  server.options.admin = "localhost:0";
  if (!start_with_two_localhosts())
    GTEST_SKIP() << "no hosts file can be laid over the machine's";

  EXPECT_THAT(server.endpoints(),
              ElementsAre(MatchesRegex("tcp://localhost:[1-9][0-9]*"), MatchesRegex("tls://localhost:[1-9][0-9]*")))
      << "each is shown once";
  expect_both("tcp://", port_of(server.endpoints()[0]));
  expect_both("tls://", port_of(server.endpoints()[1]));
  for (const auto* host : {"127.0.0.1:", "[::1]:", "localhost:"}) {
    const support::temporary_folder folder;
    support::process tool(
        {SALONCTL_BINARY, "--server=" + (host + port_of(server.admin())), "--state=" + server.state(), "status"}, {},
        folder / "out", folder / "err");
    EXPECT_EQ(tool.wait(), 0) << host << tool.errors();
  }
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Names, OfOneAddressThatIsNotHereHaveTheOthers) {
  server.options.through = with_hosts(server.folder(), "127.0.0.1 localhost\n2001:db8::77 localhost\n");
  if (server.options.through.empty())
    GTEST_SKIP() << "no hosts file can be laid over the machine's";
  server.options.listen = {"tcp://localhost:0"};

  server.start();

  EXPECT_EQ(support::register_user("tcp://127.0.0.1:" + port_of(server.endpoint()), "zoë"), "Inscription réussie!");
  EXPECT_TRUE(server.logs("does not have every address"));
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Names, SalonctlTriesEachOfTheAddresses) {
  server.options.admin = "127.0.0.1:0";
  server.start();
  const support::temporary_folder folder;
  // Another program answers at the first address, and is no admin port.
  daemon other;
  other.options.listen = {"tcp://[::1]:" + port_of(server.admin())};
  other.options.admin = "none";
  other.start();
  auto words = with_hosts(folder, "::1 chat.example\n127.0.0.1 chat.example\n");
  if (words.empty())
    GTEST_SKIP() << "no hosts file can be laid over the machine's";
  for (const auto& each : {std::string(SALONCTL_BINARY), "--server=chat.example:" + port_of(server.admin()),
                           "--state=" + server.state(), std::string("status")})
    words.push_back(each);

  support::process tool(words, {}, folder / "out", folder / "err");

  EXPECT_EQ(tool.wait(), 0) << tool.errors();
  EXPECT_EQ(other.stop(), 0);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Names, EveryAddressMeansBothKinds) {
  server.options.settings = {{"listen_clear_anywhere", true}};
  server.options.listen = {"tcp://[::]:0"};
  server.options.admin = "[::]:0";
  server.start();

  expect_both("tcp://", port_of(server.endpoint()));
  EXPECT_EQ(end_to_end::run_salonctl(server,
                                     {"--state=" + server.state(), "--server=127.0.0.1:" + port_of(server.admin())},
                                     {"status"}, "", support::temporary_folder{})
                .status,
            0);
  EXPECT_EQ(server.stop(), 0);
  std::filesystem::remove_all(server.state());

  // Named beside an IPv4 address with the same port it gives way there.
  const auto port = port_of(server.endpoint());
  for (const auto* four : {"tcp://0.0.0.0:", "tcp://127.0.0.1:"}) {
    server.options.listen = {"tcp://[::]:" + port, four + port};
    server.start();
    EXPECT_EQ(server.endpoints().size(), 2u);
    expect_both("tcp://", port);
    EXPECT_EQ(server.stop(), 0);
    server.options.listen = {four + port, "tcp://[::]:" + port};
    server.start();
    EXPECT_EQ(server.stop(), 0);
    std::filesystem::remove_all(server.state()); // where the users of this turn are
  }
}

TEST_F(Names, WhatTwoOfThemShareIsListenedAtOnceOrIsAFault) {
  server.options.listen = {"tcp://127.0.0.1:0"};
  server.start();
  const auto port = port_of(server.endpoint());
  EXPECT_EQ(server.stop(), 0);

  server.options.listen = {"tcp://localhost:" + port, "tcp://127.0.0.1:" + port, "tcp://other:" + port};
  server.options.settings = {{"listen_clear_anywhere", true}};
  if (!start_with_two_localhosts())
    GTEST_SKIP() << "no hosts file can be laid over the machine's";
  EXPECT_EQ(server.endpoints().size(), 3u);
  expect_both("tcp://", port);
  EXPECT_EQ(server.stop(), 0);

  server.options.listen = {"tcp://localhost:" + port, "tls://127.0.0.1:" + port};
  server.launch();
  EXPECT_EQ(server.running().wait(), 2);
  EXPECT_THAT(server.log(), HasSubstr("are both at 127.0.0.1:" + port));
}

} // namespace
} // namespace salond::regressions
