// Wrong passwords, tokens and invitations, gathered into bursts: a line of the audit log tells of one, not of each
// password.
//
// A burst is what fails on one account, from wherever, with no pause of 10 seconds in it; or what fails on several
// accounts from one address. At least five that are wrong make one. One that does not end is told of every ten
// minutes. Attempts that were refused unheard are counted with a burst that there is, and make none.
// Memory is bounded: 1,024 bursts, each with its first 64 addresses. At the bound the one that was quiet longest ends.
#pragma once
#include "actors/rules/recent.hpp"
#include "protocol/words/time.hpp"
#include <set>
#include <string>
#include <vector>

namespace salond::rules {

/// What happened, once it is over.
struct failure_burst {
  std::string account;                           ///< its key; empty: several
  std::set<std::string> addresses;               ///< from where: the first 64
  size_t wrong = 0, tokens = 0, invitations = 0; ///< all that were wrong, and of these what were no passwords
  size_t unheard = 0;
  instant began, last;
};

class failure_bursts {
public:
  static constexpr auto pause = std::chrono::seconds{10};
  static constexpr auto longest = std::chrono::minutes{10};
  static constexpr size_t least_wrong = 5, most_bursts = 1024, most_addresses = 64;

  enum class failure { wrong, wrong_token, wrong_invitation, unheard };
  void add(const std::string& account, const std::string& address, failure how, instant now);

  /// The bursts that are over; at the end of the server all of them.
  std::vector<failure_burst> take_ended(instant now);
  std::vector<failure_burst> take_all();
  /// Whether take_ended() will have something one day.
  bool any() const { return of_account_.size() + of_address_.size() + ended_.size() > 0; }

private:
  using table = recent<std::string, failure_burst>;
  void add_to(table& where, const std::string& key, const std::string& account, const std::string& address, failure how,
              instant now);
  void end(failure_burst& what, table& of);

  table of_account_{most_bursts}, of_address_{most_bursts};
  std::vector<failure_burst> ended_;
};

} // namespace salond::rules
