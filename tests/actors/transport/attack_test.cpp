// The admin port attacked: by strangers, who get nothing but TLS's own alert, and by the holder of a certificate who
// speaks BASP by hand, and reaches nothing but the admin actor's own messages. A good tool goes on beside all of it.
#include "tests/actors/transport/transport_fixture.hpp"
#include "tests/support/basp_frames.hpp"
#include <gmock/gmock.h>
#include <random>
#include <sys/resource.h>
#include <thread>

namespace transport_tests {
namespace {

using support::frame;
using support::message;
using testing::StartsWith;

constexpr uint64_t response = uint64_t{1} << 63;
constexpr uint64_t stream = uint64_t{1} << 61;
constexpr uint64_t request = uint64_t{1} << 60 | 1; // number 1, normal priority

salond::transport_limits hasty() {
  salond::transport_limits limits;
  limits.greeting = 300ms;
  limits.sweep = 50ms;
  return limits;
}

std::string text(const std::string& value) {
  return static_cast<char>(value.size()) + value;
}

std::chrono::microseconds cpu_time() {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  return std::chrono::seconds{now.ru_utime.tv_sec + now.ru_stime.tv_sec}
         + std::chrono::microseconds{now.ru_utime.tv_usec + now.ru_stime.tv_usec};
}

/// A tool that asks without a pause, as long as it lives: whatever else happens, it must be answered.
class busy_tool {
public:
  busy_tool(end& tool, admin_actor whom)
      : thread_{[this, &tool, whom] {
          caf::scoped_actor self{tool.system, true};
          while (!stop_) {
            const auto start = std::chrono::steady_clock::now();
            self->request(whom, 10s, question{"beside"})
                .receive([&](const std::string&) { ++answers; }, [&](const caf::error&) { ++failures; });
            worst = std::max(worst, std::chrono::steady_clock::now() - start);
            std::this_thread::sleep_for(2ms);
          }
        }} {}
  ~busy_tool() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
  }
  std::atomic<int> answers{0};
  int failures = 0; ///< to be read after stop()
  std::chrono::steady_clock::duration worst{};

private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

struct attack {
  const char* name;
  std::string bytes;
  const char* reason; ///< in the server's log
};

class Attack : public Transport {
protected:
  void SetUp() override {
    serve(hasty());
    tool = std::make_unique<end>(zoe);
    there = reach(*tool);
    ASSERT_TRUE(there);
    beside = std::make_unique<busy_tool>(*tool, there);
    insider(issue(peer_kind::moderator, "scout"), '\0'); // finds out the server's node id
    ASSERT_EQ(server_node.size(), 32u);
    us = node_of('e');
    descriptors = open_descriptors();
  }

  /// After each test: the tool was answered all the time, the actors live, nothing leaked.
  void TearDown() override {
    EXPECT_TRUE(comes_true([&] { return open_descriptors() <= descriptors; })) << open_descriptors();
    EXPECT_TRUE(comes_true([&] { return beside->answers > 0; })); // a test can be over before the first came
    beside->stop();
    EXPECT_EQ(beside->failures, 0);
    EXPECT_LT(beside->worst, 5s);
    EXPECT_THAT(ask(*tool, there, "alive"), StartsWith("administrator/zoe"));
    EXPECT_EQ(seen.secrets, 0);
    other_still_answers();
    there = nullptr;
    beside.reset();
    tool.reset();
    stop();
  }

  void other_still_answers() {
    caf::scoped_actor self{server->system, true};
    self->request(other, 5s, secret{})
        .receive([](const std::string&) {}, [](const caf::error&) { ADD_FAILURE() << "the other actor is dead"; });
  }
  frame to_admin(const std::string& types, const std::string& values = {}) const {
    frame x;
    x.to = admin->id();
    x.data = request;
    x.body = message(types, values);
    return x;
  }
  frame asking(const std::string& content = "x") const { return to_admin(question_type, text(content)); }
  frame notice(int operation, const std::string& body, uint64_t to = 0) const {
    return {operation, 0, 0, 0, 0, operation == 5 ? uint64_t{17} : 0, to, body};
  }
  template <class Change>
  static std::string changed(frame x, Change change) {
    change(x);
    return support::wire(x);
  }

  std::vector<attack> messages() const;
  std::vector<attack> operations() const;
  std::vector<attack> handshakes() const;

  /// Each attack on a connection of its own: it is closed, the reason is logged, and nobody was asked anything.
  void mount(const std::vector<attack>& all, char host) {
    const auto mallory = issue(peer_kind::moderator, "mallory");
    for (const auto& x : all) {
      auto evil = insider(mallory, host);
      evil.send(x.bytes);
      EXPECT_TRUE(evil.closed()) << x.name;
      EXPECT_TRUE(comes_true([&] { return server->logged(std::string("why=") + x.reason); }))
          << x.name << ": " << x.reason;
      const std::lock_guard lock{server->guard};
      server->lines.clear();
    }
  }

