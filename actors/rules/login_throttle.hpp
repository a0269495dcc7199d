// How many passwords may be tried: from an address, and for an account. Asked before anything is looked up or hashed.
//
// - An address has an allowance, so many a minute, for whatever accounts it tries.
// - An account has one for all addresses together from which nobody lately proved to be its owner. Who attacks it uses
//   that up and no more: from each address where its owner did, the account has an allowance of its own, which is the
//   only one that counts there. So nobody is locked out of his account by strangers.
// - Wrong passwords use an allowance up, right ones do not: each attempt takes its tokens before it is judged, and
//   gives them back when the password was right. Meanwhile others wait their turn, so that a thousand right logins at
//   once from one address all get in, and of a thousand wrong ones only as many are hashed as the allowance holds.
//
// Memory is bounded: 65,536 addresses, 16,384 accounts that are tried, 16,384 accounts with 8 addresses each where the
// owner was. What was used longest ago is forgotten first; an allowance that was not used for a minute is a full one,
// so that forgetting it changes nothing.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/token_bucket.hpp"
#include "protocol/words/ids.hpp"
#include <deque>
#include <string>
#include <vector>

namespace salond::rules {

class login_throttle {
public:
  /// For an account, from all addresses that are strange to it, or from one that is known to it.
  static constexpr double account_attempts_a_minute = 10;
  static constexpr size_t most_addresses = 65536, most_accounts = 16384, most_known_accounts = 16384;
  static constexpr size_t most_known_addresses = 8; ///< of one account
  static constexpr auto known_for = std::chrono::hours{24 * 30};
  /// Names that agree so far share an allowance: no account has a longer one, but a stranger may say one.
  static constexpr size_t most_name_bytes = 512;

  /// Whose allowance a try uses: the address's, the account's, or the account's at an address that is known to it.
  enum class allowance_of { address, account, known_address };

  /// One try of a password.
  struct attempt {
    connection_id by;
    std::string address; ///< of a whole network where that is one customer's; empty: none, and no allowance of it
    std::string account; ///< the key of its name; empty: none is named (a token)

    enum class stage { none, waits, tried };
    stage at = stage::none;         ///< set by the throttle, as what follows
    std::vector<allowance_of> uses; ///< where it is tried; where it waits, the one that is used up
  };

  enum class verdict {
    go,    ///< it may be tried; over() tells what came of it
    waits, ///< others from there are being tried: begin() once more when over() says so
    refused
  };
  /// `a_minute`: of an address; 0: no limit. Where the attempt waits, over() is called as well should it be given up.
  verdict begin(attempt& what, uint32_t a_minute, instant now);

  enum class result {
    right,
    wrong,
    unknown,  ///< nobody waited to hear it: as wrong
    not_tried ///< it came to no trial, as when the database was away
  };
  /// `guesses`: how many passwords it tried at once. Answers who waited and is to begin() once more, in order.
  std::vector<connection_id> over(attempt& what, result how, size_t guesses, uint32_t a_minute, instant now);

  size_t addresses() const { return addresses_.size(); }
  size_t accounts() const { return accounts_.size(); }
  size_t known_accounts() const { return known_.size(); }

private:
  struct allowance {
    token_bucket tokens;
    size_t in_trial = 0;
  };
  struct known_address {
    std::string address;
    allowance tries;
    instant last;
  };

  std::vector<allowance_of> allowances_for(const attempt& what, uint32_t a_minute, instant now);
  known_address* find_known(const attempt& what, instant now);
  void remember(const attempt& what, instant now);
  allowance* find(allowance_of which, const attempt& what, instant now);
  void wake(allowance_of which, const attempt& what, uint32_t a_minute, instant now, std::vector<connection_id>& next);

  recent<std::string, allowance> addresses_{most_addresses}, accounts_{most_accounts};
  recent<std::string, std::vector<known_address>> known_{most_known_accounts};
  std::unordered_map<std::string, std::deque<connection_id>> waiting_; ///< by allowance; of connections that exist
};

} // namespace salond::rules
