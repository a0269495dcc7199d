// tls:// with the real programs: openssl's own client, certificates from files and of the server's own, and `reload`.
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/test_settings.hpp"
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <random>
#include <sys/socket.h>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using support::eventually;
using support::line_client;
using support::newcomer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TlsListener : public testing::Test {
protected:
  void SetUp() override { server_.options.listen = {"tls://127.0.0.1:0"}; }
  void TearDown() override {
    if (server_.endpoints().empty())
      return;
    EXPECT_EQ(server_.stop(), 0) << server_.log();
  }

  /// Runs a command of the shell in the test's folder; what it wrote to both outputs.
  support::finished shell(const std::string& command) {
    support::process one({"/bin/sh", "-c", "cd '" + std::string(folder_ / "") + "' && " + command}, {}, folder_ / "out",
                         folder_ / "err");
    const auto status = one.wait();
    return {status, one.output(), one.errors()};
  }
  support::finished ctl(const std::string& words) {
    return shell(std::string(SALONCTL_BINARY) + " --server=" + server_.admin() + " --state='" + server_.state() + "' "
                 + words);
  }
  json reload() {
    const auto one = ctl("--json reload");
    EXPECT_EQ(one.status, 0) << one.errors;
    return json::parse(one.output, nullptr, false);
  }
  /// Makes a pair of files, NAME.pem and NAME.key, with openssl's own program.
  void make_certificate(const std::string& name) {
    const auto made =
        shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext "
              "subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "
              + name + ".key -out " + name + ".pem && chmod 600 " + name + ".key");
    ASSERT_EQ(made.status, 0) << made.errors;
  }
  /// The same, good in January of that year.
  void make_certificate_of(const std::string& year, const std::string& name) {
    std::ofstream(path("ca.conf"))
        << "[ca]\ndefault_ca = a\n[a]\ndatabase = index\nserial = serial\nnew_certs_dir = .\n"
           "policy = p\n[p]\ncommonName = supplied\n";
    const auto made = shell("rm -f index && touch index && echo 01 >serial && openssl req -new -newkey ec -pkeyopt "
                            "ec_paramgen_curve:P-256 -nodes -subj "
                            "/CN=localhost -keyout "
                            + name + ".key -out request && chmod 600 " + name
                            + ".key && openssl ca -batch -selfsign -notext -md sha256 -config " + "ca.conf -keyfile "
                            + name + ".key -in request -out " + name + ".pem -startdate " + year
                            + "0101000000Z -enddate " + year + "0201000000Z");
    ASSERT_EQ(made.status, 0) << made.errors;
  }
  std::string path(const std::string& name) const { return folder_ / name; }
  json files(const std::string& name) const {
    return {{"certificate", path(name + ".pem")}, {"key", path(name + ".key")}};
  }
  std::string fingerprint() const { return support::stream(server_.endpoint()).fingerprint(); }
  std::string clear_endpoint() const { return "tcp" + server_.endpoint().substr(3); }
  std::string address() const { return server_.endpoint().substr(6); }
  /// Lays other settings over those that the server was started with, for `reload`.
  void write_settings(const json& settings) {
    auto all = support::test_settings();
    all.merge_patch(settings);
    std::ofstream(server_.folder() / "salond.json") << all;
  }

  support::daemon server_;
  support::temporary_folder folder_;
};

TEST_F(TlsListener, ServesOpensslsOwnClientWithACertificateThatItCanVerify) {
  server_.start();
  ASSERT_THAT(server_.endpoint(), testing::MatchesRegex("tls://127\\.0\\.0\\.1:[1-9][0-9]*"));
  ASSERT_EQ(support::register_user(server_.endpoint(), "zoë"), "Inscription réussie!");

  const auto talk = shell(
      "printf 'zoë:secret\\nMSG (Général):bonjour\\nHISTORY:Général:1\\nQUIT\\n' | openssl s_client -quiet "
      "-connect "
      + address() + " -CAfile '" + server_.state() + "/tls/ca.pem' -verify_return_error -verify_hostname localhost");

  EXPECT_EQ(talk.status, 0) << talk.errors;
  EXPECT_EQ(talk.output, "CONNECTED\n"
                         "[[1, \"G\\u00e9n\\u00e9ral\"], [2, \"Blabla\"], [3, \"Comptabilit\\u00e9\"], [4, "
                         "\"Informatique\"], [5, \"Marketing\"]]\n"
                         "[{\"salon_id\": 1, \"salon_name\": \"G\\u00e9n\\u00e9ral\"}]\n"
                         "zoë dans le salon Général: bonjour\n"
                         "zoë dans le salon Général: bonjour\n");
  EXPECT_THAT(talk.errors, Not(HasSubstr("verify error")));
  const auto by_address = shell("openssl s_client -connect " + address() + " -CAfile '" + server_.state()
                                + "/tls/ca.pem' -verify_return_error -verify_ip 127.0.0.1 </dev/null");
  EXPECT_EQ(by_address.status, 0) << by_address.errors;
  EXPECT_THAT(by_address.output, AllOf(HasSubstr("TLSv1.3"), HasSubstr("Verify return code: 0 (ok)")));
  const auto by_another = shell("openssl s_client -connect " + address() + " -CAfile '" + server_.state()
                                + "/tls/ca.pem' -verify_return_error -verify_hostname other.example </dev/null");
  EXPECT_NE(by_another.status, 0);
}