  std::unique_ptr<end> tool;
  admin_actor there;
  std::unique_ptr<busy_tool> beside;
  std::string us;
  size_t descriptors = 0;
  const std::string question_type = "+transport_tests::question";
};

std::vector<attack> Attack::messages() const {
  const auto other_id = other->id();
  const auto kill = std::string(8, '\0') + "\x04" + std::string(16, '\x01');
  const char* const unlisted = "message of a type that is not allowed";
  const auto with_data = [&](uint64_t data) { return changed(asking(), [&](frame& x) { x.data = data; }); };
  return {
      {"exit", support::wire(to_admin("+@exit", kill)), unlisted},
      {"down", support::wire(to_admin("+@down", kill)), unlisted},
      {"empty", support::wire(to_admin("")), "empty message"},
      {"link", support::wire(to_admin("+@atom+@strong_actor_ptr", std::string(40, '\0'))), unlisted},
      {"spawn", support::wire(to_admin("+@atom+@str+@message", std::string(40, '\0'))), unlisted},
      {"unlisted", support::wire(to_admin("+transport_tests::secret", text("x"))), unlisted},
      {"two in one", support::wire(to_admin(question_type + question_type, text("x") + text("x"))), unlisted},
      {"handle", support::wire(to_admin("+@strong_actor_ptr", std::string(40, '\0'))), unlisted},
      {"other actor", changed(asking(), [&](frame& x) { x.to = other_id; }), "message to another actor"},
      {"actor 1", changed(asking(), [](frame& x) { x.to = 1; }), "message to another actor"},
      {"by name", changed(asking(), [](frame& x) { x.flags = 1; }), "flags are used"},
      {"response", with_data(response | 1), "forged response or stream"},
      {"response 2", with_data(response | request), "forged response or stream"},
      {"stream", with_data(stream | 1), "forged response or stream"},
      {"answered", with_data(uint64_t{1} << 62 | 1), "message marked as answered"},
      {"no sender", changed(asking(), [](frame& x) { x.from = 0; }), "message without a sender"},
      {"stages", changed(asking(), [](frame& x) { x.body[0] = 1; }), "message with stages or without types"},
      {"truncated", changed(asking("hello"), [](frame& x) { x.body.resize(x.body.size() - 2); }), "malformed message"},
      {"too long", changed(asking(), [](frame& x) { x.body += "rest"; }), "malformed message"},
      {"no values", support::wire(to_admin(question_type)), "malformed message"},
      {"huge text", support::wire(to_admin(question_type, "\xFF\xFF\xFF\xFF\x0F")), "malformed message"},
      {"65 KiB", support::wire(to_admin(question_type, std::string(65 << 10, 'x'))), "message of a wrong size"},
      {"4 GiB", support::header(frame{2, 0, 0, 0xFFFFFFFF, request, 17, admin->id(), {}}), "message of a wrong size"},
  };
}

std::vector<attack> Attack::operations() const {
  const auto third = node_of('x');
  const auto id = admin->id();
  const char* const strangers = "for or from another node";
  const std::string code(12, '\0');
  return {
      {"routed to us", support::wire(notice(3, us + server_node + asking().body, id)), "routed message"},
      {"forwarded", support::wire(notice(3, us + third + asking().body, id)), "routed message"},
      {"monitor of another", support::wire(notice(4, us + server_node, other->id())), "monitor of another actor"},
      {"monitor for another", support::wire(notice(4, third + server_node, id)), strangers},
      {"monitor elsewhere", support::wire(notice(4, us + third, id)), strangers},
      {"down from another", support::wire(notice(5, third + server_node + code)), strangers},
      {"down with a message", support::wire(notice(5, us + server_node + code + "@<>+@strong_actor_ptr")),
       "down with a message inside"},
      {"down of 3 GiB", support::header(frame{5, 0, 0, 0xC0000000, 0, 0, 0, {}}), "down of a wrong size"},
      {"operation 7", support::wire(notice(7, "")), "unknown operation"},
      {"operation 255", support::wire(notice(255, "")), "unknown operation"},
      {"heartbeat with more", support::wire(notice(6, "x")), "heartbeat with a payload"},
      {"padding", support::wire(frame{6, 1, 0, 0, 0, 0, 0, {}}), "padding is used"},
      {"server's handshake", support::wire(notice(0, us)), "handshake of the wrong direction"},
      {"handshake without id", support::wire(notice(1, "")), "handshake of a wrong size"},
      {"second id", support::wire(notice(1, third)), "another node id"},
  };
}

std::vector<attack> Attack::handshakes() const {
  const auto greet = [](const std::string& id) {
    return support::wire({1, 0, 0, 0, caf::io::basp::version, 0, 0, id});
  };
  std::vector<attack> all{
      {"no handshake", support::wire(asking()), "no handshake first"},
      {"heartbeat first", support::wire(notice(6, "")), "no handshake first"},
      {"empty handshake", greet(""), "handshake of a wrong size"},
      {"3 GiB", support::header(frame{1, 0, 0, 0xC0000000, 4, 0, 0, {}}), "handshake of a wrong size"},
      {"server's id", greet(server_node), "node id is ours"},
      {"no process", greet(server_node.substr(0, 8) + std::string(4, '\0') + us.substr(12)), "node id is invalid"},
      {"other class", greet("elsewhe!" + us.substr(8)), "node id is invalid"},
      {"mute", "", "no BASP handshake in time"},
  };
  return all;
}

} // namespace

// --- strangers ---

TEST_F(Attack, SilentStrangersAreClosedAndCostNothing) {
  std::vector<support::raw_peer> silent;
  const auto start = std::chrono::steady_clock::now();
  const auto cpu = cpu_time();
  for (int i = 0; i < 150; ++i)
    silent.emplace_back(port);

  for (auto& each : silent) {
    EXPECT_TRUE(each.closed());
    EXPECT_EQ(each.received(), "");
  }

  const auto wall = std::chrono::steady_clock::now() - start;
  EXPECT_LT(cpu_time() - cpu, wall); // the asking tool included; a spinning thread alone would take all of it
  EXPECT_LT(wall, 3s);
  EXPECT_TRUE(comes_true([&] { return server->logged("why=silent;"); }));
  EXPECT_TRUE(comes_true([&] { return server->net.counters().half_open == 0; }));
}

TEST_F(Attack, AFloodOfSilentStrangersPushesOutItself) {
  std::vector<support::raw_peer> silent;
  for (int i = 0; i < 400; ++i)
    silent.emplace_back(port);
  EXPECT_LE(server->net.counters().half_open, 257u);

  end late{zoe}; // comes in beside them
  EXPECT_THAT(ask(late, reach(late), "I may"), StartsWith("administrator/zoe"));

  for (auto& each : silent)
    EXPECT_TRUE(each.closed());
  EXPECT_TRUE(comes_true([&] { return server->logged("too many half-open connections"); }));
}

TEST_F(Attack, HalfAHandshakeIsClosedInTime) {
  std::vector<support::raw_peer> shy;
  for (int i = 0; i < 60; ++i) {
    shy.emplace_back(port);
    if (i % 2 == 0)
      shy.back().say_hello();
    else
      shy.back().send("\x16");
  }

  for (auto& each : shy)
    EXPECT_TRUE(each.closed());
  EXPECT_TRUE(comes_true([&] { return server->logged("no TLS handshake in time"); }));
}

TEST_F(Attack, OtherProtocolsGetNoByte) {
  for (const auto& words :
       {std::string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n"}, std::string{"SSH-2.0-OpenSSH_9.2\r\n"}, std::string(1, '\0'),
        std::string{"zoe:secret\n"}, support::wire({1, 0, 0, 0, 4, 0, 0, us}), support::wire(asking()),
        support::header(frame{1, 0, 0, 0, 4, 0, 0, {}}), std::string(100000, 'x')}) {
    support::raw_peer stranger{port};
    stranger.send(words);
    EXPECT_TRUE(stranger.closed());
    EXPECT_EQ(stranger.received(), "") << words.substr(0, 20);
  }
  EXPECT_TRUE(comes_true([&] { return server->logged("why=not TLS;"); }));
}

TEST_F(Attack, GarbageGetsAtMostAnAlert) {
  std::mt19937 random{7};
  std::vector<support::raw_peer> strangers;
  for (int i = 0; i < 200; ++i) {
    std::string garbage(4 + random() % 600, '\0');
    for (auto& c : garbage)
      c = static_cast<char>(random());
    if (i % 2 == 0)
      garbage.replace(0, 3, "\x16\x03\x01");
    strangers.emplace_back(port);
    strangers.back().send(garbage);
  }

  for (auto& stranger : strangers) {
    EXPECT_TRUE(stranger.closed());            // some announce more than they bring: at the deadline
    EXPECT_LE(stranger.received().size(), 7u); // an alert of TLS
  }
}

TEST_F(Attack, ConnectAndLeaveAThousandTimes) {
  for (int i = 0; i < 1000; ++i)
    support::raw_peer{port};

  EXPECT_TRUE(comes_true([&] { return server->net.counters().half_open == 0; }));
}

TEST_F(Attack, NoCertificateNoByte) {
  const auto theirs = salond::issue({peer_kind::administrator, "zoe"}, salond::make_authority());
  const auto expired = issue(peer_kind::administrator, "zoe", {-2h, -1h});
  const auto wrong = issue(peer_kind::node, "db2");
  auto forged = salond::issue({peer_kind::administrator, "zoe"}, zoe.own); // signed by an operator
  const std::vector<std::pair<const bundle*, const char*>> all{{nullptr, "peer did not return a certificate"},
                                                               {&theirs, "certificate: "},
                                                               {&expired, "certificate: certificate has expired"},
                                                               {&wrong, "certificate: "},
                                                               {&forged, "certificate: "}};
  for (const auto& [own, why] : all)
    for (int i = 0; i < 20; ++i) {
      support::raw_peer stranger{port};
      stranger.shake_hands(own);
      stranger.send(support::wire({1, 0, 0, 0, caf::io::basp::version, 0, 0, us}) + support::wire(asking()));
      EXPECT_TRUE(stranger.closed());
      EXPECT_EQ(stranger.received(), "") << why;
    }
  for (const auto& [own, why] : all)
    EXPECT_TRUE(comes_true([&, part = why] { return server->logged(part); })) << why;
}

TEST_F(Attack, OldTlsIsRefused) {
  support::raw_peer old{port};

  EXPECT_FALSE(old.shake_hands(&zoe, TLS1_2_VERSION));
  EXPECT_TRUE(old.closed());
}

// --- holders of a certificate ---

TEST_F(Attack, AQuestionByHandIsAnswered) {
  auto honest = insider(issue(peer_kind::moderator, "paul"), 'e');
  honest.send(support::wire(asking("by hand")));

  const auto header = honest.take(32);

  ASSERT_TRUE(header); // a monitor of us, or the answer
  EXPECT_TRUE(comes_true([&] { return server->logged("admin connection open who=moderator/paul from=127.0.0.1"); }));
}

TEST_F(Attack, NoMessageButAQuestionPasses) {
  mount(messages(), 'e');
}

TEST_F(Attack, NoOperationButItsOwnPasses) {
  mount(operations(), 'e');
}

TEST_F(Attack, NothingPassesWithoutAHandshake) {
  mount(handshakes(), '\0');
}

TEST_F(Attack, HandshakesWithoutEndAreClosed) {
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += support::wire({1, 0, 0, 0, caf::io::basp::version, 0, 0, us});

  mount({{"100 handshakes", many, "too many handshakes"}}, 'e');
}

TEST_F(Attack, TooManySendersAreClosed) {
  std::string many;
  for (uint64_t sender = 1; sender <= 300; ++sender)
    many += changed(asking(), [&](frame& x) { x.from = sender; });

  mount({{"300 senders", many, "too many senders"}}, 'e');
}

TEST_F(Attack, RandomFramesReachNobody) {
  const auto mallory = issue(peer_kind::moderator, "mallory");
  std::mt19937_64 random{11};
  for (int i = 0; i < 200; ++i) {
    auto evil = insider(mallory, 'e');
    frame x = asking("hello");
    if (random() % 2 == 0) {
      x.operation = static_cast<int>(random() % 8);
      x.to = random() % 40;
    }
    auto bytes = support::wire(x);
    for (auto flips = 1 + random() % 4; flips > 0; --flips)
      bytes[random() % (bytes.size() - 6)] = static_cast<char>(random()); // the text's bytes may be any
    evil.send(bytes);
    evil.send(std::string(70000, '\xFF')); // more than any announced payload: closes it, if that did not
    EXPECT_TRUE(evil.closed()) << i;
  }
}

TEST_F(Attack, ANodeIdBelongsToOnePerson) {
  const auto paul = issue(peer_kind::moderator, "paul"), mallory = issue(peer_kind::moderator, "mallory");
  auto owner = insider(paul, 'p');
  ASSERT_TRUE(comes_true([&] { return server->logged("open who=moderator/paul"); }));

  auto thief = insider(mallory, 'p');
  EXPECT_TRUE(thief.closed());
  EXPECT_TRUE(comes_true([&] { return server->logged("node id belongs to another"); }));

  EXPECT_TRUE(owner.send(support::wire(asking("still me"))));
  EXPECT_TRUE(owner.take(32));
}

TEST_F(Attack, AListenerThatNeverReadsIsClosed) {
  auto deaf = insider(issue(peer_kind::moderator, "deaf"), 'd');
  // A listen message: how often (four bytes), and 60,000 bytes of text: 60 MB in all.
  const std::string words(60000, 'x');
  const std::string length{"\xE0\xD4\x03"}; // 60000, seven bits a byte
  auto wish = to_admin("+transport_tests::listen", support::number(1000, 4) + length + words);
  wish.data = uint64_t{1} << 60;

  EXPECT_TRUE(deaf.send(support::wire(wish)));

  EXPECT_TRUE(comes_true([&] { return server->logged("who=moderator/deaf from=127.0.0.1 why=does not read"); }, 20s));
}

} // namespace transport_tests
