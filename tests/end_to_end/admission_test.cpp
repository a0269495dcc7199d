// Who is let in, and how much they may say: attacks and floods against the real server, on each kind of database.
#include "tests/end_to_end/databases.hpp"
#include "tests/support/line_client.hpp"
#include <atomic>
#include <thread>

namespace salond::end_to_end {
namespace {

using clock = std::chrono::steady_clock;
using support::line_client;
using testing::AnyOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* unheard = "ERREUR: trop de tentatives, réessayez plus tard";
constexpr const char* too_much = "ERREUR: trop de messages, ralentissez";

class Admission : public testing::TestWithParam<database_kind> {
protected:
  void SetUp() override {
    SALOND_NEEDS(GetParam());
    db_ = GetParam().make();
    server_.options = db_->options();
  }
  void start(const nlohmann::json& settings) {
    server_.options.settings = settings;
    server_.start();
  }
  /// What a login from that address is answered first.
  std::string log_in_from(const std::string& address, const std::string& credentials) {
    line_client one(server_.endpoint(), address);
    one.say(credentials);
    return one.hear();
  }
  std::string register_from(const std::string& address, const std::string& name) {
    return log_in_from(address, "INSCRIPTION:" + name + ":" + name + ":secret");
  }
  support::rows ask(const std::string& sql) { return db_->ask(server_, sql); }

  std::unique_ptr<database> db_;
  support::daemon server_;
};

/// Wrong passwords for one account, at a steady rate, from addresses in turn.
class attack {
public:
  attack(std::string endpoint, std::string account) : endpoint_(std::move(endpoint)), account_(std::move(account)) {
    for (int n = 0; n < threads; ++n)
      attackers_.emplace_back([this, n] { run(n); });
  }
  ~attack() { end(); }
  void end() {
    ending_ = true;
    for (auto& attacker : attackers_)
      attacker.join();
    attackers_.clear();
  }
  std::atomic<size_t> failed{0}, refused{0}, others{0};

private:
  static constexpr int threads = 10, addresses = 50;
  static constexpr auto pause = std::chrono::milliseconds{1000 * threads / 200}; // 200 a second in all

  void run(int which) {
    auto next = clock::now();
    for (int n = which; !ending_; n += threads) {
      try {
        line_client one(endpoint_, "127.0.0." + std::to_string(2 + n % addresses));
        one.say(account_ + ":wrong" + std::to_string(n));
        const auto answer = one.hear();
        ++(answer == "AUTH_FAILED" ? failed : answer == unheard ? refused : others);
      } catch (const std::exception&) {
        ++others;
      }
      std::this_thread::sleep_until(next += pause); // the rate of the attack is what is tested
    }
  }

  std::string endpoint_, account_;
  std::atomic<bool> ending_{false};
  std::vector<std::thread> attackers_;
};

TEST_P(Admission, AnAttackOnAnAccountHindersNeitherItsOwnerNorOthers) {
  start({{"rate", {{"logins_per_minute_per_address", 60}}}, {"passwords", {{"memory_kib", 19456}, {"passes", 2}}}});
  auto paul = support::newcomer(server_.endpoint(), "paul");
  { auto zoe = support::newcomer(server_.endpoint(), "zoë"); } // from here on 127.0.0.1 is known to be hers
  const auto before = server_.pss_kib();
  const auto attacked = clock::now();
  attack wrong(server_.endpoint(), "zoë");
  ASSERT_TRUE(support::eventually([&] { return wrong.refused > 20; }));

  const auto begun = clock::now();
  std::chrono::milliseconds slowest_login{0}, slowest_message{0};
  size_t messages = 0;
  for (int login = 0; clock::now() - begun < std::chrono::seconds{6}; ++login) {
    const auto asked = clock::now();
    line_client zoe(server_.endpoint());
    ASSERT_TRUE(zoe.log_in("zoë")) << login;
    slowest_login =
        std::max(slowest_login, std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - asked));
    for (int n = 0; n < 20; ++n, ++messages) {
      const auto said = clock::now();
      paul.say("MSG (Général):" + std::to_string(messages));
      ASSERT_EQ(paul.hear(), "paul dans le salon Général: " + std::to_string(messages));
      slowest_message =
          std::max(slowest_message, std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - said));
    }
  }
  EXPECT_EQ(log_in_from("127.0.0.77", "zoë:secret"), "CONNECTED") << "from where she is not known, during the attack";
  wrong.end();
  const std::chrono::duration<double> lasted = clock::now() - attacked;

  std::printf("attack: %zu judged, %zu refused unheard in %.1f s; owner's slowest login %lld ms; slowest of %zu "
              "messages %lld ms; memory +%lld KiB\n",
              wrong.failed.load(), wrong.refused.load(), lasted.count(), static_cast<long long>(slowest_login.count()),
              messages, static_cast<long long>(slowest_message.count()),
              static_cast<long long>(server_.pss_kib()) - static_cast<long long>(before));
  EXPECT_EQ(wrong.others, 0u);
  EXPECT_GT(wrong.refused, 100u);
  EXPECT_LE(wrong.failed,
            10 + 1 + static_cast<size_t>(lasted.count() / 6) + 4 * 50); // the account's allowance, and each address's
  EXPECT_LT(slowest_login, std::chrono::seconds{3});
  EXPECT_LT(slowest_message, std::chrono::seconds{2});
  EXPECT_LT(server_.pss_kib(), before + 65536) << "two hashes of 19 MiB at once, and not much else";
  support::rows lines;
  EXPECT_TRUE(support::eventually([&] {
    lines = ask("SELECT by_whom, from_where, to_whom, reason, result FROM audit WHERE what = 'login_failures'");
    return !lines.empty();
  }));
  ASSERT_THAT(lines, SizeIs(1)) << "one for the burst";
  EXPECT_EQ(lines[0][0], "zoë");
  EXPECT_THAT(lines[0][1], AllOf(HasSubstr("127.0.0."), HasSubstr(" others")));
  EXPECT_EQ(lines[0][2], "zoë");
  EXPECT_THAT(lines[0][3], AllOf(HasSubstr(" wrong passwords and "), HasSubstr(" refused unheard")));
  EXPECT_EQ(lines[0][4], "wrong_credentials");
  EXPECT_EQ(server_.stop(), 0);
}

