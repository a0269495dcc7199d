#include "actors/admission.hpp"
#include "config/log.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/store.hpp"
#include "protocol/commands/client_commands.hpp"
#include "protocol/words/names.hpp"
#include <charconv>

namespace salond {
namespace {

static_assert(rules::login_throttle::known_for == persistence::session_store::address_life);
static_assert(rules::login_throttle::max_known_addresses == persistence::session_store::max_known_addresses);

// How often the log says that registrations are refused, while they are.
constexpr auto an_hour = std::chrono::hours{1};

int64_t day_of(moment at) {
  return std::chrono::duration_cast<std::chrono::hours>(at.time_since_epoch()).count() / 24;
}

// An address may have so many seconds' worth at once.
constexpr double address_burst_seconds = 10;

/// As people read it: "192.0.2.1 and 3 others"; `most`: how many are kept.
std::string addresses_of(const std::set<std::string>& addresses, size_t most) {
  if (addresses.empty())
    return "a unix socket";
  auto text = *addresses.begin();
  if (const auto others = addresses.size() - 1; others != 0)
    text += " and " + std::string(addresses.size() == most ? "at least " : "") + std::to_string(others)
            + (others == 1 ? " other" : " others");
  return text;
}

/// What it costs to spell and to send it, and to get it from the store.
double cost_of_telling(const event::any& event) {
  size_t bytes = 0;
  if (const auto* said = std::get_if<event::said>(&event))
    bytes = said->text.size();
  return client_costs::told + static_cast<double>(bytes) * client_costs::told_byte;
}

/// "3 wrong passwords and 1 wrong token in 2 s".
std::string story_of(const rules::failure_burst& burst) {
  std::string text;
  const auto tell = [&text](size_t times, const std::string& of, const std::string& behind = {}) {
    if (times != 0)
      text += (text.empty() ? "" : " and ") + std::to_string(times) + of + (times == 1 ? "" : "s") + behind;
  };
  tell(burst.wrong - burst.tokens - burst.invitations, " wrong password");
  tell(burst.tokens, " wrong token");
  tell(burst.invitations, " wrong invitation");
  tell(burst.unheard, " attempt", burst.unheard == 1 ? " that was refused unheard" : " that were refused unheard");
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(burst.last - burst.began).count() + 1;
  return text + " in " + std::to_string(seconds) + " s";
}

rules::failure_bursts::failure wrong(rules::login_throttle::attempt::secret said) {
  using secret = rules::login_throttle::attempt::secret;
  using failure = rules::failure_bursts::failure;
  switch (said) {
  case secret::password: break;
  case secret::token: return failure::wrong_token;
  case secret::invitation: return failure::wrong_invitation;
  }
  return failure::wrong;
}

} // namespace

rules::login_throttle::verdict admission::begin(attempt& tried, instant now) {
  const auto verdict = logins_.begin(tried, how_.rate.logins_per_minute_per_address, now);
  if (verdict == rules::login_throttle::verdict::refused)
    bursts_.add(tried.account, tried.address, rules::failure_bursts::failure::unheard, now);
  return verdict;
}

std::vector<connection_id> admission::over(attempt& tried, attempt_result outcome, size_t guesses, instant now) {
  if (tried.at == attempt::stage::tried && outcome == attempt_result::wrong)
    bursts_.add(tried.account, tried.address, wrong(tried.said), now);
  return logins_.over(tried, outcome, guesses, how_.rate.logins_per_minute_per_address, now);
}

rules::message_rate::decision admission::ask_to_say(user_id who, rules::message_rate::flood& here, bool more_waits,
                                                    instant now) {
  const auto pace = pace_of_messages();
  return pace ? messages_.ask(who, *pace, here, more_waits, now) : rules::message_rate::decision{};
}

std::optional<rules::pace> admission::pace_of_messages() const {
  const auto& rate = how_.rate;
  if (rate.messages_per_second == 0 || rate.burst == 0)
    return std::nullopt;
  return rules::pace{double(rate.burst), double(rate.messages_per_second)};
}

rules::budget_paces admission::paces() const {
  const auto& rate = how_.rate;
  const auto in_all = double(rate.requests_per_second_per_address);
  const auto of_one = double(rate.request_burst == 0 ? 0 : rate.requests_per_second);
  return {{double(rate.request_burst), of_one}, {address_burst_seconds * in_all, in_all}};
}

rules::client_budget::decision admission::ask(rules::client_budget& of, const std::string& network,
                                              const request& asked, instant now) {
  return of.ask(asked, budgets_, network, paces(), now);
}

double admission::cost_of_answer(const rules::effects& answer) {
  double cost = 0;
  for (const auto& effect : answer)
    if (const auto* told = std::get_if<rules::tell>(&effect))
      cost += cost_of_telling(told->event);
  return cost;
}

instant::duration admission::charge(rules::client_budget& of, const std::string& network, double cost, instant now) {
  return of.charge(cost, budgets_, network, paces(), now);
}

void admission::came_to_nothing(const std::string& network, bool spoke_tls, instant now) {
  const auto cost = spoke_tls ? client_costs::fruitless_tls : client_costs::fruitless;
  budgets_.take_fruitless(network, paces().address, cost, now);
}

std::optional<instant::duration> admission::arrive(const std::string& network, instant now) {
  return budgets_.arrive(network, paces().address, client_costs::fruitless_tls, now);
}

bool admission::in_debt(const std::string& network, instant now) {
  return budgets_.in_debt(network, paces().address, now);
}

bool admission::may_change_password(user_id who, instant now) {
  return password_changes_.at(who).take({password_changes_a_minute, password_changes_a_minute / 60}, now);
}

std::optional<fault> admission::refuses_registration(const std::string& network, newcomer who, instant now) {
  if (who == newcomer::stranger && how_.registration.mode == config::registration::policy::closed)
    return fault::registration_closed;
  using verdict = rules::registration_rate::verdict;
  const auto may = registrations_.take(network, limits_of_registrations(), now);
  if (may == verdict::go)
    return std::nullopt;
  if (may == verdict::refused_by_all && (!told_of_registrations_ || now - *told_of_registrations_ >= an_hour)) {
    told_of_registrations_ = now;
    log::warning("registrations are refused: so many were made in an hour as registration.per_hour allows",
                 {{"per_hour", how_.registration.per_hour}});
  }
  return fault::too_many_attempts;
}

rules::registration_rate::limits admission::limits_of_registrations() const {
  return {how_.registration.per_hour_per_address, how_.registration.per_hour};
}

// --- several nodes ---

void admission::share_with(size_t others) {
  logins_.shared().set_others(others);
  messages_.set_others(others);
  registrations_.shared().set_others(others);
}

std::vector<rules::usage> admission::take_used() {
  auto all = logins_.shared().take();
  const auto add = [&all](const std::vector<rules::usage>& more) { all.insert(all.end(), more.begin(), more.end()); };
  add(registrations_.shared().take());
  add(messages_.take_said(pace_of_messages().value_or(rules::pace{})));
  return all;
}

void admission::used_elsewhere(const std::vector<rules::usage>& all, instant now) {
  for (size_t index = 0; index < std::min(all.size(), max_usages); ++index)
    used_elsewhere(all[index], now);
}

/// What another version counts and this one does not know is left out.
void admission::used_elsewhere(const rules::usage& used, instant now) {
  const auto which = static_cast<rules::shared_limit>(used.limit);
  switch (which) {
  case rules::shared_limit::login_address:
    if (how_.rate.logins_per_minute_per_address == 0)
      return;
    break;
  case rules::shared_limit::messages: {
    int64_t number = 0;
    std::from_chars(used.whose.data(), used.whose.data() + used.whose.size(), number);
    if (const auto pace = pace_of_messages())
      messages_.said_elsewhere(user_id{number}, used.count, *pace, now);
    return;
  }
  case rules::shared_limit::registrations:
    return registrations_.made_elsewhere(used.whose, used.count, limits_of_registrations(), now);
  case rules::shared_limit::login_account:
  case rules::shared_limit::login_seldom:
  case rules::shared_limit::login_owners:
  case rules::shared_limit::login_known: break;
  default: return;
  }
  logins_.failed_elsewhere(which, used.whose, used.count, how_.rate.logins_per_minute_per_address, now);
}

void admission::remember(const std::vector<persistence::known_address>& all, instant now, moment at) {
  for (const auto& known : all)
    logins_.remember(known.who, known.username_key, known.address, day_of(known.at),
                     now
                         - std::max(std::chrono::milliseconds{0},
                                    std::chrono::duration_cast<std::chrono::milliseconds>(at - known.at)));
}

bool admission::is_to_be_stored(user_id who, const std::string& network, instant now, moment at) {
  return logins_.is_to_be_stored(who, network, day_of(at), now);
}

void admission::is_stored(user_id who, const std::string& network, instant now, moment at) {
  logins_.is_stored(who, network, day_of(at), now);
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
  for (const auto& burst : over) {
    const auto account = burst.account.empty() ? std::string("several accounts") : shown(burst.account);
    const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(now - burst.began);
    result.push_back({decision{account, addresses_of(burst.addresses, rules::failure_bursts::max_addresses),
                               story_of(burst), at - ago},
                      audited::login_failures, account, to_string(fault::wrong_credentials)});
  }
  return result;
}

void admission::tell_fact(const std::string& kind, const std::string& why, const std::string& address, instant now) {
  if (facts_.add(kind, why, address, now))
    log::info(kind, {{"why", why}, {"from", address}});
}

void admission::tell_login(const std::string& username, connection_id which, const std::string& address, instant now) {
  if (told_logins_.add(username, {}, address, now))
    log::info("logged in", {{"user", username}, {"connection", which.value}, {"from", address}});
}

void admission::tell_facts(instant now) {
  for (const auto& many : told_logins_.take_over(now))
    log::info("logged in again", {{"user", many.kind},
                                  {"times", many.times},
                                  {"from", addresses_of(many.addresses, rules::repeated_facts::max_addresses)}});
  for (const auto& many : facts_.take_over(now))
    log::info(many.kind, {{"times", many.times},
                          {"why", many.why},
                          {"from", addresses_of(many.addresses, rules::repeated_facts::max_addresses)}});
}

} // namespace salond
