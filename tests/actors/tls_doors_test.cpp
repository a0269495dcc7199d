// A door that speaks TLS: who comes through it is served like everybody else, and who does not speak it is not served.
#include "actors/transport/tls_credentials.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/node_fixture.hpp"
#include <sys/socket.h>

namespace salond {
namespace {

using support::line_client;

std::shared_ptr<const tls_credentials> new_certificate() {
  static const auto authority = make_authority();
  const auto pair = to_pem(issue({peer_kind::chat, "salond"}, authority, {}, {"127.0.0.1"}).own);
  return std::make_shared<const tls_credentials>(pair, pair);
}

class TlsDoors : public NodeTest {
protected:
  TlsDoors() {
    add_user("zoë");
    certificate = new_certificate();
  }
  std::string tls() const { return "tls://127.0.0.1:" + std::to_string(port); }
  std::string clear() const { return "tcp://127.0.0.1:" + std::to_string(port); }
  line_client log_in_over_tls() {
    line_client who(tls());
    EXPECT_TRUE(who.log_in("zoë"));
    return who;
  }
  size_t connections() {
    return on_io_thread([](audience& clients) { return clients.connections(); });
  }
};

TEST_F(TlsDoors, ServeWhoComesThroughThem) {
  start();
  auto zoe = log_in_over_tls();

  zoe.send("MSG (Général):un\nMSG (Général):deux\nQUIT\n");

  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: un");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: deux");
  EXPECT_EQ(zoe.hear(), support::closed);
  EXPECT_TRUE(zoe.socket().was_told_the_end());
}

TEST_F(TlsDoors, AnswerWhatWasAskedBeforeTheClientEnded) {
  start();
  line_client who(tls());

  who.send("zoë:faux");
  who.socket().finish();

  EXPECT_EQ(who.hear(), "AUTH_FAILED<without an end>"); // as to a raw client, which it is
  EXPECT_EQ(who.hear(), support::closed);
}

TEST_F(TlsDoors, TakeNothingForWholeThatWasCutOff) {
  start();
  auto zoe = log_in_over_tls();

  zoe.send("MSG (Général):a moitie");
  ::shutdown(zoe.socket().descriptor(), SHUT_WR); // without TLS's end: anybody on the way can do that

  EXPECT_EQ(zoe.hear(), support::closed);
  EXPECT_TRUE(support::eventually([this] { return status_of("zoë") == "disconnected"; }));
  EXPECT_FALSE(stored("a moitie"));
}

TEST_F(TlsDoors, ShowANewCertificateToWhoComesLaterAndKeepTheOthers) {
  start();
  auto zoe = log_in_over_tls();
  const auto renewed = new_certificate();
  EXPECT_EQ(zoe.socket().fingerprint(), certificate->fingerprint());

  take_up(settings, renewed);

  EXPECT_TRUE(support::eventually([&] { return support::stream(tls()).fingerprint() == renewed->fingerprint(); }));
  zoe.say("MSG (Général):toujours là");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: toujours là");
}

TEST_F(TlsDoors, CloseWhoSpeaksInClearWithAnAlert) {
  start();
  for (const auto* text : {"zoë:secret\n", "G", "\x80"}) {
    support::stream who(clear());
    who.send(text);

    EXPECT_EQ(who.receive(100, support::deadline), (std::string{"\x15\x03\x01\x00\x02\x02\x0a", 7}));
    EXPECT_EQ(who.receive(100, support::deadline), "");
    EXPECT_TRUE(who.ended());
  }
  auto zoe = log_in_over_tls();
}

TEST_F(TlsDoors, CountWhoHasNotShakenHandsAndTellWhoIsTooMany) {
  settings.limits.connections = 2;
  start();
  support::stream silent(clear()), half(clear());
  half.send({"\x16\x03\x01", 3});
  ASSERT_TRUE(support::eventually([this] { return connections() == 2; }));

  line_client third(tls());

  EXPECT_EQ(third.hear(), "ERREUR: trop de connexions");
  EXPECT_EQ(third.hear(), support::closed);
}

TEST_F(TlsDoors, GiveAHandshakeTheTimeOfALoginAndNoMore) {
  settings.limits.login_seconds = 1;
  start();
  support::stream silent(clear()), half(clear());
  half.send({"\x16\x03\x01", 3});
  line_client shaken(tls());

  EXPECT_EQ(shaken.hear(), "ERREUR: délai d'authentification dépassé");
  for (auto* each : {&silent, &half}) {
    EXPECT_EQ(each->receive(100, support::deadline), "");
    EXPECT_TRUE(each->ended());
  }
  EXPECT_TRUE(support::eventually([this] { return connections() == 0; }));
}

TEST_F(TlsDoors, AreClosedAtOnceToWhoHasNotShakenHandsAtAStop) {
  start();
  support::stream silent(clear());
  auto zoe = log_in_over_tls();
  ASSERT_TRUE(support::eventually([this] { return connections() == 2; }));
  const auto begun = std::chrono::steady_clock::now();

  EXPECT_EQ(stop_node(), 0);

  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{4}) << "it was waited for";
  EXPECT_EQ(zoe.hear(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_EQ(zoe.hear(), support::closed);
}

TEST_F(TlsDoors, SendMoreThanTheKernelTakesInOrder) {
  start();
  auto zoe = log_in_over_tls();
  const auto line = [text = std::string(8000, 'x')](int number) { return std::to_string(number) + text; };
  for (int i = 0; i < 60; ++i) {
    zoe.say("MSG (Général):" + line(i));
    ASSERT_EQ(zoe.hear(), "zoë dans le salon Général: " + line(i));
  }

  for (int round = 0; round < 20; ++round)
    zoe.say("HISTORY:Général:60"); // half a megabyte each

  for (int round = 0; round < 20; ++round)
    for (int i = 0; i < 60; ++i)
      ASSERT_EQ(zoe.hear(), "zoë dans le salon Général: " + line(i)) << round;
}

TEST_F(TlsDoors, TakeUpLimitsWhileTheyServe) {
  start();
  auto zoe = log_in_over_tls();
  settings.limits.connections = 1;

  take_up(settings, certificate);

  EXPECT_TRUE(support::eventually([&] { return line_client(tls()).hear() == "ERREUR: trop de connexions"; }));
  zoe.say("HISTORY:Général:1");
  zoe.say("MSG (Général):encore");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: encore");
}

} // namespace
} // namespace salond
