// Links as nodes have them: two and three, dialling at once, killed, half dead, flooded.
#include "actors/cluster/dial_trial.hpp"
#include "tests/actors/links/links_fixture.hpp"
#include "tests/support/sanitized.hpp"
#include <ctime>
#include <fstream>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>

namespace links_tests {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What this process has used.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Of this process, as it is now.
size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  size_t whole = 0, resident = 0;
  in >> whole >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

TEST_F(Links, TwoNodesTellOneAnotherInOrder) {
  const auto a = start("a", 1), b = start("b", 2);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));
  std::vector<std::string> sent;
  for (int i = 0; i < 1000; ++i)
    sent.push_back("l'été \"x\" ): " + std::to_string(i));

  for (auto* from : {a.get(), b.get()})
    from->on_loop([&] {
      for (const auto& each : sent)
        EXPECT_TRUE(from->all->send(from == a.get() ? b->run : a->run, text(each)));
    });

  EXPECT_TRUE(comes_true([&] { return a->told().size() == 1000 && b->told().size() == 1000; }));
  EXPECT_EQ(a->told(), sent);
  EXPECT_EQ(b->told(), sent);
  const auto link = a->link(b->run);
  EXPECT_EQ(link.name, "b");
  EXPECT_EQ(link.counts.frames_out, 1000u);
  EXPECT_EQ(link.counts.messages_out, 1000u);
  EXPECT_TRUE(comes_true([&] { return a->link(b->run).counts.round_trip_ms.has_value(); }));
  EXPECT_TRUE(comes_true([&] { return a->logged("link up who=node/b"); }));
}

TEST_F(Links, ThreeNodesThatStartAtOnceAllReachOneAnother) {
  const auto a = start("a", 3), b = start("b", 2), c = start("c", 1);

  introduce({c.get(), a.get(), b.get()});

  ASSERT_TRUE(all_up({a.get(), b.get(), c.get()}));
  EXPECT_TRUE(b->send(c->run, text("x")));
  EXPECT_TRUE(comes_true([&] { return c->told().size() == 1; }));
  for (auto* each : {a.get(), b.get(), c.get()})
    EXPECT_THAT(each->happened(), Not(HasSubstr("down")));
  EXPECT_EQ(c->shared->counters.open, 2u) << "one connection for each of two nodes";
}

TEST_F(Links, SaysNothingToWhomItDoesNotReach) {
  const auto a = start("a", 1);
  EXPECT_FALSE(a->send({7}, text("x")));
  a->know({{{7}, "b", "127.0.0.1", 1}});
  EXPECT_FALSE(a->send({7}, text("x")));
  EXPECT_TRUE(comes_true([&] { return a->link({7}).trouble == "Connection refused"; }));
  EXPECT_TRUE(comes_true([&] { return a->logged("a node cannot be reached who=node/b why=Connection refused"); }));
  EXPECT_EQ(a->times_logged("cannot be reached"), 1u) << "once, however often it is tried";
}

TEST_F(Links, FindsANodeByItsName) {
  const auto a = start("a", 1), b = start("b", 2);
  b->know({a->address()});

  a->know({{b->run, "b", "localhost", b->port}});

  EXPECT_TRUE(all_up({a.get(), b.get()}));
}

TEST_F(Links, TellsWhyANameIsNotFound) {
  const auto a = start("a", 1);

  a->know({{{2}, "b", "no such host", 5}});

  EXPECT_TRUE(comes_true([&] { return a->link({2}).trouble.find("unknown host: ") == 0; }));
}

TEST_F(Links, ANodeThatStopsSaysSoAndIsReachedAgainAsAnotherRun) {
  const auto a = start("a", 1);
  auto b = start("b", 2);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));

  b.reset();

  ASSERT_TRUE(comes_true([&] { return !a->up({2}); }));
  EXPECT_EQ(a->happened(), "up 2; down 2 it stops; ");
  b = start("b", 3);
  introduce({a.get(), b.get()});
  EXPECT_TRUE(all_up({a.get(), b.get()}));
  EXPECT_EQ(a->link({2}).peer, node_id{}) << "the run before is forgotten";
}

