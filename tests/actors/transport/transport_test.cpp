// The transport between people who may: connecting, who is who, and each way in which it ends or does not begin.
#include "tests/actors/transport/transport_fixture.hpp"
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
extern "C" void __lsan_disable();
extern "C" void __lsan_enable();
#endif

namespace transport_tests {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// CAF's brokers send the tick of their heartbeat to themselves; one that comes after their end keeps them for ever. So
/// what is made on this thread, and all that hangs on it, is not looked at while this lives.
class leaks_of_caf {
public:
#ifdef __SANITIZE_ADDRESS__
  leaks_of_caf() {
    __lsan_disable();
  }
  ~leaks_of_caf() {
    __lsan_enable();
  }
#else
  leaks_of_caf() {}
#endif
};

/// A port on which somebody else listens: accepts nothing by itself.
class stranger {
public:
  stranger() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&where), size), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&where), &size), 0);
    port = ntohs(where.sin_port);
  }
  ~stranger() {
    if (thread_.joinable())
      thread_.join();
    ::close(socket_);
  }
  void listen(int backlog = 8) const { EXPECT_EQ(::listen(socket_, backlog), 0); }
  /// Says something to the first who comes, and hangs up.
  void say_once(const std::string& words) {
    listen();
    thread_ = std::thread{[this, words] {
      const auto guest = ::accept(socket_, nullptr, nullptr);
      char hello[512];
      [[maybe_unused]] auto count = ::recv(guest, hello, sizeof hello, 0);
      count = ::send(guest, words.data(), words.size(), MSG_NOSIGNAL);
      ::close(guest);
    }};
  }
  uint16_t port = 0;

private:
  int socket_;
  std::thread thread_;
};

salond::dial_failure failure(end& tool, const std::string& host, uint16_t port,
                             std::chrono::milliseconds patience = 4s) {
  salond::port_rules server;
  server.kinds = {peer_kind::node};
  auto found = tool.net.dial<admin_actor>(host, port, server, patience);
  const auto* why = std::get_if<salond::dial_failure>(&found);
  return why ? *why : salond::dial_failure{salond::dial_fault::lost, "no failure"};
}

salond::transport_limits hasty() {
  salond::transport_limits limits;
  limits.greeting = 300ms;
  limits.sweep = 50ms;
  return limits;
}

} // namespace

TEST_F(Transport, LetsAnOperatorAsk) {
  serve();
  end tool{zoe};

  EXPECT_EQ(ask(tool, reach(tool), "l'été \"x\" ):"), "administrator/zoe at 127.0.0.1 asks l'été \"x\" ):");
}

TEST_F(Transport, TellsTheOperatorsApart) {
  serve();
  end a{zoe}, b{issue(peer_kind::moderator, "paul")};
  const auto by_zoe = reach(a), by_paul = reach(b);

  EXPECT_EQ(ask(a, by_zoe, "1"), "administrator/zoe at 127.0.0.1 asks 1");
  EXPECT_EQ(ask(b, by_paul, "2"), "moderator/paul at 127.0.0.1 asks 2");
  EXPECT_EQ(seen.strangers, 0);
}

TEST_F(Transport, KnowsNobodyInALocalActor) {
  serve();
  caf::scoped_actor self{server->system, true};
  bool refused = false;

  self->request(admin, 5s, question{"who am I"})
      .receive([](const std::string&) {}, [&](const caf::error&) { refused = true; });

  EXPECT_TRUE(refused);
  EXPECT_EQ(seen.strangers, 1);
}

TEST_F(Transport, GivesEachProcessAnotherNodeId) {
  end a{zoe}, b{zoe};

  EXPECT_NE(a.system.node(), b.system.node());
}

TEST_F(Transport, TellsAListenerThingsLater) {
  serve();
  end tool{zoe};
  const auto there = reach(tool);
  caf::scoped_actor self{tool.system, true};
  int heard = 0;

  self->send(there, listen{20, std::string(1000, 'x')});
  self->receive_while([&] { return heard < 20; })([&](const told& news) { heard += news.text.size() == 1000 ? 1 : 99; },
                                                  caf::after(5s) >> [&] { heard = 999; });

  EXPECT_EQ(heard, 20);
}

