// What a client's frames and answers may cost: in a bucket of its connection, and in one of its address.
//
// What costs nothing is always heard, so that who only writes and reads is not held up by others at his address.
// Otherwise the cost is taken at once, be it there or not; who is in debt then waits until that is paid, which is his
// turn among all who wait at his address: nobody asks twice, and nobody overtakes. While he waits he is not read.
// Who goes on all the same is told once, and at last closed; so is who says again and again what is no command.
// Who sends one thing, and the next when it is answered, is never more than slowed.
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

/// What all connections of an address have used. Memory is bounded: 65,536 addresses; the one that used nothing for
/// longest is forgotten, and has a full bucket again.
class address_budgets {
public:
  static constexpr size_t most_addresses = 65536;
  static constexpr auto most_debt = std::chrono::seconds{2}; ///< that is left by connections that are gone

  /// Takes `cost`. Answers how long until all is paid.
  instant::duration take(const std::string& address, const pace& limit, double cost, instant now);
  /// Takes it for a connection that is gone, and cannot wait.
  void take_afterwards(const std::string& address, const pace& limit, double cost, instant now);
  bool in_debt(const std::string& address, const pace& limit, instant now);
  size_t addresses() const { return used_.size(); }

private:
  recent<std::string, token_bucket> used_{most_addresses};
};

/// One connection's.
class client_budget {
public:
  static constexpr auto least_wait = std::chrono::milliseconds{100}; ///< so that waking up costs next to nothing
  static constexpr auto told_after = std::chrono::seconds{1};        ///< of waiting while more is there
  static constexpr auto closed_after = std::chrono::seconds{10};
  static constexpr auto recovery = std::chrono::seconds{1};               ///< without waiting: it floods no more
  static constexpr double most_faults = 30, most_faults_of_strangers = 5; ///< at once
  static constexpr double faults_a_second = 0.1;                          ///< in the long run

  enum class verdict {
    go,
    wait, ///< then it is heard, and not asked for again
    tell, ///< the same, and the client is told that it is too much
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

  /// What an answer has cost: the next request waits for it.
  void charge(double cost, address_budgets& shared, const std::string& address, const budget_paces& limits,
              instant now);

private:
  instant::duration take(double cost, const pace& limit, instant now);

  token_bucket used_, faults_, faults_of_stranger_;
  instant waited_until_{};
  std::optional<instant> flooding_since_;
  bool told_ = false;
};

} // namespace salond::rules