TEST_F(Links, TheNodeThatDialsComesBackToo) {
  auto a = start("a", 1);
  const auto b = start("b", 2);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));

  a = start("a", 3);
  introduce({a.get(), b.get()});

  EXPECT_TRUE(all_up({a.get(), b.get()}));
}

// The dialling side hears of the end, and the other one believes in the old connection: that keeps out nobody, and what
// is said now is heard.
TEST_F(Links, AConnectionThatOnlyTheDialledSideBelievesInGivesWay) {
  const auto a = start("a", 1), b = start("b", 2);
  wire between{b->port};
  b->know({a->address()});
  a->know({{b->run, "b", "127.0.0.1", between.port()}});
  ASSERT_TRUE(all_up({a.get(), b.get()}));

  between.end_for_the_dialling();

  ASSERT_TRUE(comes_true([&] { return between.connections() == 2 && a->up(b->run) && b->up(a->run); }, 2500ms))
      << "before the silence is noticed";
  EXPECT_THAT(b->happened(), HasSubstr("down 1 a newer connection took its place; up 1; "));
  EXPECT_TRUE(b->send(a->run, text("new")));
  EXPECT_TRUE(comes_true([&] { return a->told() == std::vector<std::string>{"new"}; }));
}

TEST_F(Links, ALinkThatBothSidesBelieveInEndsBySilence) {
  const auto a = start("a", 1), b = start("b", 2);
  wire between{b->port};
  b->know({a->address()});
  a->know({{b->run, "b", "127.0.0.1", between.port()}});
  ASSERT_TRUE(all_up({a.get(), b.get()}));
  b->send(a->run, text("before"));
  ASSERT_TRUE(comes_true([&] { return a->told().size() == 1; }));

  between.hold();
  b->send(a->run, text("lost"));

  ASSERT_TRUE(comes_true([&] { return between.connections() == 2 && all_up({a.get(), b.get()}); }, 8s));
  EXPECT_THAT(a->happened(), HasSubstr("down 2 silent; up 2; "));
  EXPECT_TRUE(comes_true([&] { // the link is lost again where this machine stands still
    b->send(a->run, text("after"));
    return a->told().size() > 1;
  }));
  EXPECT_EQ(a->told().at(1), "after");
}

TEST_F(Links, AHostThatTakesConnectionsAndIsMuteIsTriedAgain) {
  const auto a = start("a", 1), b = start("b", 2);
  wire between{b->port};
  between.holds_new = true;
  b->know({a->address()});
  a->know({{b->run, "b", "127.0.0.1", between.port()}});
  ASSERT_TRUE(comes_true([&] { return a->link(b->run).trouble == "no TLS handshake in time"; }));

  between.holds_new = false;

  EXPECT_TRUE(all_up({a.get(), b.get()}));
}

// A peer whose I/O thread stands still: what waits for it is bounded, and so is what this process holds for it.
TEST_F(Links, AFloodForAPeerThatDoesNotReadIsDroppedAtTheBound) {
  const auto a = start("a", 1), b = start("b", 2);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));
  b->keeps_texts = false;
  std::promise<void> go_on;
  b->loop().post([&] { go_on.get_future().wait(); });
  const auto memory = resident_bytes();
  const std::string eight_kib(8192, 'x');

  size_t most = 0;
  int sent = 0;
  while (a->send(b->run, text(eight_kib)) && sent < 100'000) {
    if (++sent % 64 == 0)
      most = std::max(most, a->link(b->run).counts.unsent_bytes);
  }

  EXPECT_LT(sent, 100'000);
  EXPECT_LE(most, (8u << 20) + (256u << 10));
  if (!support::sanitized) {
    EXPECT_LT(resident_bytes(), memory + (32u << 20));
  }
  EXPECT_THAT(a->happened(), HasSubstr("down 2 it takes less than it is sent: what waited was dropped; "));
  EXPECT_EQ(a->link(b->run).counts.drops, 1u);
  go_on.set_value();
  EXPECT_TRUE(all_up({a.get(), b.get()}));
  EXPECT_TRUE(a->send(b->run, text("again")));
}