TEST_F(TlsListener, SpeaksTls12And13WithForwardSecrecyAndNothingOlder) {
  server_.start();
  const auto with = [&](const std::string& options) {
    return shell("openssl s_client -connect " + address() + " " + options + " </dev/null");
  };

  EXPECT_THAT(with("-tls1_3").output, HasSubstr("TLSv1.3"));
  const auto older = with("-tls1_2");
  EXPECT_THAT(older.output, AllOf(HasSubstr("TLSv1.2"), HasSubstr("Secure Renegotiation IS supported"),
                                  HasSubstr("Compression: NONE"), HasSubstr("ECDHE-ECDSA-")));
  for (const auto* refused : {"-tls1_1 -cipher ALL@SECLEVEL=0", "-tls1 -cipher ALL@SECLEVEL=0",
                              "-tls1_2 -cipher AES128-SHA@SECLEVEL=0", "-tls1_2 -cipher aNULL@SECLEVEL=0"}) {
    const auto one = with(refused);
    EXPECT_NE(one.status, 0) << refused;
    EXPECT_THAT(one.errors, HasSubstr("alert")) << refused;
  }
  // R asks for another handshake.
  const auto again = shell("(echo R; echo QUIT) | openssl s_client -tls1_2 -connect " + address());
  EXPECT_THAT(again.errors, HasSubstr("no renegotiation"));
}

TEST_F(TlsListener, ResumesASessionWithATicket) {
  server_.start();

  const auto first = shell("printf 'a:b\\n' | openssl s_client -quiet -sess_out session -connect " + address());
  const auto second = shell("openssl s_client -sess_in session -connect " + address() + " </dev/null");

  EXPECT_EQ(first.output, "AUTH_FAILED\n");
  EXPECT_THAT(second.output, HasSubstr("Reused, TLSv1.3"));
}

TEST_F(TlsListener, SurvivesGarbageOnManyConnections) {
  server_.start();
  const auto at_start_kib = server_.pss_kib();
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  auto calm = newcomer(server_.endpoint(), "calme");

  for (int round = 0; round < 500; ++round) {
    support::stream stranger(clear_endpoint());
    std::string bytes(random() % 2 == 0 ? std::string("\x16\x03\x01", 3) : std::string());
    for (auto left = random() % 3000; left > 0; --left)
      bytes += static_cast<char>(random());
    (void)!::send(stranger.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (round % 3 == 0)
      stranger.finish();
    if (round % 3 == 1) {
      const std::chrono::milliseconds patience{round % 30 == 1 ? 50 : 0};
      EXPECT_LE(stranger.receive(1000, patience).size(), 7u) << "more than an alert";
    }
  }

  calm.say("MSG (Général):toujours là");
  EXPECT_EQ(calm.hear(), "calme dans le salon Général: toujours là");
  EXPECT_LT(server_.pss_kib(), at_start_kib + 16 * 1024);
}

TEST_F(TlsListener, CutsOffWhoDoesNotReadAndTellsWhoReadsAgainInTime) {
  server_.options.settings = {{"limits", {{"unsent_bytes", 1 << 20}}}};
  server_.start();
  const auto at_start_kib = server_.pss_kib();
  auto deaf = newcomer(server_.endpoint(), "sourd");
  auto speaker = newcomer(server_.endpoint(), "bavard");
  const std::string text(8000, 'x'), line = "bavard dans le salon Général: " + text;
  const auto cut_off = [&] { return server_.log().find("does not read") != std::string::npos; };

  for (int said = 0; said < 5000 && (said % 10 != 0 || !cut_off()); ++said) {
    speaker.say("MSG (Général):" + text);
    ASSERT_EQ(speaker.hear(), line);
  }

  EXPECT_TRUE(cut_off());
  const auto heard = deaf.hear_all();
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.back(), "ERREUR: client trop lent");
  for (size_t i = 0; i + 1 < heard.size(); ++i)
    ASSERT_EQ(heard[i], line) << i << " of " << heard.size();
  EXPECT_TRUE(deaf.socket().was_told_the_end());
  EXPECT_LT(server_.pss_kib(), at_start_kib + 48 * 1024);
}

