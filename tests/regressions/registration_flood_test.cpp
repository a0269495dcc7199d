// Seen: 200 registrations a second from thousands of addresses. Logins waited behind them for up to 9.5 s, some were
// refused as busy, and 3,000 accounts were made; where an administrator decides, the list of a thousand was full.
// Right: registrations are hashed when no login waits, all addresses together make so many an hour, which the log says
// once; of one network twenty wait at most, and an operator rejects them at once.
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include <atomic>
#include <gmock/gmock.h>
#include <thread>

namespace salond::end_to_end {
namespace {

using support::line_client;
using testing::HasSubstr;
using clock = std::chrono::steady_clock;

constexpr const char* too_many = "Erreur lors de l'inscription : trop de tentatives, réessayez plus tard";
constexpr const char* waits = "Inscription en attente d'approbation.";

/// Registrations, 200 a second in all, each from an address of its own.
class flood {
public:
  explicit flood(std::string endpoint) : endpoint_(std::move(endpoint)) {
    for (int n = 0; n < threads; ++n)
      attackers_.emplace_back([this, n] { run(n); });
  }
  ~flood() {
    ending_ = true;
    for (auto& attacker : attackers_)
      attacker.join();
  }
  std::atomic<size_t> made{0}, refused{0};

private:
  static constexpr int threads = 10;
  static constexpr auto pause = std::chrono::milliseconds{1000 * threads / 200};

  void run(int which) {
    auto next = clock::now();
    for (int n = which; !ending_; n += threads) {
      try {
        line_client one(endpoint_, "127.1." + std::to_string(n / 200 % 200) + "." + std::to_string(1 + n % 200));
        const auto name = "flood" + std::to_string(n);
        one.say("INSCRIPTION:" + name + ":" + name + ":secret");
        ++(one.hear() == "Inscription réussie!" ? made : refused);
      } catch (const std::exception&) { // no port is free for a moment
      }
      std::this_thread::sleep_until(next += pause); // the rate of the attack is what is tested
    }
  }

  std::string endpoint_;
  std::atomic<bool> ending_{false};
  std::vector<std::thread> attackers_;
};

class RegistrationFlood : public server_test {
protected:
  void restart_with(const nlohmann::json& settings) {
    ASSERT_EQ(server_.stop(), 0);
    server_.options.settings = settings;
    server_.start();
  }
  std::string ask_from(const std::string& address, const std::string& name) {
    line_client one(server_.endpoint(), address);
    one.say("INSCRIPTION:" + name + ":" + name + ":secret");
    return one.hear();
  }
};

size_t count_in(const std::string& text, const std::string& part) {
  size_t result = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++result;
  return result;
}

TEST_P(RegistrationFlood, HoldsUpNoLoginAndMakesSoManyAccountsAnHour) {
  ASSERT_EQ(support::register_user(server_.endpoint(), "zoë"), "Inscription réussie!");
  restart_with({{"registration", {{"per_hour", 40}}}, {"passwords", {{"memory_kib", 19456}, {"passes", 2}}}});
  flood many(server_.endpoint());
  ASSERT_TRUE(support::eventually([&] { return many.made > 0; }));

  for (int n = 0; n < 20; ++n) {
    line_client zoe(server_.endpoint());
    EXPECT_TRUE(zoe.log_in("zoë")) << n;
  }
  ASSERT_TRUE(support::eventually([&] { return many.refused > 50 && many.made >= 40; }));

  EXPECT_LE(many.made, 41u) << "forty at once, and one in ninety seconds";
  EXPECT_EQ(ask_from("127.0.0.1", "late"), too_many);
  EXPECT_TRUE(server_.logs("registrations are refused"));
  EXPECT_EQ(count_in(server_.log(), "registrations are refused"), 1u);
}

TEST_P(RegistrationFlood, OfOneNetworkTwentyWaitAndAreRejectedTogether) {
  restart_with({{"registration", {{"policy", "approval"}}}});
  for (int n = 0; n < 20; ++n)
    ASSERT_EQ(ask_from("127.1.0.1", "flood" + std::to_string(n)), waits);
  EXPECT_EQ(ask_from("127.1.0.1", "flood20"), too_many);
  EXPECT_EQ(ask_from("127.1.0.2", "honnête"), waits);

  const auto listed = answer_of(server_, {"requests"});
  ASSERT_EQ(listed.size(), 21u);
  EXPECT_EQ(listed[0]["from"], "127.1.0.1");
  EXPECT_EQ(answer_of(server_, {"reject", "--from=127.1.0.1", "--reason=un robot"})["registrations"], 20);
  const auto left = answer_of(server_, {"requests"});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0]["user"], "honnête");
  EXPECT_EQ(ask_from("127.1.0.1", "flood3"), waits) << "its names are free again";
  EXPECT_EQ(answer_of(server_, {"reject", "--all"})["registrations"], 2);
  EXPECT_EQ(answer_of(server_, {"requests"}).size(), 0u);
  EXPECT_EQ(run_salonctl(server_, {"reject", "--all"}).status, 1) << "nobody waits";
  EXPECT_EQ(run_salonctl(server_, {"reject", "--from=nowhere"}).status, 2);
  EXPECT_EQ(run_salonctl(server_, {"reject"}).status, 2);
  const auto log = answer_of(server_, {"log"}).dump();
  EXPECT_THAT(log, HasSubstr("20 registrations (from 127.1.0.1)"));
  EXPECT_THAT(log, HasSubstr("un robot"));
}

INSTANTIATE_TEST_SUITE_P(Databases, RegistrationFlood, testing::Values(kinds().front()), name_of);

} // namespace
} // namespace salond::end_to_end