TEST_F(Transport, CarriesMessagesUpToItsBound) {
  serve();
  end tool{zoe};
  const auto there = reach(tool);

  EXPECT_THAT(ask(tool, there, std::string(60000, 'x')), StartsWith("administrator/zoe"));
  EXPECT_THAT(ask(tool, there, std::string(70000, 'x'), 1s), StartsWith("error"));
  EXPECT_TRUE(comes_true([&] { return server->logged("message of a wrong size"); }));
}

/// Each question has an asker of its own here, hundreds of them: those that have ended count no longer.
TEST_F(Transport, StaysOverManyHeartbeatsAndAskers) {
  const leaks_of_caf allowed;
  heartbeat = 200ms;
  serve();
  end tool{zoe, {}, {}, heartbeat};
  const auto there = reach(tool);
  const auto until = std::chrono::steady_clock::now() + 1s; // five heartbeats

  while (std::chrono::steady_clock::now() < until)
    ASSERT_THAT(ask(tool, there, "still there"), StartsWith("administrator/zoe"));

  EXPECT_EQ(server->net.counters().cut, 0u);
}

TEST_F(Transport, CountsWhatHappens) {
  serve();
  {
    end tool{zoe};
    reach(tool);
    EXPECT_TRUE(comes_true([&] { return server->net.counters().open == 1; }));
    support::raw_peer{port}.send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(comes_true([&] { return server->net.counters().refused == 1; }));
  }

  EXPECT_TRUE(comes_true([&] { return server->net.counters().open == 0; }));
  const auto counts = server->net.counters();
  EXPECT_EQ(counts.accepted, 2u);
  EXPECT_EQ(counts.opened, 1u);
  EXPECT_EQ(counts.half_open, 0u);
  EXPECT_EQ(counts.cut, 0u);
}

TEST_F(Transport, ClosesAPublishedPort) {
  serve();
  end tool{zoe};
  const auto there = reach(tool);

  EXPECT_TRUE(server->net.unpublish(port));

  EXPECT_FALSE(server->net.unpublish(port));
  EXPECT_EQ(failure_of(zoe), "unreachable: Connection refused");
  EXPECT_THAT(ask(tool, there, "connections stay"), StartsWith("administrator/zoe"));
}

TEST_F(Transport, PublishesAtEveryAddressAndClosesAllOfThem) {
  serve();
  const auto before = open_descriptors();
  auto both = salond::addresses_of("127.0.0.1", 0);
  both.push_back(salond::addresses_of("127.0.0.2", 0).at(0));

  const auto common = server->net.publish(admin, both, {});

  const auto is_free = [](const salond::socket_address& where) {
    const auto opened = salond::listen_at(where);
    if (opened >= 0)
      ::close(opened);
    return opened >= 0;
  };
  for (auto& each : both) {
    each.set_port(common);
    EXPECT_FALSE(is_free(each)) << each.to_string();
  }
  EXPECT_TRUE(server->net.unpublish(common));
  EXPECT_FALSE(server->net.unpublish(common));
  for (const auto& each : both)
    EXPECT_TRUE(comes_true([&] { return is_free(each); })) << each.to_string();
  EXPECT_TRUE(comes_true([&] { return open_descriptors() <= before; })) << open_descriptors() << ", not " << before;
}

TEST_F(Transport, SaysWhenThePortIsTaken) {
  serve();

  EXPECT_THROW(server->net.publish(admin, salond::addresses_of("127.0.0.1", port), {}), std::system_error);
}

TEST_F(Transport, TellsTheEndOfTheServerToWhoWatches) {
  serve();
  end tool{zoe};
  const auto there = reach(tool);
  caf::scoped_actor self{tool.system, true};
  self->monitor(there);
  bool down = false;

  stop();
  self->receive([&](const caf::down_msg&) { down = true; }, caf::after(5s) >> [] {});

  EXPECT_TRUE(down);
}

// --- who may not ---