TEST_F(TlsListener, ShowsTheConfiguredCertificateAndAnotherOneAfterAReload) {
  make_certificate("first");
  make_certificate("second");
  server_.options.settings = {{"tls", files("first")}};
  server_.start();
  auto zoe = newcomer(server_.endpoint(), "zoë");
  const auto before = zoe.socket().fingerprint();
  EXPECT_EQ(fingerprint(), before);

  // The same names with another content, as a certificate's renewal does it.
  std::filesystem::rename(path("second.pem"), path("first.pem"));
  std::filesystem::rename(path("second.key"), path("first.key"));
  EXPECT_EQ(fingerprint(), before) << "taken up without being told";
  const auto answer = reload();

  EXPECT_EQ(answer["changed"], json::array({"tls.certificate"}));
  EXPECT_EQ(answer["needs_restart"], json::array());
  EXPECT_TRUE(eventually([&] { return fingerprint() != before; }));
  zoe.say("MSG (Général):toujours là");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: toujours là");
  EXPECT_THAT(ctl("log 1").output, AllOf(HasSubstr("reload"), HasSubstr("tls.certificate"), HasSubstr("done")));
}

TEST_F(TlsListener, ChangesNothingAtAReloadWithAFault) {
  make_certificate("first");
  make_certificate("second");
  server_.options.settings = {{"tls", files("first")}};
  server_.start();
  const auto before = fingerprint();
  const auto refused = [&](const std::string& why) {
    const auto one = ctl("reload");
    EXPECT_EQ(one.status, 1);
    EXPECT_THAT(one.errors, AllOf(HasSubstr("nothing was changed"), HasSubstr(why)));
    EXPECT_EQ(fingerprint(), before);
    EXPECT_THAT(ctl("log 1").output, AllOf(HasSubstr("reload"), HasSubstr("refused")));
  };

  std::filesystem::rename(path("second.pem"), path("first.pem"));
  refused("do not belong together");
  std::filesystem::rename(path("second.key"), path("first.key"));
  std::filesystem::permissions(path("first.key"), std::filesystem::perms{0644});
  refused("can be read by everyone");
  std::filesystem::remove(path("first.key"));
  refused("No such file");
  write_settings({{"limits", {{"connections", 1}}}, {"stop", {{"seconds", 0}}}});
  refused("stop.seconds");

  EXPECT_NO_THROW(newcomer(server_.endpoint(), "zoë")); // limits.connections was not taken up
}

TEST_F(TlsListener, TakesUpWhatItCanAtAReloadAndNamesTheRest) {
  server_.start();
  auto zoe = newcomer(server_.endpoint(), "zoë");
  write_settings({{"limits", {{"connections", 1}}},
                  {"log", {{"format", "json"}}},
                  {"listen", {"tls://127.0.0.1:1"}}, // --listen overrides it
                  {"passwords", {{"queue", 7}}},
                  {"listen_clear_anywhere", true}});

  const auto answer = reload();

  EXPECT_EQ(answer["changed"], json::array({"limits.connections", "log.format"}));
  EXPECT_EQ(answer["needs_restart"], json::array({"listen_clear_anywhere", "passwords.queue"}));
  EXPECT_EQ(line_client(server_.endpoint()).hear(), "ERREUR: trop de connexions");
  EXPECT_TRUE(server_.logs(R"("what":"the configuration was read again")"));
  EXPECT_EQ(reload()["changed"], json::array());
  EXPECT_EQ(reload()["needs_restart"], json::array({"listen_clear_anywhere", "passwords.queue"})) << "it is forgotten";
  write_settings(json::object());
  EXPECT_EQ(reload()["changed"], json::array({"limits.connections", "log.format"}));
  EXPECT_NO_THROW(newcomer(server_.endpoint(), "paul"));
}