// The kernel's buffers hold little of it, so most of it waits here for its turn; pings go ahead.
TEST_F(Links, MuchThatAPeerReadsArrivesWhole) {
  const auto a = start("a", 1), b = start("b", 2);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));
  b->keeps_texts = false;
  const std::string one_kib(1024, 'x');

  for (int turn = 0; turn < 20; ++turn) {
    a->on_loop([&] {
      for (int i = 0; i < 5000; ++i)
        EXPECT_TRUE(a->all->send(b->run, text(one_kib)));
    });
    ASSERT_TRUE(comes_true([&] { return b->frames == 5000 * (turn + 1); })) << turn;
  }

  EXPECT_EQ(a->happened(), "up 2; ");
  EXPECT_TRUE(comes_true([&] { return a->link(b->run).counts.unsent_bytes == 0; }));
}

TEST_F(Links, ANodeThatIsGoneIsToldSoWhenItDials) {
  const auto a = start("a", 1), b = start("b", 2);
  b->gone_run = 1;

  a->know({b->address()});

  EXPECT_TRUE(comes_true([&] { return a->told_gone == 1; }));
  EXPECT_TRUE(comes_true([&] { return a->link(b->run).trouble == "that run is gone"; }));
}

TEST_F(Links, ANodeThatIsGoneIsToldSoWhenThatBecomesKnown) {
  const auto a = start("a", 1), b = start("b", 2), c = start("c", 3);
  introduce({a.get(), b.get(), c.get()});
  ASSERT_TRUE(all_up({a.get(), b.get(), c.get()}));

  b->on_loop([&] { b->all->tell_gone({9}); });
  EXPECT_TRUE(comes_true([&] { return a->told_gone == 9 && c->told_gone == 9; }));
  b->gone_run = 1;
  b->know({c->address()});

  EXPECT_TRUE(comes_true([&] { return a->told_gone == 1; }));
}

TEST_F(Links, ARunThatIsNotKnownYetIsAskedForAndIsLetInThen) {
  const auto a = start("a", 1), b = start("b", 2);
  a->know({b->address()});
  ASSERT_TRUE(comes_true([&] { return b->unknown_run == 1; }));
  EXPECT_EQ(a->link(b->run).trouble, "that run is not known here yet");

  b->know({a->address()});

  EXPECT_TRUE(all_up({a.get(), b.get()}));
}

TEST_F(Links, AfterDoubtAllSessionsBeginAnew) {
  const auto a = start("a", 1), b = start("b", 2), c = start("c", 3);
  introduce({a.get(), b.get(), c.get()});
  ASSERT_TRUE(all_up({a.get(), b.get(), c.get()}));

  b->on_loop([&] { b->all->begin_anew("the node was in doubt"); });

  ASSERT_TRUE(comes_true([&] {
    return a->happened() == "up 2; up 3; down 2 the node was in doubt; up 2; "
           || a->happened() == "up 3; up 2; down 2 the node was in doubt; up 2; ";
  })) << a->happened();
  EXPECT_TRUE(all_up({a.get(), b.get(), c.get()}));
}

TEST_F(Links, AnotherNodeAtTheEndpointIsNotTakenForTheOne) {
  const auto a = start("a", 1), c = start("c", 3);
  c->know({a->address()});

  a->know({{{2}, "b", "127.0.0.1", c->port}});

  EXPECT_TRUE(comes_true([&] { return a->link({2}).trouble.find("certificate: ") == 0; })) << a->link({2}).trouble;
}