TEST_F(Transport, RefusesACertificateOfAnotherAuthority) {
  serve();
  auto theirs = salond::issue({peer_kind::administrator, "zoe"}, salond::make_authority());
  // It trusts our server, so that the server's refusal is what it hears.
  theirs.authority.reset(X509_dup(authority.certificate.get()));
  end tool{zoe};

  EXPECT_THROW(tool.net.use(theirs, {}), salond::pki_error); // the bundle does not hold together: nothing changed
  EXPECT_THAT(ask(tool, reach(tool), "as before"), StartsWith("administrator/zoe"));
}

TEST_F(Transport, RefusesAServerOfAnotherAuthority) {
  serve();
  const auto theirs = salond::issue({peer_kind::administrator, "zoe"}, salond::make_authority());

  EXPECT_THAT(failure_of(theirs), StartsWith("not allowed: certificate: "));
  EXPECT_EQ(seen.questions, 0);
}

TEST_F(Transport, RefusesCertificatesThatExpiredOrHaveNotBegun) {
  serve();

  EXPECT_THAT(failure_of(issue(peer_kind::administrator, "zoe", {-2h, -1h})),
              StartsWith("not allowed: TLS: sslv3 alert certificate expired"));
  EXPECT_THAT(failure_of(issue(peer_kind::administrator, "zoe", {1h, 2h})),
              StartsWith("not allowed: TLS: sslv3 alert bad certificate"));
}

TEST_F(Transport, RefusesCertificatesOfAnotherKind) {
  serve();

  EXPECT_THAT(failure_of(issue(peer_kind::node, "db2")), StartsWith("not allowed: TLS: sslv3 alert unsupported"));
}

TEST_F(Transport, RefusesAServerThatIsAnOperator) {
  server_bundle = issue(peer_kind::administrator, "paul");
  serve();

  EXPECT_THAT(failure_of(zoe), StartsWith("not allowed: certificate: "));
}

TEST_F(Transport, RefusesRevokedCertificates) {
  serve({}, {serial(zoe)});

  EXPECT_THAT(failure_of(zoe), StartsWith("not allowed: TLS: sslv3 alert certificate revoked"));
}

TEST_F(Transport, EndsLiveConnectionsOfTheRevokedAtOnce) {
  serve();
  end a{zoe}, b{issue(peer_kind::moderator, "paul")};
  const auto by_zoe = reach(a), by_paul = reach(b);
  ask(a, by_zoe, "before");
  caf::scoped_actor watcher{a.system, true};
  watcher->monitor(by_zoe);
  bool down = false;

  server->net.revoke({serial(zoe)});
  watcher->receive([&](const caf::down_msg&) { down = true; }, caf::after(5s) >> [] {});

  EXPECT_TRUE(down);
  EXPECT_TRUE(comes_true([&] {
    return server->logged("admin connection closed who=administrator/zoe from=127.0.0.1 why=certificate revoked");
  })); // the operator may see the end before the server has written it down
  EXPECT_TRUE(comes_true([&] { return server->net.counters().cut == 1; }));
  EXPECT_THAT(failure_of(zoe), HasSubstr("revoked"));
  EXPECT_THAT(ask(b, by_paul, "after"), StartsWith("moderator/paul"));
}

TEST_F(Transport, EndsLiveConnectionsWhenTheirCertificateExpires) {
  serve(hasty());
  end tool{issue(peer_kind::administrator, "zoe", {-300s, 2s})};
  reach(tool);

  EXPECT_TRUE(
      comes_true([&] { return server->logged("who=administrator/zoe from=127.0.0.1 why=certificate expired"); }));
  EXPECT_TRUE(comes_true([&] { return server->net.counters().open == 0; }));
}

TEST_F(Transport, GoesOnWithLiveConnectionsWhenItsCertificateIsRenewed) {
  serve();
  end tool{zoe}, late{zoe};
  const auto there = reach(tool);
  salond::renew_authority(authority);

  server->net.use(issue(peer_kind::node, "salond"), {});

  EXPECT_THAT(ask(tool, there, "old connection"), StartsWith("administrator/zoe"));
  EXPECT_THAT(ask(late, reach(late), "new connection"), StartsWith("administrator/zoe"));
}