TEST_P(Admission, ACrowdOfRightLoginsAtOnceFromOneAddressAllGetIn) {
  start({{"rate", {{"logins_per_minute_per_address", 5}}}});
  ASSERT_EQ(support::register_user(server_.endpoint(), "zoë"), "Inscription réussie!");
  std::vector<line_client> clients;
  for (int n = 0; n < 200; ++n) {
    clients.emplace_back(server_.endpoint(), "127.0.0.9");
    clients.back().say("zoë:secret");
  }

  for (auto& client : clients)
    ASSERT_EQ(client.hear(), "CONNECTED");
}

TEST_P(Admission, AnAddressThatTriesManyAccountsIsRefusedAndNoted) {
  start({{"rate", {{"logins_per_minute_per_address", 5}}}});

  for (int n = 0; n < 5; ++n)
    EXPECT_EQ(log_in_from("127.0.0.9", "user" + std::to_string(n) + ":wrong"), "AUTH_FAILED");
  EXPECT_EQ(log_in_from("127.0.0.9", "another:wrong"), unheard);
  EXPECT_EQ(log_in_from("127.0.0.9", "RESUME:wrong"), "AUTH_FAILED") << "no password is heard, but a token is";
  EXPECT_EQ(log_in_from("127.0.0.10", "another:wrong"), "AUTH_FAILED");
  EXPECT_EQ(server_.stop(), 0); // which ends the burst

  const auto lines = ask("SELECT by_whom, from_where FROM audit WHERE what = 'login_failures'");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0][0], "several accounts");
  EXPECT_EQ(lines[0][1], "127.0.0.9");
}

TEST_P(Admission, WhoFloodsIsSlowedThenRefusedThenClosed) {
  start({{"rate", {{"messages_per_second", 10}, {"burst", 30}}}});
  auto paul = support::newcomer(server_.endpoint(), "paul");
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  std::string flood;
  for (int n = 0; n < 1000; ++n)
    flood += "MSG (Général):" + std::to_string(n) + "\n";
  const auto begun = clock::now();
  zoe.send(flood);

  const auto heard = zoe.hear_all();

  const std::chrono::duration<double> lasted = clock::now() - begun;
  const auto refused = static_cast<size_t>(std::count(heard.begin(), heard.end(), too_much));
  EXPECT_EQ(heard.back(), too_much);
  EXPECT_EQ(refused, 31u) << "thirty refusals, and the close";
  EXPECT_GE(heard.size() - refused, 75u) << "a burst, and ten a second for five seconds";
  EXPECT_LE(heard.size() - refused, 90u);
  EXPECT_GT(lasted.count(), 4.5);
  for (const auto& each : heard) { // who does not flood hears what was taken, in order, and may speak
    if (each != too_much) {
      EXPECT_EQ(paul.hear(), each);
    }
  }
  paul.say("MSG (Général):merci");
  EXPECT_EQ(paul.hear(), "paul dans le salon Général: merci");
  EXPECT_EQ(server_.stop(), 0);
}

TEST_P(Admission, TheRateHoldsOverAllConnectionsOfAUser) {
  start({{"rate", {{"messages_per_second", 1}, {"burst", 3}}}});
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  line_client second(server_.endpoint());
  ASSERT_TRUE(second.log_in("zoë"));

  const auto begun = clock::now();
  for (const auto* text : {"un", "deux", "trois"}) {
    zoe.say("PRIVATE:zoë:" + std::string(text));
    ASSERT_EQ(zoe.hear(), "zoë (privé): " + std::string(text));
  }
  second.say("PRIVATE:zoë:quatre");
  EXPECT_EQ(zoe.hear(), "zoë (privé): quatre");

  EXPECT_GT(clock::now() - begun, std::chrono::milliseconds{950});
}

TEST_P(Admission, AnAddressMakesSoManyAccountsAnHour) {
  start({{"registration", {{"per_hour_per_address", 2}}}});

  EXPECT_EQ(register_from("127.0.0.9", "zoë"), "Inscription réussie!");
  EXPECT_EQ(register_from("127.0.0.9", "zoë"), "Nom d'utilisateur déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(register_from("127.0.0.9", "paul"), "Inscription réussie!");
  EXPECT_EQ(register_from("127.0.0.9", "marc"),
            "Erreur lors de l'inscription : trop de tentatives, réessayez plus tard");
  line_client session(server_.endpoint(), "127.0.0.9");
  ASSERT_TRUE(session.log_in("zoë"));
  session.say("REGISTER:marc:marc:secret");
  EXPECT_EQ(session.hear(), "Erreur lors de l'inscription : trop de tentatives, réessayez plus tard");
  EXPECT_EQ(session.hear(), support::closed);
  EXPECT_EQ(register_from("127.0.0.10", "marc"), "Inscription réussie!");
}

INSTANTIATE_TEST_SUITE_P(Databases, Admission, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
