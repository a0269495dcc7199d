// What a client may still do, and how often: the limits of rules/, with the configuration that holds now. A plain
// object of the I/O thread, part of the audience.
#pragma once
#include "actors/rules/client_budget.hpp"
#include "actors/rules/failure_bursts.hpp"
#include "actors/rules/login_throttle.hpp"
#include "actors/rules/message_rate.hpp"
#include "actors/rules/registration_rate.hpp"
#include "actors/rules/repeated_facts.hpp"
#include "actors/rules/session.hpp"
#include "config/config.hpp"
#include "persistence/answers.hpp"
#include "protocol/words/audit_words.hpp"
#include "protocol/words/fault.hpp"
#include "protocol/words/records.hpp"

namespace salond {

class admission {
public:
  static constexpr size_t max_password_changers = 16384; ///< who changed his longest ago is forgotten
  static constexpr double password_changes_a_minute = 5;

  using attempt = rules::login_throttle::attempt;
  using attempt_result = rules::login_throttle::result;

  /// `how` is read at each decision: it may change, on the I/O thread. It outlives this.
  explicit admission(const config::settings& settings) : how_(settings) {}

  // --- passwords ---
  rules::login_throttle::verdict begin(attempt& tried, instant now);
  /// Answers who waited and is to begin() once more.
  std::vector<connection_id> over(attempt& tried, attempt_result outcome, size_t guesses, instant now);

  // --- where owners were ---
  /// A token proved the owner there.
  void proved(user_id who, const std::string& account, const std::string& network, instant now) {
    logins_.proved(who, account, network, now);
  }
  /// What is stored, oldest first: of before the start, or of other nodes. `at`: now, on the wall clock.
  void remember(const std::vector<persistence::known_address>& all, instant now, moment at);
  /// Whether the owner proved himself there, and that is not stored of this day: once a day and address is often
  /// enough, so that those who come back in thousands cost nothing more.
  bool is_to_be_stored(user_id who, const std::string& network, instant now, moment at);
  void is_stored(user_id who, const std::string& network, instant now, moment at);
  /// The account has another name, whose key is given; or it is gone.
  void renamed(user_id who, const std::string& account) {
    ++changed_accounts_;
    logins_.renamed(who, account);
  }
  void forget(user_id who) {
    ++changed_accounts_;
    logins_.forget(who);
  }
  /// How often that was so: what was read before the last time may be of accounts as they were.
  uint64_t changed_accounts() const { return changed_accounts_; }

  // --- messages ---
  rules::message_rate::decision ask_to_say(user_id who, rules::message_rate::flood& here, bool more_waits, instant now);

  // --- everything else that is asked ---
  using request = rules::client_budget::request;
  rules::client_budget::decision ask(rules::client_budget& of, const std::string& network, const request& asked,
                                     instant now);
  static double cost_of_answer(const rules::effects& answer);
  /// Below 0: so much is given back. Answers how long who goes on with the same answer waits.
  instant::duration charge(rules::client_budget& of, const std::string& network, double cost, instant now);
  /// A connection from there ended, and nobody had logged in.
  void came_to_nothing(const std::string& network, bool spoke_tls, instant now);
  /// Whether they ended like that too often: then fewer are accepted at once.
  bool in_debt(const std::string& network, instant now);
  /// As rules::address_budgets::arrive and arrived, of a connection that wishes a handshake.
  std::optional<instant::duration> arrive(const std::string& network, instant now);
  void arrived(const std::string& network) { budgets_.arrived(network); }
  /// Whether a user may change his password once more: each change is a row of the audit log.
  bool may_change_password(user_id who, instant now);

  // --- accounts ---
  /// Who wishes an account: somebody with an invitation may have one where others may not.
  enum class newcomer { stranger, invited };
  /// registration_closed, too_many_attempts; else the address has used up one account.
  std::optional<fault> refuses_registration(const std::string& network, newcomer who, instant now);
  /// It came to nothing before it cost anything. REQUIRES: refuses_registration() let it go.
  void give_registration_back(const std::string& network) { registrations_.give_back(network); }

  // --- several nodes: logins, messages and registrations have their limits together ---
  /// As many are taken of what a peer tells at once: who tells of more makes the rest cost nothing.
  static constexpr size_t max_usages = 4096;
  /// So many other nodes serve.
  void share_with(size_t others);
  /// What was used up here since the last time, for all others.
  std::vector<rules::usage> take_used();
  /// What was used up at another node.
  void used_elsewhere(const std::vector<rules::usage>& all, instant now);

  // --- what failed ---
  /// A line of the audit log.
  struct line {
    decision why;
    audit_word word;
    std::string to, result;
  };
  /// Of the bursts of failures that are over; `at`: now, on the wall clock.
  std::vector<line> take_lines(instant now, moment at);
  std::vector<line> take_all_lines(instant now, moment at);
  /// Whether take_lines() or tell_facts() will have one.
  bool watches() const { return bursts_.any() || facts_.any() || told_logins_.any(); }
  /// Logs what a client, be he a stranger, made happen: the first at once, many in one line. `kind`: a sentence of
  /// ours.
  void tell_fact(const std::string& kind, const std::string& why, const std::string& address, instant now);
  /// Logs a login: the first of an account at once, its others of the same minute in one line.
  void tell_login(const std::string& username, connection_id which, const std::string& address, instant now);
  /// Logs the many whose time is over.
  void tell_facts(instant now);

private:
  rules::budget_paces paces() const;
  std::optional<rules::pace> pace_of_messages() const;
  rules::registration_rate::limits limits_of_registrations() const;
  void used_elsewhere(const rules::usage& used, instant now);
  std::vector<line> lines_of(const std::vector<rules::failure_burst>& over, instant now, moment at);

  const config::settings& how_;
  rules::login_throttle logins_;
  uint64_t changed_accounts_ = 0;
  rules::failure_bursts bursts_;
  rules::message_rate messages_;
  rules::registration_rate registrations_;
  rules::address_budgets budgets_;
  rules::recent<user_id, rules::token_bucket> password_changes_{max_password_changers};
  rules::repeated_facts facts_;
  rules::repeated_facts told_logins_{std::chrono::minutes{1}};
  std::optional<instant> told_of_registrations_; ///< that all together made as many as they may, at last
};

} // namespace salond