TEST_F(Links, TrialsOfAnAddressSayWhetherTheNodeIsReachedThere) {
  const auto a = start("a", 1), b = start("b", 2), c = start("c", 3);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));
  const auto tried = [](node& by, node_id whom) {
    std::promise<std::string> why;
    by.on_loop([&] { by.all->try_to_dial(whom, [&](const std::string& said) { why.set_value(said); }); });
    return why.get_future().get();
  };

  EXPECT_EQ(tried(*a, b->run), "");
  EXPECT_EQ(tried(*b, a->run), "") << "also where the other one dials";
  EXPECT_EQ(tried(*b, a->run), "") << "again";
  EXPECT_TRUE(a->on_loop([&] { return a->all->dials(b->run); }));
  EXPECT_FALSE(b->on_loop([&] { return b->all->dials(a->run); }));
  b->know({{a->run, "a", "127.0.0.1", 1}, b->address()});
  EXPECT_THAT(tried(*b, a->run), HasSubstr("refused"));
  b->know({{a->run, "a", "127.0.0.1", c->port}, b->address()});
  EXPECT_THAT(tried(*b, a->run), HasSubstr("certificate: ")) << "another node answers";
  EXPECT_TRUE(a->up(b->run)) << "the link is another matter";
  EXPECT_FALSE(a->logged("refused")) << "a trial is no attack";
  EXPECT_FALSE(b->logged("refused"));
}

TEST_F(Links, ATrialTriesEachAddressOfTheName) {
  const auto a = start("a", 1), b = start("b", 2);
  a->know({a->address()});
  const auto tried = [&](const std::vector<uint16_t>& ports) {
    std::promise<std::string> why;
    std::vector<socket_address> all;
    for (const auto port : ports)
      all.push_back(addresses_of("127.0.0.1", port).front());
    b->on_loop([&] {
      cluster::try_to_dial(b->loop(), b->shared, "a", all, [&](const std::string& said) { why.set_value(said); });
    });
    return why.get_future().get();
  };

  EXPECT_EQ(tried({1, a->port}), "");
  EXPECT_EQ(tried({b->port, 1, a->port}), "");
  EXPECT_THAT(tried({b->port, 1}), HasSubstr("refused"));
  EXPECT_THAT(tried({1, b->port}), HasSubstr("certificate: "));
}

TEST_F(Links, ADoorWithoutDescriptorsPausesAndGoesOn) {
  const auto a = start("a", 1), b = start("b", 2);
  a->know({a->address()});
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const auto waits = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto lowest = ::dup(waits);
  ::close(lowest);
  auto none = usual;
  none.rlim_cur = static_cast<rlim_t>(lowest);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(b->port);

  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  ASSERT_EQ(::connect(waits, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  const auto before = cpu_seconds();
  std::this_thread::sleep_for(1s); // what is spent in a second is measured
  const auto spent = cpu_seconds() - before;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);

  EXPECT_LT(spent, 0.5) << "it was called again and again";
  EXPECT_TRUE(comes_true([&] { return b->logged("descriptors run short"); }));
  introduce({a.get(), b.get()});
  EXPECT_TRUE(all_up({a.get(), b.get()}));
  ::close(waits);
}

TEST_F(Links, ARevokedNodeIsCutOffAndNotLetInAgain) {
  const auto a = start("a", 1), b = start("b", 2);
  introduce({a.get(), b.get()});
  ASSERT_TRUE(all_up({a.get(), b.get()}));
  const auto settings = a->shared->tls.get();
  X509* own = SSL_CTX_get0_certificate(settings->client.get());

  b->shared->tls.revoke({facts_of(own)->serial});

  EXPECT_TRUE(comes_true([&] { return !b->up(a->run); }));
  EXPECT_TRUE(comes_true([&] { return a->link(b->run).trouble.find("revoked") != std::string::npos; }))
      << a->link(b->run).trouble;
  EXPECT_TRUE(comes_true([&] { return b->logged("certificate revoked"); }));
}

TEST_F(Links, StartAndStopManyTimesAndLeaveNothingBehind) {
  start("a", 1).reset();
  const auto before = open_descriptors();

  for (int i = 0; i < 50; ++i) {
    const auto a = start("a", 1), b = start("b", 2);
    introduce({a.get(), b.get()});
    if (i % 2 == 0) {
      ASSERT_TRUE(all_up({a.get(), b.get()}));
    }
  }

  EXPECT_EQ(open_descriptors(), before);
}

} // namespace links_tests
