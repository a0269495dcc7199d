// Seen: 200 wrong passwords a second for one account, from 50 addresses. The owner who came after a restart, or from a
// new address, was refused each time: strangers used up what the account has for all addresses where nobody was before.
// Right: an address that seldom fails is heard whoever attacks the account, where owners were is known after a restart,
// and those who are heard are hashed first. Here the rules alone, with a clock of the test's and hashes of 25 ms on two
// threads; attack_on_an_owner_test.cpp does it with the real server.
// Seen later: a hundred accounts of the attacker's own, each logged in once from five addresses, so that it was known
// there and the address's allowance did not count. Ten wrong passwords of each at once, and nobody came in anywhere for
// half a minute. Right: that allowance counts for those of them that fail, and addresses take turns.
#include "actors/rules/hash_queue.hpp"
#include "actors/rules/login_throttle.hpp"
#include <gmock/gmock.h>
#include <map>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::login_throttle;
using testing::IsEmpty;

constexpr auto hash_time = 25ms;
constexpr size_t threads = 2, queue_length = 1024;

user_id account_of(const std::string& name) {
  return user_id{static_cast<int64_t>(std::hash<std::string>{}(name) >> 2) + 1};
}

class Siege : public testing::Test {
protected:
  struct login {
    login_throttle::attempt attempt;
    bool right = false;
    instant asked, done;
    enum class end { none, in, wrong, refused, busy } ended = end::none;
  };
  using end = login::end;

  /// Somebody tries a password now.
  login& come(const std::string& address, const std::string& account, bool right) {
    const connection_id by{++last_};
    auto& made = logins_[by];
    made = {{by, address, account, {}, {}, {}, true, {}, account_of(account)}, right, now, {}, end::none};
    begin(made);
    return made;
  }
  /// Time goes on, a millisecond a step.
  void pass(instant::duration time) {
    for (const auto until = now + time; now < until; now += 1ms) {
      for (auto one = hashing_.begin(); one != hashing_.end();) {
        if (one->second->done > now) {
          ++one;
          continue;
        }
        queue_.over(one->first);
        auto& done = *one->second;
        one = hashing_.erase(one);
        finish(done, done.right ? end::in : end::wrong);
      }
      while (hashing_.size() < threads) {
        auto next = queue_.take();
        if (!next)
          break;
        next->second->done = now + hash_time;
        hashing_.push_back(*next);
      }
    }
  }
  size_t count(end ended) const {
    return static_cast<size_t>(
        std::count_if(logins_.begin(), logins_.end(), [&](const auto& one) { return one.second.ended == ended; }));
  }
  /// `wrong(n)` says from where and for whom the n-th of the 200 a second is; each two seconds an owner comes from
  /// `owner(n)`. Answers how long those took who got in, and clears the log of who did not.
  template <class Wrong, class Owner>
  std::vector<instant::duration> besiege(Wrong wrong, Owner owner) {
    std::vector<login*> owners;
    int attacks = 0;
    for (int n = 0; n < 38; ++n) {
      for (int k = 0; k < 400; ++k, pass(5ms)) {
        const auto [address, account] = wrong(attacks++);
        come(address, account, false);
      }
      owners.push_back(&come(owner(n), "zoe", true));
    }
    pass(30s);
    std::vector<instant::duration> took;
    for (const auto* owner : owners) {
      if (owner->ended == end::in)
        took.push_back(owner->done - owner->asked);
      else
        refused_.push_back(owner->attempt.address);
    }
    return took;
  }

  login_throttle throttle;
  instant now{1h};
  std::vector<std::string> refused_; ///< where an owner was

private:
  void begin(login& who) {
    switch (throttle.begin(who.attempt, 60, now)) {
    case login_throttle::verdict::go:
      if (auto out = queue_.put(who.attempt.rank, &who, who.attempt.address))
        finish(**out, end::busy);
      break;
    case login_throttle::verdict::refused: who.ended = end::refused; break;
    case login_throttle::verdict::waits: break;
    }
  }
  void finish(login& who, end ended) {
    who.ended = ended;
    const auto result = ended == end::in      ? login_throttle::result::right
                        : ended == end::wrong ? login_throttle::result::wrong
                                              : login_throttle::result::not_tried;
    for (const auto next : throttle.over(who.attempt, result, 1, 60, now))
      begin(logins_.at(next));
  }

  rules::hash_queue<login*> queue_{threads, queue_length};
  std::map<connection_id, login> logins_;
  std::vector<std::pair<rules::urgency, login*>> hashing_;
  int64_t last_ = 0;
};

std::pair<std::string, std::string> from_fifty_addresses(int n) {
  return {"192.0.2." + std::to_string(n % 50), "zoe"};
}

TEST_F(Siege, AnOwnerComesInFromAnAddressWhereHeNeverWas) {
  const auto took = besiege(from_fifty_addresses, [](int n) { return "198.51.100." + std::to_string(n); });

  EXPECT_EQ(took.size(), 38u);
  EXPECT_THAT(refused_, IsEmpty());
  EXPECT_LE(*std::max_element(took.begin(), took.end()), 1s);
  EXPECT_LE(count(end::wrong), 10u + 4 * 50 + 20) << "what is hashed for strangers has a bound";
}

