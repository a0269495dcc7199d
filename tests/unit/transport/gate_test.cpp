// Every row of the gate's table, what it passes beside what it refuses, and random frames.
#include "actors/transport/gate.hpp"
#include "tests/support/basp_frames.hpp"
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace salond {
namespace {

using support::frame;
using support::message;
using support::node;

const std::string us = node('u');
const std::string them = node('t');
const std::string other = node('o');
constexpr uint64_t published = 5;
const std::string allowed = "+salond::admin_request";

enum class reach { narrow, wide };

std::shared_ptr<const port_rules> rules(reach width) {
  port_rules x;
  x.kinds = {peer_kind::administrator};
  x.types = {"salond::admin_request", "salond::a+salond::b"};
  x.published = published;
  x.max_senders = 3;
  if (width == reach::wide)
    x.reach = port_rules::reach::every_actor;
  return std::make_shared<const port_rules>(x);
}

/// What the gate says to a frame, header first: null when it passes.
gate::refusal offer(gate& g, const frame& x) {
  const auto bytes = support::wire(x);
  if (const auto* why = g.header(bytes.data()))
    return why;
  return g.payload_size() == 0 ? nullptr : g.payload(bytes.data() + gate::header_size);
}

frame client_handshake(const std::string& id = them) {
  return {1, 0, 0, 0, 4, 0, 0, id};
}
frame server_handshake(const std::string& id = them, const std::string& rest = "actor and interface") {
  return {0, 0, 0, 0, 4, 0, 0, id + rest};
}
frame to_admin(const std::string& body = message(allowed, "values")) {
  frame x;
  x.body = body;
  return x;
}
frame notice(int operation, const std::string& body, uint64_t to = published) {
  return {operation, 0, 0, 0, 0, 0, to, body};
}
template <class Change>
frame changed(frame x, Change change) {
  change(x);
  return x;
}

gate operators() {
  gate g{rules(reach::narrow), gate::side::accepted, us};
  EXPECT_EQ(offer(g, client_handshake()), nullptr);
  return g;
}
gate node_port() {
  gate g{rules(reach::wide), gate::side::accepted, us};
  EXPECT_EQ(offer(g, client_handshake()), nullptr);
  return g;
}

struct row {
  const char* name;
  frame sent;
  const char* narrow; ///< null: passes
  const char* wide;
};

const char* const wrong_size = "message of a wrong size";
const char* const own = "one of CAF's own messages";
const char* const unlisted = "message of a type that is not allowed";
const char* const no_types = "message without types";
const char* const stages = "message with stages or without types";

std::vector<row> direct_messages() {
  const auto bit = [](int n) { return [n](frame& x) { x.data = uint64_t{1} << n | 9; }; };
  return {
      {"a request", to_admin(), nullptr, nullptr},
      {"a request of two values", to_admin(message("+salond::a+salond::b")), nullptr, nullptr},
      {"to an actor by name", changed(to_admin(), [](frame& x) { x.flags = 1; }), "flags are used", "flags are used"},
      {"padding", changed(to_admin(), [](frame& x) { x.padding = 1; }), "padding is used", "padding is used"},
      {"another actor", changed(to_admin(), [](frame& x) { x.to = 6; }), "message to another actor", nullptr},
      {"actor 0", changed(to_admin(), [](frame& x) { x.to = 0; }), "message to another actor", nullptr},
      {"no sender", changed(to_admin(), [](frame& x) { x.from = 0; }), "message without a sender", nullptr},
      {"a response", changed(to_admin(), bit(63)), "forged response or stream", nullptr},
      {"an answered one", changed(to_admin(), bit(62)), "message marked as answered", "message marked as answered"},
      {"a stream's", changed(to_admin(), bit(61)), "forged response or stream", nullptr},
      {"no payload", changed(to_admin(), [](frame& x) { x.body.clear(); }), wrong_size, wrong_size},
      {"4 GiB", changed(to_admin(), [](frame& x) { x.announced = 0xFFFFFFFF; }), wrong_size, wrong_size},
      {"64 KiB and one", changed(to_admin(), [](frame& x) { x.announced = 65537; }), wrong_size, wrong_size},
      {"empty", to_admin(message("")), "empty message", "empty message"},
      {"unlisted type", to_admin(message("+salond::secret")), unlisted, nullptr},
      {"listed type twice", to_admin(message(allowed + allowed)), unlisted, nullptr},
      {"part of a listed name", to_admin(message("+salond::admin_reques")), unlisted, nullptr},
      {"exit", to_admin(message("+@exit")), unlisted, own},
      {"down", to_admin(message("+@down")), unlisted, own},
      {"link", to_admin(message("+@atom+@strong_actor_ptr")), unlisted, own},
      {"group", to_admin(message("+@group_down")), unlisted, own},
      {"open stream", to_admin(message("+@open_stream_msg")), unlisted, own},
      {"upstream", to_admin(message("+@upstream_msg")), unlisted, own},
      {"downstream", to_admin(message("+@downstream_msg")), unlisted, own},
      {"timeout", to_admin(message("+@timeout_msg")), unlisted, own},
      {"message in a message", to_admin(message("+@message")), unlisted, own},
      {"exit behind a listed type", to_admin(message(allowed + "+@exit")), unlisted, own},
      {"stages", to_admin("\x01" + message(allowed)), stages, stages},
      {"three bytes", to_admin(std::string(3, '\0')), stages, stages},
      {"length without end", to_admin(std::string(3, '\0') + std::string(9, '\xFF')), no_types, no_types},
      {"length beyond the end", to_admin(std::string(3, '\0') + "\x7F@<>+a"), no_types, no_types},
      {"not a list of types", to_admin(std::string(3, '\0') + "\x04@{}+"), no_types, no_types},
      {"list without plus", to_admin(std::string(3, '\0') + "\x04@<>x"), no_types, no_types},
  };
}

std::vector<row> other_frames() {
  const auto huge = [](frame& x) { x.announced = 0xC0000000; };
  const std::string code(12, '\0');
  const char* const strangers = "for or from another node";
  return {
      {"client handshake again", client_handshake(), nullptr, nullptr},
      {"one that chooses the connection", changed(client_handshake(), [](frame& x) { x.flags = 2; }), nullptr, nullptr},
      {"one with other flags", changed(client_handshake(), [](frame& x) { x.flags = 3; }), "flags are used",
       "flags are used"},
      {"another node id", client_handshake(other), "another node id", "another node id"},
      {"server handshake", server_handshake(), "handshake of the wrong direction", "handshake of the wrong direction"},
      {"handshake without body", client_handshake(""), "handshake of a wrong size", "handshake of a wrong size"},
      {"long handshake", client_handshake(them + "x"), "handshake of a wrong size", "handshake of a wrong size"},
      {"routed", changed(to_admin(), [](frame& x) { x.operation = 3; }), "routed message", "routed message"},
      {"monitor", notice(4, them + us), nullptr, nullptr},
      {"monitor of another actor", notice(4, them + us, 1), "monitor of another actor", nullptr},
      {"monitor for others", notice(4, them + other), strangers, strangers},
      {"monitor from others", notice(4, other + us), strangers, strangers},
      {"short monitor", notice(4, them), "monitor of a wrong size", "monitor of a wrong size"},
      {"long monitor", notice(4, them + us + "x"), "monitor of a wrong size", "monitor of a wrong size"},
      {"down", notice(5, them + us + code), nullptr, nullptr},
      {"down with an empty message", notice(5, them + us + code + "@<>"), nullptr, nullptr},
      {"down for others", notice(5, them + other + code), strangers, strangers},
      {"down from others", notice(5, other + us + code), strangers, strangers},
      {"down with a message", notice(5, them + us + code + "@<>+@strong"), "down with a message inside", nullptr},
      {"short down", notice(5, them), "down of a wrong size", "down of a wrong size"},
      {"down of 3 GiB", changed(notice(5, them + us), huge), "down of a wrong size", "down of a wrong size"},
      {"heartbeat", notice(6, ""), nullptr, nullptr},
      {"heartbeat with a payload", notice(6, "x"), "heartbeat with a payload", "heartbeat with a payload"},
      {"operation 7", notice(7, ""), "unknown operation", "unknown operation"},
      {"operation 255", notice(255, ""), "unknown operation", "unknown operation"},
  };
}

} // namespace

TEST(Gate, JudgesDirectMessagesByTheTable) {
  for (const auto& x : direct_messages()) {
    auto narrow = operators();
    auto wide = node_port();
    EXPECT_STREQ(offer(narrow, x.sent), x.narrow) << "narrow: " << x.name;
    EXPECT_STREQ(offer(wide, x.sent), x.wide) << "wide: " << x.name;
  }
}

TEST(Gate, JudgesAllOtherFramesByTheTable) {
  for (const auto& x : other_frames()) {
    auto narrow = operators();
    auto wide = node_port();
    EXPECT_STREQ(offer(narrow, x.sent), x.narrow) << "narrow: " << x.name;
    EXPECT_STREQ(offer(wide, x.sent), x.wide) << "wide: " << x.name;
  }
}

TEST(Gate, LetsNothingPassBeforeTheHandshake) {
  auto rows = direct_messages();
  for (auto& x : other_frames())
    rows.push_back(x);
  for (const auto& x : rows) {
    if (x.sent.operation == 1)
      continue;
    gate g{rules(reach::wide), gate::side::accepted, us};
    EXPECT_NE(offer(g, x.sent), nullptr) << x.name;
    EXPECT_EQ(g.peer_node(), "");
  }
}

TEST(Gate, TakesTheNodeIdOfThePeer) {
  auto g = operators();

  EXPECT_EQ(g.peer_node(), them);
}

TEST(Gate, RefusesNodeIdsThatAreInvalidOrOurs) {
  const auto first = [](const std::string& id) {
    gate g{rules(reach::narrow), gate::side::accepted, us};
    return offer(g, client_handshake(id));
  };

  EXPECT_STREQ(first(us), "node id is ours");
  EXPECT_STREQ(first(node('t', 0)), "node id is invalid");
  EXPECT_STREQ(first("another " + them.substr(8)), "node id is invalid");
  EXPECT_STREQ(first(std::string(32, '\0')), "node id is invalid");
}

TEST(Gate, TakesThreeClientHandshakesAndOneOfAServer) {
  auto accepted = operators();
  EXPECT_EQ(offer(accepted, client_handshake()), nullptr);
  EXPECT_EQ(offer(accepted, client_handshake()), nullptr);
  EXPECT_STREQ(offer(accepted, client_handshake()), "too many handshakes");

  gate dialled{rules(reach::wide), gate::side::dialled, us};
  EXPECT_EQ(offer(dialled, server_handshake()), nullptr);
  EXPECT_STREQ(offer(dialled, server_handshake()), "too many handshakes");
}

TEST(Gate, TakesTheServersHandshakeWhenItDialled) {
  gate g{rules(reach::wide), gate::side::dialled, us};
  EXPECT_STREQ(offer(g, client_handshake()), "no handshake first");

  EXPECT_STREQ(offer(g, changed(server_handshake(), [](frame& x) { x.announced = 8193; })),
               "handshake of a wrong size");
  EXPECT_EQ(offer(g, server_handshake()), nullptr);
  EXPECT_STREQ(offer(g, client_handshake()), "handshake of the wrong direction");
}

TEST(Gate, LetsAnswersWithoutAValuePassWhereAnswersMay) {
  const auto answer = changed(to_admin(message("")), [](frame& x) { x.data = uint64_t{1} << 63 | 1; });
  auto wide = node_port();
  auto narrow = operators();

  EXPECT_EQ(offer(wide, answer), nullptr);
  EXPECT_STREQ(offer(narrow, answer), "forged response or stream");
}

TEST(Gate, BoundsTheSendersOfAConnection) {
  auto g = operators();
  const auto by = [&](uint64_t sender) { return offer(g, changed(to_admin(), [&](frame& x) { x.from = sender; })); };

  EXPECT_EQ(by(1), nullptr);
  EXPECT_EQ(by(2), nullptr);
  EXPECT_EQ(by(1), nullptr);
  EXPECT_EQ(by(3), nullptr);
  EXPECT_STREQ(by(4), "too many senders");
}

TEST(Gate, ForgetsASenderThatHasEnded) {
  auto g = operators();
  for (uint64_t sender = 1; sender < 100; ++sender) {
    EXPECT_EQ(offer(g, changed(to_admin(), [&](frame& x) { x.from = sender; })), nullptr) << sender;
    EXPECT_EQ(offer(g, {5, 0, 0, 0, 0, sender, 0, them + us + std::string(12, '\0')}), nullptr) << sender;
  }
}

TEST(Gate, DemandsOnlyAnOperatorsMessagesWhole) {
  auto narrow = operators();
  auto wide = node_port();
  EXPECT_FALSE(narrow.must_be_whole());
  offer(narrow, to_admin());
  offer(wide, to_admin());

  EXPECT_TRUE(narrow.must_be_whole());
  EXPECT_FALSE(wide.must_be_whole());
}

/// Whatever comes, what passes to an operators' port is one of few things.
TEST(Gate, PassesNoRandomFrameThatIsNotOfTheTable) {
  std::mt19937_64 random{4};
  const std::vector<std::string> bodies{message(allowed, "values"),
                                        message("+@exit"),
                                        message(""),
                                        them + us,
                                        them + us + "12345678",
                                        them,
                                        "",
                                        other + us};
  int passed = 0;
  for (int i = 0; i < 200000; ++i) {
    auto g = operators();
    frame x;
    x.operation = static_cast<int>(random() % 9);
    x.flags = random() % 8 == 0 ? static_cast<int>(random() % 256) : 0;
    x.data = random() % 2 == 0 ? random() : random() >> (random() % 64);
    x.from = random() % 4;
    x.to = random() % 8;
    x.body = bodies[random() % bodies.size()];
    for (auto flips = random() % 3; flips > 0 && !x.body.empty(); --flips)
      x.body[random() % x.body.size()] = static_cast<char>(random());
    if (offer(g, x) != nullptr)
      continue;
    ++passed;
    EXPECT_TRUE(x.flags == 0 || (x.operation == 1 && x.flags == 2));
    EXPECT_TRUE(x.operation != 2
                || (x.to == published && x.from != 0 && x.data >> 61 == 0 && x.body.find(message(allowed)) == 0));
    EXPECT_TRUE(x.operation != 1 || x.body == them);
    EXPECT_TRUE(x.operation != 4 || (x.to == published && x.body == them + us));
    EXPECT_TRUE(x.operation != 5 || x.body.find(them + us) == 0);
    EXPECT_TRUE(x.operation == 1 || x.operation == 2 || x.operation == 4 || x.operation == 5 || x.operation == 6);
  }
  EXPECT_GT(passed, 1000); // the frames are near enough to good ones
}

} // namespace salond
