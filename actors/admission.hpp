// What a client may still do, and how often: the limits of rules/, with the configuration that holds now. A plain
// object of the I/O thread, part of the audience.
#pragma once
#include "actors/rules/failure_bursts.hpp"
#include "actors/rules/login_throttle.hpp"
#include "actors/rules/message_rate.hpp"
#include "actors/rules/registration_rate.hpp"
#include "config/config.hpp"
#include "persistence/answers.hpp"
#include "protocol/words/fault.hpp"
#include "protocol/words/records.hpp"

namespace salond {

class admission {
public:
  using attempt = rules::login_throttle::attempt;
  using attempt_result = rules::login_throttle::result;

  /// `how` is read at each decision: it may change, on the I/O thread. It outlives this.
  explicit admission(const config::settings& how) : how_(how) {}

  // --- passwords ---
  rules::login_throttle::verdict begin(attempt& what, instant now);
  /// Answers who waited and is to begin() once more.
  std::vector<connection_id> over(attempt& what, attempt_result how, size_t guesses, instant now);

  // --- where owners were ---
  /// Known from before the start: what is stored, oldest first. `at`: now, on the wall clock.
  void remember(const std::vector<persistence::known_address>& all, instant now, moment at);
  /// Whether the owner proved himself there, and that is not stored of this day: once a day and address is often
  /// enough, so that those who come back in thousands cost nothing more.
  bool is_to_be_stored(const std::string& account, const std::string& network, instant now, moment at);
  void is_stored(const std::string& account, const std::string& network, instant now, moment at);

  // --- messages ---
  rules::message_rate::decision ask_to_say(user_id who, bool more_waits, instant now);

  // --- accounts ---
  /// registration_closed, too_many_attempts; else the address has used up one account.
  std::optional<fault> refuses_registration(const std::string& network, instant now);
  /// It came to nothing before it cost anything. REQUIRES: refuses_registration() let it go.
  void give_registration_back(const std::string& network) { registrations_.give_back(network); }

  // --- what failed ---
  /// A line of the audit log.
  struct line {
    decision why;
    std::string what, to, result;
  };
  /// Of the bursts of failures that are over; `at`: now, on the wall clock.
  std::vector<line> take_lines(instant now, moment at);
  std::vector<line> take_all_lines(instant now, moment at);
  /// Whether take_lines() will have one.
  bool watches() const { return bursts_.any(); }

private:
  std::vector<line> lines_of(const std::vector<rules::failure_burst>& over, instant now, moment at);

  const config::settings& how_;
  rules::login_throttle logins_;
  rules::failure_bursts bursts_;
  rules::message_rate messages_;
  rules::registration_rate registrations_;
  std::optional<instant> told_of_registrations_; ///< that all together made as many as they may, at last
};

} // namespace salond