TEST_F(Transport, BoundsTheConnectionsOfAPerson) {
  salond::transport_limits limits;
  limits.open_per_identity = 3;
  serve(limits);
  std::vector<support::raw_peer> inside;
  for (const char host : {'a', 'b', 'c'})
    inside.push_back(insider(zoe, host));
  ASSERT_TRUE(comes_true([&] { return server->net.counters().open == 3; }));

  auto fourth = insider(zoe, 'd');

  EXPECT_TRUE(fourth.closed());
  EXPECT_TRUE(comes_true([&] { return server->net.counters().refused == 1; }));
  end tool{issue(peer_kind::moderator, "paul")};
  EXPECT_THAT(ask(tool, reach(tool), "I may"), StartsWith("moderator/paul"));
}

// --- what salonctl says when it cannot connect ---

TEST_F(Transport, TellsWhyNothingAnswers) {
  end tool{zoe, hasty()};
  stranger closed, mute, http, shy;
  mute.listen();
  http.say_once("HTTP/1.1 400 Bad Request\r\n\r\n");
  shy.say_once("");

  const auto refused = failure(tool, "127.0.0.1", closed.port);
  const auto unknown = failure(tool, "nowhere.invalid", 5001);
  const auto silent = failure(tool, "127.0.0.1", mute.port);
  const auto other_protocol = failure(tool, "127.0.0.1", http.port);

  EXPECT_EQ(refused.kind, salond::dial_fault::unreachable);
  EXPECT_EQ(refused.text, "Connection refused");
  EXPECT_EQ(unknown.kind, salond::dial_fault::unreachable);
  EXPECT_EQ(unknown.text, "unknown host");
  EXPECT_EQ(silent.kind, salond::dial_fault::mute);
  EXPECT_EQ(silent.text, "no TLS handshake in time");
  EXPECT_EQ(other_protocol.kind, salond::dial_fault::other_protocol);
  EXPECT_EQ(other_protocol.text, "TLS: wrong version number");
  EXPECT_EQ(failure(tool, "127.0.0.1", shy.port, 1s).kind, salond::dial_fault::mute); // lost once, then mute
}

TEST_F(Transport, SaysFilteredWhenNoPacketIsAnswered) {
  end tool{zoe, hasty()};
  stranger full;
  full.listen(0);
  // Two fill the backlog; the kernel drops the packets of whoever comes then.
  const support::raw_peer first{full.port};
  std::vector<int> queued;
  for (int i = 0; i < 4; ++i) {
    queued.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(full.port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(queued.back(), reinterpret_cast<sockaddr*>(&where), sizeof where);
  }

  const auto why = failure(tool, "127.0.0.1", full.port);
  for (const auto each : queued)
    ::close(each);

  EXPECT_EQ(why.kind, salond::dial_fault::filtered);
  EXPECT_EQ(why.text, "no answer: filtered, or the host is down");
}

TEST_F(Transport, RefusesAnActorOfAnotherInterface) {
  serve();
  end tool{zoe};

  const auto found = tool.net.dial<other_actor>("127.0.0.1", port, a_server());

  ASSERT_TRUE(std::holds_alternative<salond::dial_failure>(found));
  EXPECT_EQ(std::get<salond::dial_failure>(found).kind, salond::dial_fault::other_protocol);
}

TEST_F(Transport, FindsTheServerByAName) {
  serve();
  end tool{zoe};

  // To be looked up like any name, and known where nobody has told the system of a localhost.
  const auto found = tool.net.dial<admin_actor>("127.1", port, a_server());

  EXPECT_TRUE(std::holds_alternative<admin_actor>(found)) << tool.net.last_failure();
}

TEST_F(Transport, StopsWithoutWaitingForItsPeers) {
  serve();
  auto mute = insider(zoe, 'm'); // neither reads nor closes
  support::raw_peer silent{port}, shy{port};
  shy.say_hello();
  ASSERT_TRUE(comes_true([&] { return server->net.counters().half_open >= 2; }));
  const auto start = std::chrono::steady_clock::now();

  stop();

  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_TRUE(mute.closed());
  EXPECT_TRUE(silent.closed());
}

TEST_F(Transport, StartsAndStopsManyTimes) {
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    serve();
    end tool{zoe};
    ASSERT_THAT(ask(tool, reach(tool), "hello"), StartsWith("administrator/zoe")) << i;
    stop();
  }

  EXPECT_EQ(open_descriptors(), before);
}

} // namespace transport_tests
