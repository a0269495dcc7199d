// How many passwords may be tried: from an address, and for an account. Asked before anything is looked up or hashed.
//
// - An address has an allowance, so many a minute, for whatever accounts it tries; and another one for tokens, which
//   nobody guesses, so that whoever tries passwords keeps nobody at his address from coming back.
// - An account has one allowance for all strange addresses together: those from which nobody lately proved to be its
//   owner. Who attacks the account uses this one up, and no other.
// - A known address is one from which the owner did. There the account has an allowance of its own. For the first four
//   wrong passwords of the account in an hour, one at a time, no other allowance counts. After them the address's
//   allowance for all accounts that are known there counts too. So somebody with a hundred accounts has no hundred
//   times as many passwords hashed. This allowance is apart from the one for strangers, so that he keeps no neighbour
//   out. While it is used up, a known account is hashed as late as an unknown one; accounts that have failed there come
//   behind those that have not.
// - Where the account's allowance for strange addresses is used up, an address that seldom fails is heard all the same,
//   for its first wrong passwords of the hour. So the owner is let in from a new address while strangers attack his
//   account. Strangers with a thousand addresses are heard some thousand times an hour.
// - Where strangers share the owner's address and use up his allowance there, a login is heard all the same, and hashed
//   last (urgency::contested): nothing but the password tells him from them. This is not so for a session that is
//   logged in, which tries its own password.
// - Wrong passwords use an allowance up, right ones do not: each attempt takes its tokens before it is judged, and
//   gives them back when the password was right. Meanwhile others wait their turn, so that a thousand right logins at
//   once from one address all get in, and of a thousand wrong ones only as many are hashed as the allowance holds.
//
// Tokens are no passwords: nobody guesses 256 bits, and nothing is hashed for one. They use nothing up here.
//
// The addresses where owners were are stored outside, and told to this at the start: remember(). They are the
// account's, whatever it is called: a new name keeps them, and an account that takes a name which became free has none
// of them.
//
// Where there are several nodes, what fails at one counts at all of them (shared_use.hpp); where owners were, each node
// knows by itself.
//
// Memory is bounded: 65,536 addresses (each of three kinds), 16,384 accounts that are tried, 65,536 accounts with 8
// addresses each where the owner was. What was used longest ago is forgotten first; an allowance that was not used for
// a minute is a full one (after an hour, of an address that seldom fails), so that forgetting it changes nothing.
#pragma once
#include "actors/rules/hash_queue.hpp"
#include "actors/rules/recent.hpp"
#include "actors/rules/shared_use.hpp"
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
  /// Wrong passwords of an address in an hour that are heard whoever attacks the account: a person mistypes thrice.
  static constexpr double seldom_an_hour = 4;
  static constexpr size_t max_addresses = 65536, max_accounts = 16384, max_known_accounts = 65536;
  static constexpr size_t max_known_addresses = 8; ///< of one account
  static constexpr auto known_for = std::chrono::hours{24 * 30};
  /// Names that agree so far share an allowance: no account has a longer one, but a stranger may say one.
  static constexpr size_t max_name_bytes = 512;

  /// Whose allowance a try uses: the address's, the account's, the address's of those that seldom fail, the account's
  /// at an address that is known to it, the address's for such accounts that fail.
  enum class allowance_of { address, account, seldom, known_address, owners };

  /// One try of a password.
  struct attempt {
    connection_id by;
    std::string address; ///< of a whole network where that is one customer's; empty: none, and no allowance of it
    std::string account; ///< the key of its name; empty: none that counts (what was said for a token, an invitation)

    enum class stage { none, waits, tried };
    stage at = stage::none;         ///< set by the throttle, as what follows
    std::vector<allowance_of> uses; ///< where it is tried; where it waits, the one that is used up
    urgency rank = urgency::other;  ///< of its hash
    bool login = false;             ///< of somebody who is not logged in yet
    enum class secret { password, token, invitation };
    secret said = secret::password; ///< what was said for it, to be told of
    user_id who = {};               ///< whose name `account` is; set by whoever looked it up, before over()
  };

  enum class verdict {
    go,    ///< it may be tried; over() tells what came of it
    waits, ///< others from there are being tried: begin() once more when over() says so
    refused
  };
  /// `a_minute`: of an address; 0: no limit. Where the attempt waits, over() is called as well should it be given up.
  verdict begin(attempt& tried, uint32_t a_minute, instant now);

  enum class result {
    right,
    wrong,
    unknown,  ///< nobody waited to hear it: as wrong
    not_tried ///< it came to no trial, as when the database was away
  };
  /// `guesses`: how many passwords it tried at once. Answers who waited and is to begin() once more, in order.
  std::vector<connection_id> over(attempt& tried, result outcome, size_t guesses, uint32_t a_minute, instant now);

  // --- where owners were ---
  /// The owner proved himself there by something else than a password.
  void proved(user_id who, const std::string& account, const std::string& address, instant now);
  /// From what is stored. `day`: of when it was stored, as is_to_be_stored() counts.
  void remember(user_id who, const std::string& account, const std::string& address, int64_t day, instant last);
  /// Whether the owner is known to be there, and that is not stored since `day` began (days of any count).
  bool is_to_be_stored(user_id who, const std::string& address, int64_t day, instant now);
  void is_stored(user_id who, const std::string& address, int64_t day, instant now);
  /// The account is called so from now on.
  void renamed(user_id who, const std::string& account);
  /// The account is gone.
  void forget(user_id who);

  // --- several nodes ---
  /// What failed here, for the others.
  shared_use& shared() { return shared_; }
  /// So much failed at another node: of what it does not know, and of no count, nothing is taken. No allowance is in
  /// debt for more than what it holds at once.
  void failed_elsewhere(shared_limit which, const std::string& whose, int64_t count, uint32_t a_minute, instant now);

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
    token_bucket mistypes; ///< as of an address that seldom fails
    instant last;
    int64_t stored_on = -1; ///< a day; -1: never
  };
  struct owner {
    std::string account; ///< what it is called: names_ has it
    std::vector<known_address> addresses;
  };

  std::vector<allowance_of> allowances_for(const attempt& tried, uint32_t a_minute, instant now);
  std::optional<allowance_of> used_up(const attempt& tried, uint32_t a_minute, instant now);
  bool owners_used_it_up(const attempt& tried, uint32_t a_minute, instant now);
  urgency urgency_of(const attempt& tried, uint32_t a_minute, instant now);
  void hear_if_seldom(attempt& tried, uint32_t a_minute, instant now);
  void count_failure(const attempt& tried, size_t guesses, instant now);
  known_address* find_known(user_id who, const std::string& address, instant now);
  known_address* find_known(const std::string& account, const std::string& address, instant now);
  known_address& remember(user_id who, const std::string& account, const std::string& address, instant now);
  owner& owner_called(user_id who, const std::string& account);
  void forget_name(user_id who, const owner& of);
  allowance* find(allowance_of which, const attempt& tried, instant now);
  double left(allowance_of which, const attempt& tried, uint32_t a_minute, instant now);
  void share(const attempt& tried, size_t guesses);
  void wake(allowance_of which, const attempt& tried, uint32_t a_minute, instant now, std::vector<connection_id>& next);

  recent<std::string, allowance> addresses_{max_addresses}, accounts_{max_accounts}, seldom_{max_addresses},
      owners_{max_addresses};
  recent<user_id, owner> known_{max_known_accounts};
  recent<std::string, user_id> names_{max_known_accounts};             ///< of those accounts
  std::unordered_map<std::string, std::deque<connection_id>> waiting_; ///< by allowance; of connections that exist
  shared_use shared_;
};

} // namespace salond::rules
