#include "actors/admission.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

/// As people read it: "192.0.2.1 and 3 others".
std::string addresses_of(const rules::failure_burst& what) {
  if (what.addresses.empty())
    return "a unix socket";
  auto text = *what.addresses.begin();
  if (const auto others = what.addresses.size() - 1; others != 0)
    text += " and " + std::string(what.addresses.size() == rules::failure_bursts::most_addresses ? "at least " : "")
            + std::to_string(others) + (others == 1 ? " other" : " others");
  return text;
}

std::string story_of(const rules::failure_burst& what) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(what.last - what.began).count() + 1;
  auto text = std::to_string(what.wrong) + " wrong passwords";
  if (what.unheard != 0)
    text += " and " + std::to_string(what.unheard) + " attempts that were refused unheard";
  return text + " in " + std::to_string(seconds) + " s";
}

} // namespace

rules::login_throttle::verdict admission::begin(attempt& what, instant now) {
  const auto verdict = logins_.begin(what, how_.rate.logins_per_minute_per_address, now);
  if (verdict == rules::login_throttle::verdict::refused)
    bursts_.add(what.account, what.address, rules::failure_bursts::failure::unheard, now);
  return verdict;
}

std::vector<connection_id> admission::over(attempt& what, attempt_result how, size_t guesses, instant now) {
  if (what.at == attempt::stage::tried && how == attempt_result::wrong)
    bursts_.add(what.account, what.address, rules::failure_bursts::failure::wrong, now);
  return logins_.over(what, how, guesses, how_.rate.logins_per_minute_per_address, now);
}

rules::message_rate::decision admission::ask_to_say(user_id who, bool more_waits, instant now) {
  const auto& rate = how_.rate;
  if (rate.messages_per_second == 0 || rate.burst == 0)
    return {};
  return messages_.ask(who, {double(rate.burst), double(rate.messages_per_second)}, more_waits, now);
}

std::optional<fault> admission::refuses_registration(const std::string& network, instant now) {
  if (how_.registration.how == config::registration::policy::closed)
    return fault::registration_closed;
  if (!registrations_.take(network, how_.registration.per_hour_per_address, now))
    return fault::too_many_attempts;
  return std::nullopt;
}

std::vector<admission::line> admission::take_lines(instant now, moment at) {
  return lines_of(bursts_.take_ended(now), now, at);
}

std::vector<admission::line> admission::take_all_lines(instant now, moment at) {
  return lines_of(bursts_.take_all(), now, at);
}

std::vector<admission::line> admission::lines_of(const std::vector<rules::failure_burst>& over, instant now,
                                                 moment at) {
  std::vector<line> result;
  for (const auto& one : over) {
    const auto account = one.account.empty() ? std::string("several accounts") : shown(one.account);
    const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(now - one.began);
    result.push_back({decision{account, addresses_of(one), story_of(one), at - ago}, "login_failures", account,
                      to_string(fault::wrong_credentials)});
  }
  return result;
}

} // namespace salond
