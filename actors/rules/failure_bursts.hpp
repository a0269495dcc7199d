// Wrong passwords, tokens and invitations, gathered into bursts: a line of the audit log tells of one, not of each
// password.
//
// A burst is the failures on one account, from any address, with no pause of 10 seconds between them; or the failures
// on several accounts from one address. It has at least five wrong attempts. A burst that does not end is told of every
// ten minutes. Attempts that were refused unheard are counted with a burst that exists, and make none.
// Memory is bounded: 1,024 bursts, each with its first 64 addresses. At the bound the one that was quiet longest ends.
#pragma once
#include "actors/rules/recent.hpp"
#include "protocol/words/time.hpp"
#include <set>
#include <string>
#include <vector>

namespace salond::rules {

/// A burst that is over.
struct failure_burst {
  std::string account;                           ///< its key; empty: several
  std::set<std::string> addresses;               ///< from where: the first 64
  size_t wrong = 0, tokens = 0, invitations = 0; ///< all wrong attempts, and those of them that were no passwords
  size_t unheard = 0;
  instant began, last;
};

class failure_bursts {
public:
  static constexpr auto pause = std::chrono::seconds{10};
  static constexpr auto longest = std::chrono::minutes{10};
  static constexpr size_t least_wrong = 5, max_bursts = 1024, max_addresses = 64;

  enum class failure { wrong, wrong_token, wrong_invitation, unheard };
  void add(const std::string& account, const std::string& address, failure failed, instant now);

  /// The bursts that are over; at the end of the server all of them.
  std::vector<failure_burst> take_ended(instant now);
  std::vector<failure_burst> take_all();
  /// Whether take_ended() will have something one day.
  bool any() const { return of_account_.size() + of_address_.size() + ended_.size() > 0; }

private:
  using table = recent<std::string, failure_burst>;
  void add_to(table& bursts, const std::string& key, const std::string& account, const std::string& address,
              failure failed, instant now);
  void end(failure_burst& burst, table& bursts);

  table of_account_{max_bursts}, of_address_{max_bursts};
  std::vector<failure_burst> ended_;
};

} // namespace salond::rules