TEST_F(Siege, AnOwnerComesInAfterARestartFromWhereHeWas) {
  throttle.remember(account_of("zoe"), "zoe", "198.51.100.7", 1, now - 24h);

  const auto took = besiege(from_fifty_addresses, [](int) { return std::string{"198.51.100.7"}; });

  EXPECT_EQ(took.size(), 38u);
  EXPECT_LE(*std::max_element(took.begin(), took.end()), 100ms);
}

TEST_F(Siege, AnOwnerWhoMistypesThriceAtANewAddressComesIn) {
  for (int k = 0; k < 4000; ++k, pass(5ms))
    come("192.0.2." + std::to_string(k % 50), "zoe", false);

  for (int n = 0; n < 3; ++n) {
    come("198.51.100.7", "zoe", false);
    pass(2s);
  }
  const auto& right = come("198.51.100.7", "zoe", true);
  pass(2s);

  EXPECT_EQ(right.ended, end::in);
}

TEST_F(Siege, ManyAccountsTriedFromOneAddressHinderNobodyElsewhere) {
  const auto took = besiege(
      [](int n) {
        return std::pair{std::string{"192.0.2.1"}, n % 10 == 0 ? "zoe" : "user " + std::to_string(n % 10000)};
      },
      [](int n) { return "198.51.100." + std::to_string(n); });

  EXPECT_EQ(took.size(), 38u);
  EXPECT_LE(*std::max_element(took.begin(), took.end()), 1s);
  EXPECT_LE(count(end::wrong), 60u + 76 + 30 + 1) << "the address's allowance";
}

TEST_F(Siege, TenThousandAddressesHinderNoOwnerAtAKnownOne) {
  throttle.remember(account_of("zoe"), "zoe", "198.51.100.7", 1, now - 24h);

  const auto took = besiege(
      [](int n) {
        return std::pair{"network " + std::to_string(n % 10000), std::string{"zoe"}};
      },
      [](int) { return std::string{"198.51.100.7"}; });

  EXPECT_EQ(took.size(), 38u);
  EXPECT_LE(*std::max_element(took.begin(), took.end()), 100ms) << "known addresses go before all that is heard";
}

/// Seen: at an address that they share with the owner strangers used up all that the account has there; 11 of 12 right
/// logins were refused.
TEST_F(Siege, StrangersAtTheOwnersAddressDoNotKeepHimOut) {
  throttle.remember(account_of("zoe"), "zoe", "198.51.100.7", 1, now - 24h);
  std::vector<login*> owners;
  for (int n = 0; n < 38; ++n) {
    for (int k = 0; k < 40; ++k, pass(50ms))
      come("198.51.100.7", "zoe", false);
    owners.push_back(&come("198.51.100.7", "zoe", true));
  }
  pass(5s);

  for (const auto* owner : owners) {
    EXPECT_EQ(owner->ended, end::in);
    EXPECT_LE(owner->done - owner->asked, 200ms);
  }
}

TEST_F(Siege, AnAttackersOwnAccountsHinderNobody) {
  const auto own = [](int n) { return "own " + std::to_string(n); };
  const auto address = [](int n) { return "192.0.2." + std::to_string(n); };
  for (int n = 0; n < 500; ++n)
    throttle.remember(account_of(own(n / 5)), own(n / 5), address(n % 5), 1, now - 24h);
  throttle.remember(account_of("zoe"), "zoe", "198.51.100.7", 1, now - 24h);
  throttle.remember(account_of("paul"), "paul", address(0), 1, now - 24h);
  std::vector<login*> owners, newcomers, neighbours; // paul has several clients
  for (int round = 0; round < 15; ++round) {
    for (int n = 0; n < 5000; ++n)
      come(address(n % 5), own(n / 50), false);
    owners.push_back(&come("198.51.100.7", "zoe", true));
    newcomers.push_back(&come("203.0.113." + std::to_string(round), "max", true));
    neighbours.push_back(&come(address(0), "paul", true));
    pass(2s);
  }
  pass(30s);

  for (const auto* owner : owners) {
    ASSERT_EQ(owner->ended, end::in);
    EXPECT_LE(owner->done - owner->asked, 200ms) << "a turn of each of six addresses";
  }
  for (const auto* newcomer : newcomers) {
    ASSERT_EQ(newcomer->ended, end::in);
    EXPECT_LE(newcomer->done - newcomer->asked, 5s) << "behind the addresses' allowances, of 60 each";
  }
  for (const auto* neighbour : neighbours) {
    ASSERT_EQ(neighbour->ended, end::in);
    EXPECT_LE(neighbour->done - neighbour->asked, 15s)
        << "with an attacker at his own address, of whose first four are all heard";
  }
}

TEST_F(Siege, AnAttackAtTheOwnersAddressHindersNobodyElse) {
  throttle.remember(account_of("zoe"), "zoe", "198.51.100.7", 1, now - 24h);
  std::vector<login*> others;
  for (int n = 0; n < 20; ++n) {
    for (int k = 0; k < 400; ++k, pass(5ms)) // ten times as many as a thread hashes
      come("198.51.100.7", "zoe", false);
    others.push_back(&come("192.0.2." + std::to_string(n), "paul", true));
  }
  pass(5s);

  for (const auto* other : others) {
    EXPECT_EQ(other->ended, end::in);
    EXPECT_LE(other->done - other->asked, 100ms);
  }
}

} // namespace
