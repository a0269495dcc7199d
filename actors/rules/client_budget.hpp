// What a client's frames and answers may cost. They are paid from a bucket of the connection, and from one of its
// address.
//
// A frame that costs nothing is always heard: a client that only posts and reads is not held up by others at its
// address. Any other cost is taken at once, even if the bucket does not hold it. A client in debt then waits until the
// debt is paid. That is its turn among all that wait at its address, so that nobody asks twice. An address's debt is
// never above five seconds' worth, so that nobody can freeze the neighbours. A client that has used little passes by
// those that have used much. A client that goes on all the same is told once, and at last closed. So is a client that
// says again and again what is no command. A client that waits for each answer is never more than slowed.
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

/// What all connections of an address have used: in the long run, and in a moment. The moment counts, since requests
/// that come at once are done at once, and all others wait for them. Memory is bounded: 65,536 addresses. The one that
/// used nothing for longest is forgotten, and has full buckets again.
class address_budgets {
public:
  static constexpr size_t max_addresses = 65536;
  /// Multiples of the long run's requests a second: the requests at once, and the requests a second until the long
  /// run's bucket is empty. At 500 a second these are 100 (10 ms of the server's time) and 2,000 (a fifth of a core).
  static constexpr double peak_burst = 0.2, peak_a_second = 4;
  /// Requests at once, in seconds of the long run's requests. Connections that come to nothing have a bucket of their
  /// own, so that a neighbour who is logged in does not wait for them.
  static constexpr double fruitless_burst = 2;
  static constexpr auto max_arrival_wait = std::chrono::seconds{5};
  static constexpr size_t max_arrivals = 1000; ///< that wait for their turn at an address

  /// Nobody waits longer for what others at the address have used. A cost that goes beyond it is not added to the
  /// address's debt. It is too much, unless its sender has used little. Many may wait for so long at once; their turns
  /// lie between the half of it and all.
  static constexpr auto max_wait = std::chrono::seconds{5};
  /// Senders that have used little have a bucket of their own, for when the others' is in debt: so much at once, in
  /// seconds of the long run's requests, and as many a second.
  static constexpr double light_burst = 0.1;
  enum class user { light, heavy };
  /// When a sender may go on.
  struct turn {
    instant::duration wait{};
    bool too_much = false; ///< it is not to be done at all
  };

  /// Takes `cost` for a sender that has used little, or much. Answers how long until all is paid.
  turn take(const std::string& address, const pace& limit, double cost, user sender, instant now);
  /// Takes `cost` for a connection that is gone and came to nothing.
  void take_fruitless(const std::string& address, const pace& limit, double cost, instant now);
  /// Whether connections from there came to nothing so often that a new one waits.
  bool in_debt(const std::string& address, const pace& limit, instant now);
  /// How long a new connection is not read, which may come to nothing for `cost`: 0 unless the address is in debt.
  /// Nothing: too many wait already. The caller says arrived() when the wait is over.
  std::optional<instant::duration> arrive(const std::string& address, const pace& limit, double cost, instant now);
  void arrived(const std::string& address);
  /// Gives back what was taken for more than there was to do.
  void give_back(const std::string& address, const pace& limit, double cost, instant now);
  size_t addresses() const { return used_.size(); }

private:
  struct usage {
    token_bucket long_run, moment, light, fruitless;
    uint32_t turns = 0; ///< given to senders that have the longest wait
    size_t waiting = 0; ///< new connections that are not read yet
  };
  recent<std::string, usage> used_{max_addresses};
};

/// One connection's.
class client_budget {
public:
  static constexpr auto least_wait = std::chrono::milliseconds{100}; ///< so that waking up costs next to nothing
  static constexpr auto told_after = std::chrono::seconds{1};        ///< of waiting while more is there
  static constexpr auto closed_after = std::chrono::seconds{10};
  static constexpr auto recovery = std::chrono::seconds{1}; ///< so long without a wait ends a flood
  static constexpr double light_seconds = 1;                ///< a client that used no more of its burst has used little
  static constexpr double max_faults = 30, max_faults_of_strangers = 5; ///< at once
  static constexpr double faults_a_second = 0.1;                        ///< in the long run

  enum class verdict {
    go,
    wait,   ///< then it is heard, and not asked for again
    tell,   ///< the same, and the client is told that it is too much
    refuse, ///< then it is refused: its address has used too much
    close
  };
  struct decision {
    verdict ruling = verdict::go;
    instant::duration wait{};
  };

  /// A frame that is to be heard.
  struct request {
    double cost = 0;
    bool fault = false;      ///< it is no command
    bool more_waits = false; ///< the client has said more behind it
    bool stranger = false;   ///< nobody is logged in
  };
  decision ask(const request& asked, address_budgets& shared, const std::string& address, const budget_paces& limits,
               instant now);

  /// Takes what an answer has cost: the next request waits for it. Below 0: the answer cost so much less than was taken
  /// for it. Answers how long the client waits for the rest of the same answer.
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
