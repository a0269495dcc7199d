// What a client's frames and answers may cost: in a bucket of its connection, and in one of its address.
//
// What costs nothing is always heard, so that who only writes and reads is not held up by others at his address.
// Otherwise the cost is taken at once, be it there or not; who is in debt then waits until that is paid, which is his
// turn among all who wait at his address: nobody asks twice. Of the address's debt there is never more than five
// seconds' worth, so that nobody can freeze his neighbours; and who has used little himself passes by those who have
// used much. Who goes on all the same is told once, and at last closed; so is who says again and again what is no
// command. Who sends one thing, and the next when it is answered, is never more than slowed.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/token_bucket.hpp"
#include <optional>
#include <string>

namespace salond::rules {

/// Costs are in requests. `a_second` of 0: no limit.
struct budget_paces {
  pace connection, address;
};

/// What all connections of an address have used: in the long run, and in a moment, for what comes at once is done at
/// once, and all others wait for it. Memory is bounded: 65,536 addresses; the one that used nothing for longest is
/// forgotten, and has full buckets again.
class address_budgets {
public:
  static constexpr size_t most_addresses = 65536;
  /// Of the long run's requests a second: so many at once, and so many a second until the long run's bucket is empty.
  /// At 500 a second: 100, which are 10 ms of the server's time, and 2,000, which are a fifth of a core.
  static constexpr double peak_burst = 0.2, peak_a_second = 4;
  /// At once, in seconds of the long run's requests: connections that come to nothing have a bucket of their own, so
  /// that a neighbour who is logged in does not wait for them.
  static constexpr double fruitless_burst = 2;
  static constexpr auto most_arrival_wait = std::chrono::seconds{5};
  static constexpr size_t most_arrivals = 1000; ///< that wait for their turn at an address

  /// Nobody waits longer for what others at his address have used: beyond this nothing is added to its debt, and what
  /// would be is too much, unless its sender has used little. Many may wait for so long at once; they have their turns
  /// between the half of it and all.
  static constexpr auto most_wait = std::chrono::seconds{5};
  /// Who has used little has a bucket beside the others' when theirs is in debt: so much at once, in seconds of the
  /// long run's requests, and as many a second.
  static constexpr double light_burst = 0.1;
  enum class user { light, heavy };
  /// When somebody may go on.
  struct turn {
    instant::duration wait{};
    bool too_much = false; ///< it is not to be done at all
  };

  /// Takes `cost` for who has used little, or much, himself. Answers how long until all is paid.
  turn take(const std::string& address, const pace& limit, double cost, user who, instant now);
  /// Takes it for a connection that is gone and came to nothing.
  void take_fruitless(const std::string& address, const pace& limit, double cost, instant now);
  /// Whether connections from there came to nothing so often that who arrives waits.
  bool in_debt(const std::string& address, const pace& limit, instant now);
  /// How long a new connection is not read, which may come to nothing for `cost`: 0 unless the address is in debt.
  /// Nothing: too many wait already. Whoever waits says arrived() at the end of it.
  std::optional<instant::duration> arrive(const std::string& address, const pace& limit, double cost, instant now);
  void arrived(const std::string& address);
  /// Gives back what was taken for more than there was to do.
  void give_back(const std::string& address, const pace& limit, double cost, instant now);
  size_t addresses() const { return used_.size(); }

private:
  struct usage {
    token_bucket long_run, moment, light, fruitless;
    uint32_t turns = 0; ///< given to who waits for as long as anybody
    size_t waiting = 0; ///< of those who arrive
  };
  recent<std::string, usage> used_{most_addresses};
};

/// One connection's.
class client_budget {
public:
  static constexpr auto least_wait = std::chrono::milliseconds{100}; ///< so that waking up costs next to nothing
  static constexpr auto told_after = std::chrono::seconds{1};        ///< of waiting while more is there
  static constexpr auto closed_after = std::chrono::seconds{10};
  static constexpr auto recovery = std::chrono::seconds{1}; ///< without waiting: it floods no more
  static constexpr double light_seconds = 1; ///< who has used no more of what he has at once has used little
  static constexpr double most_faults = 30, most_faults_of_strangers = 5; ///< at once
  static constexpr double faults_a_second = 0.1;                          ///< in the long run

  enum class verdict {
    go,
    wait,   ///< then it is heard, and not asked for again
    tell,   ///< the same, and the client is told that it is too much
    refuse, ///< then it is refused: its address has used too much
    close
  };
  struct decision {
    verdict what = verdict::go;
    instant::duration wait{};
  };

  /// What is to be heard.
  struct request {
    double cost = 0;
    bool fault = false;      ///< it is no command
    bool more_waits = false; ///< the client has said more behind it
    bool stranger = false;   ///< nobody is logged in
  };
  decision ask(const request& asked, address_budgets& shared, const std::string& address, const budget_paces& limits,
               instant now);

  /// What an answer has cost: the next request waits for it. Below 0: so much less than was taken for it. Answers how
  /// long who goes on with the same answer waits.
  instant::duration charge(double cost, address_budgets& shared, const std::string& address, const budget_paces& limits,
                           instant now);

private:
  instant::duration take(double cost, const pace& limit, instant now);
  address_budgets::user weight(const pace& limit, instant now);

  token_bucket used_, faults_, faults_of_stranger_;
  instant waited_until_{};
  std::optional<instant> flooding_since_;
  bool told_ = false;
};

} // namespace salond::rules