TEST_F(TlsListener, ReadsTheConfigurationAgainAtSighup) {
  server_.start();
  auto zoe = newcomer(server_.endpoint(), "zoë");
  write_settings({{"limits", {{"connections", 1}}}});

  server_.running().send(SIGHUP);

  EXPECT_TRUE(eventually([&] { return line_client(server_.endpoint()).hear() == "ERREUR: trop de connexions"; }));
  EXPECT_TRUE(eventually([&] { return ctl("log 1").output.find("SIGHUP") != std::string::npos; }));
  write_settings({{"limits", {{"conections", 1}}}});
  server_.running().send(SIGHUP);
  EXPECT_TRUE(server_.logs("limits.conections"));
  EXPECT_TRUE(eventually([&] { return ctl("log 1").output.find("limits.conections") != std::string::npos; }));
  EXPECT_TRUE(server_.running().running());
}

TEST_F(TlsListener, RenewsItsOwnCertificateAndKeepsWhoIsConnected) {
  server_.start();
  auto zoe = newcomer(server_.endpoint(), "zoë");
  const auto before = fingerprint();

  std::filesystem::remove(server_.state() + "/tls/chat.pem"); // as if it were due
  server_.running().send(SIGHUP);

  EXPECT_TRUE(eventually([&] { return fingerprint() != before; }));
  zoe.say("MSG (Général):toujours là");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: toujours là");
}

TEST_F(TlsListener, ShowsItsOwnCertificateAgainWhenTheFilesAreNoLongerNamed) {
  make_certificate("first");
  server_.options.settings = {{"tls", files("first")}};
  server_.start();
  const auto before = fingerprint();

  write_settings(json::object());
  EXPECT_EQ(reload()["changed"], json::array({"tls.certificate", "tls.key"}));

  EXPECT_TRUE(eventually([&] { return fingerprint() != before; }));
  const auto own = shell("openssl s_client -connect " + address() + " -CAfile '" + server_.state()
                         + "/tls/ca.pem' -verify_return_error </dev/null");
  EXPECT_EQ(own.status, 0) << own.errors;
}

TEST_F(TlsListener, NeedsNoAdminPort) {
  server_.options.admin = "none";
  server_.start();

  EXPECT_NO_THROW(newcomer(server_.endpoint(), "zoë"));
}

TEST_F(TlsListener, SaysAtCheckConfigWhatIsWrongWithTheFiles) {
  make_certificate("good");
  make_certificate("other");
  make_certificate_of("2020", "late");
  const auto check = [&](const json& tls) {
    std::ofstream(folder_ / "check.json") << json{{"tls", tls}};
    return support::run_salond(folder_,
                               {"--check-config", "--state=" + path("state"), "--config=" + path("check.json")});
  };
  const auto mixed = json{{"certificate", path("good.pem")}, {"key", path("other.key")}};

  EXPECT_EQ(check(files("good")).status, 0);
  EXPECT_EQ(check(mixed).status, 2);
  EXPECT_THAT(check(mixed).errors, HasSubstr("do not belong together"));
  EXPECT_THAT(check(files("missing")).errors,
              AllOf(HasSubstr("tls.certificate"), HasSubstr("tls.key"), HasSubstr("No such file")));
  EXPECT_THAT(check({{"key", path("good.key")}}).errors, HasSubstr("needs tls.certificate"));
  const auto late = check(files("late"));
  EXPECT_EQ(late.status, 0);
  EXPECT_THAT(late.errors, HasSubstr("has expired on 2020-02-01"));
  std::filesystem::permissions(path("good.key"), std::filesystem::perms{0604});
  EXPECT_EQ(check(files("good")).status, 2);
  EXPECT_THAT(check(files("good")).errors, HasSubstr("can be read by everyone"));
}

// Both ends of a validity keep clients out: `check` looked at the later one alone.
TEST_F(TlsListener, ACertificateThatIsNotGoodNowIsCritical) {
  make_certificate_of("2020", "late");
  make_certificate_of("2049", "early");
  server_.options.settings = {{"tls", files("early")}};
  server_.start();

  const auto early = ctl("check");
  EXPECT_EQ(early.status, 2);
  EXPECT_THAT(early.output, HasSubstr("the clients' certificate is not good before 2049-01-01"));

  for (const auto* kind : {".pem", ".key"})
    std::filesystem::rename(path(std::string("late") + kind), path(std::string("early") + kind));
  EXPECT_EQ(reload()["done"], true);
  const auto late = ctl("check");
  EXPECT_EQ(late.status, 2);
  EXPECT_THAT(late.output, HasSubstr("the clients' certificate ended 2020-02-01"));
}

} // namespace
} // namespace salond::end_to_end
