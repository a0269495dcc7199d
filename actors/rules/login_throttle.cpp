#include "actors/rules/login_throttle.hpp"

namespace salond::rules {
namespace {

using attempt = login_throttle::attempt;
using allowance_of = login_throttle::allowance_of;

/// So many at once, and as many again in each minute.
pace a_minutes(double count) {
  return {count, count / 60};
}

constexpr pace seldom{login_throttle::seldom_an_hour, login_throttle::seldom_an_hour / 3600};

pace pace_of(allowance_of which, uint32_t a_minute) {
  switch (which) {
  case allowance_of::address:
  case allowance_of::owners: return a_minutes(std::max(1u, a_minute));
  case allowance_of::seldom: return seldom;
  case allowance_of::account:
  case allowance_of::known_address: break;
  }
  return a_minutes(login_throttle::account_attempts_a_minute);
}

std::string cut(const std::string& account) {
  return account.substr(0, login_throttle::max_name_bytes);
}

shared_limit limit_of(allowance_of which) {
  switch (which) {
  case allowance_of::address: return shared_limit::login_address;
  case allowance_of::account: return shared_limit::login_account;
  case allowance_of::seldom: return shared_limit::login_seldom;
  case allowance_of::owners: return shared_limit::login_owners;
  case allowance_of::known_address: break;
  }
  return shared_limit::login_known;
}

std::string whose(allowance_of which, const attempt& tried) {
  switch (which) {
  case allowance_of::account: return cut(tried.account);
  case allowance_of::known_address: return tried.address + " " + cut(tried.account);
  case allowance_of::address:
  case allowance_of::seldom:
  case allowance_of::owners: break;
  }
  return tried.address;
}

/// Whose allowance that is, of another node's words; nothing where no node would say so.
std::optional<std::pair<allowance_of, attempt>> allowance_named(shared_limit which, const std::string& whose) {
  attempt of;
  switch (which) {
  case shared_limit::login_address: of.address = whose; return std::pair{allowance_of::address, of};
  case shared_limit::login_account: of.account = whose; return std::pair{allowance_of::account, of};
  case shared_limit::login_seldom: of.address = whose; return std::pair{allowance_of::seldom, of};
  case shared_limit::login_owners: of.address = whose; return std::pair{allowance_of::owners, of};
  case shared_limit::login_known: break;
  case shared_limit::messages:
  case shared_limit::registrations: return std::nullopt;
  }
  const auto blank = whose.find(' ');
  if (which != shared_limit::login_known || blank == std::string::npos)
    return std::nullopt;
  of.address = whose.substr(0, blank);
  of.account = whose.substr(blank + 1);
  return std::pair{allowance_of::known_address, of};
}

/// Names the allowance among all of them.
std::string name_of(allowance_of which, const attempt& tried) {
  return std::to_string(static_cast<int>(which)) + ' ' + whose(which, tried);
}

bool has_use(const attempt& tried, allowance_of which) {
  return std::find(tried.uses.begin(), tried.uses.end(), which) != tried.uses.end();
}

} // namespace

std::vector<allowance_of> login_throttle::allowances_for(const attempt& tried, uint32_t a_minute, instant now) {
  const auto address_counts = a_minute != 0 && !tried.address.empty();
  std::vector<allowance_of> result;
  if (find_known(tried.account, tried.address, now)) {
    result.push_back(allowance_of::known_address);
    if (address_counts)
      result.push_back(allowance_of::owners);
    return result;
  }
  if (address_counts)
    result.push_back(allowance_of::address);
  if (!tried.account.empty())
    result.push_back(allowance_of::account);
  return result;
}

/// Whether wrong passwords of others who are known there used up what the address has for them.
bool login_throttle::owners_used_it_up(const attempt& tried, uint32_t a_minute, instant now) {
  return has_use(tried, allowance_of::owners)
         && owners_.at(tried.address).tokens.level(pace_of(allowance_of::owners, a_minute), now) < 1;
}

/// The first of its allowances that holds nothing, and has to. Where only another try of the account is in the way,
/// that is what it waits for.
std::optional<allowance_of> login_throttle::used_up(const attempt& tried, uint32_t a_minute, instant now) {
  for (const auto which : tried.uses) {
    if (left(which, tried, a_minute, now) >= 1)
      continue;
    if (which != allowance_of::owners)
      return which;
    if (auto* known = find_known(tried.account, tried.address, now); known->mistypes.level(seldom, now) < 1)
      return which;
    else if (known->tries.in_trial != 0)
      return allowance_of::known_address;
  }
  return std::nullopt;
}

urgency login_throttle::urgency_of(const attempt& tried, uint32_t a_minute, instant now) {
  if (auto* known = find_known(tried.account, tried.address, now)) {
    if (!owners_used_it_up(tried, a_minute, now))
      return urgency::known;
    return known->mistypes.level(seldom, now) > seldom.burst - 1 ? urgency::seldom : urgency::other;
  }
  auto* here = seldom_.find(tried.address);
  const bool fails = tried.account.empty() || (here && here->tokens.level(seldom, now) < 1);
  return fails ? urgency::other : urgency::seldom;
}

/// Where strangers used the account's allowance up, the address's own counts in its place, if there is any of it.
void login_throttle::hear_if_seldom(attempt& tried, uint32_t a_minute, instant now) {
  if (used_up(tried, a_minute, now) != allowance_of::account)
    return;
  if (left(allowance_of::seldom, tried, a_minute, now) >= 1 || seldom_.at(tried.address).in_trial != 0)
    std::replace(tried.uses.begin(), tried.uses.end(), allowance_of::account, allowance_of::seldom);
}

login_throttle::verdict login_throttle::begin(attempt& tried, uint32_t a_minute, instant now) {
  tried.at = attempt::stage::none;
  tried.uses = allowances_for(tried, a_minute, now);
  tried.rank = urgency_of(tried, a_minute, now);
  hear_if_seldom(tried, a_minute, now);
  if (const auto which = used_up(tried, a_minute, now)) {
    if (find(*which, tried, now)->in_trial == 0) {
      tried.uses.clear();
      const auto was_there = *which == allowance_of::known_address || *which == allowance_of::owners;
      if (!was_there || !tried.login)
        return verdict::refused;
      tried.rank = urgency::contested;
      tried.at = attempt::stage::tried;
      return verdict::go;
    }
    tried.at = attempt::stage::waits;
    tried.uses = {*which};
    waiting_[name_of(*which, tried)].push_back(tried.by);
    return verdict::waits;
  }
  for (const auto which : tried.uses) {
    if (auto* here = find(which, tried, now)) {
      here->tokens.charge(1);
      ++here->in_trial;
    }
  }
  tried.at = attempt::stage::tried;
  return verdict::go;
}

std::vector<connection_id> login_throttle::over(attempt& tried, result outcome, size_t guesses, uint32_t a_minute,
                                                instant now) {
  const auto was = std::exchange(tried.at, attempt::stage::none);
  std::vector<connection_id> next;
  for (const auto which : tried.uses) {
    if (was == attempt::stage::waits) {
      const auto place = waiting_.find(name_of(which, tried));
      if (place != waiting_.end())
        place->second.erase(std::remove(place->second.begin(), place->second.end(), tried.by), place->second.end());
    } else if (auto* here = was == attempt::stage::tried ? find(which, tried, now) : nullptr) {
      here->in_trial -= std::min<size_t>(here->in_trial, 1);
      here->tokens.level(pace_of(which, a_minute), now);
      if (outcome == result::right || outcome == result::not_tried)
        here->tokens.charge(-1);
      else
        here->tokens.charge(static_cast<double>(guesses) - 1);
    }
    wake(which, tried, a_minute, now, next);
  }
  if (was != attempt::stage::tried || outcome == result::not_tried)
    return next;
  if (outcome != result::right) {
    count_failure(tried, guesses, now);
    share(tried, guesses);
  } else if (!tried.account.empty() && tried.who != user_id{})
    proved(tried.who, tried.account, tried.address, now);
  return next;
}

/// An address that fails is soon none that seldom does, whichever allowance it used.
void login_throttle::count_failure(const attempt& tried, size_t guesses, instant now) {
  if (tried.account.empty() || has_use(tried, allowance_of::seldom))
    return;
  const auto charge = [&](token_bucket& tokens) {
    tokens.charge(std::min(tokens.level(seldom, now), static_cast<double>(guesses)));
  };
  charge(seldom_.at(tried.address).tokens);
  if (auto* known = find_known(tried.account, tried.address, now))
    charge(known->mistypes);
}

/// Those who wait for this allowance: as many as it holds, and all of them, to be refused, when nothing is to come.
void login_throttle::wake(allowance_of which, const attempt& tried, uint32_t a_minute, instant now,
                          std::vector<connection_id>& next) {
  if (waiting_.empty())
    return; // as nearly always: the name is not made for it
  const auto place = waiting_.find(name_of(which, tried));
  if (place == waiting_.end())
    return;
  auto& queue = place->second;
  auto* here = find(which, tried, now);
  auto room = queue.size();
  if (here && here->in_trial != 0) {
    const auto holds = left(which, tried, a_minute, now);
    room = holds < 1 ? 0 : static_cast<size_t>(1 + (holds - 1) / shared_.cost_of_one());
  }
  for (; room > 0 && !queue.empty(); --room) {
    next.push_back(queue.front());
    queue.pop_front();
  }
  if (queue.empty())
    waiting_.erase(place);
}

login_throttle::allowance* login_throttle::find(allowance_of which, const attempt& tried, instant now) {
  switch (which) {
  case allowance_of::address: return &addresses_.at(tried.address);
  case allowance_of::account: return &accounts_.at(cut(tried.account));
  case allowance_of::seldom: return &seldom_.at(tried.address);
  case allowance_of::owners: return &owners_.at(tried.address);
  case allowance_of::known_address: break;
  }
  auto* known = find_known(tried.account, tried.address, now);
  return known ? &known->tries : nullptr;
}

/// What the allowance holds, less what other nodes may be using of it; where there is none, it refuses nothing.
double login_throttle::left(allowance_of which, const attempt& tried, uint32_t a_minute, instant now) {
  auto* here = find(which, tried, now);
  if (!here)
    return 1;
  const auto holds = here->tokens.level(pace_of(which, a_minute), now);
  return shared_.others() == 0 ? holds : holds - shared_.reserve(limit_of(which), whose(which, tried), here->in_trial);
}

// --- several nodes ---

void login_throttle::share(const attempt& tried, size_t guesses) {
  if (shared_.others() == 0)
    return;
  const auto count = static_cast<int64_t>(guesses);
  for (const auto which : tried.uses)
    shared_.add(limit_of(which), whose(which, tried), count);
  if (!tried.account.empty() && !has_use(tried, allowance_of::seldom))
    shared_.add(shared_limit::login_seldom, tried.address, count);
}

void login_throttle::failed_elsewhere(shared_limit which, const std::string& whose, int64_t count, uint32_t a_minute,
                                      instant now) {
  const auto named = allowance_named(which, whose);
  if (!named || count <= 0 || whose.size() > 2 * max_name_bytes)
    return;
  const auto& [kind, of] = *named;
  auto* here = find(kind, of, now);
  if (!here)
    return;
  const auto pace = pace_of(kind, a_minute);
  here->tokens.level(pace, now);
  here->tokens.charge(static_cast<double>(count), kind == allowance_of::seldom ? 0 : pace.burst);
  if (auto* known = kind == allowance_of::known_address ? find_known(of.account, of.address, now) : nullptr) {
    known->mistypes.level(seldom, now);
    known->mistypes.charge(static_cast<double>(count), 0);
  }
}

// --- where owners were ---

login_throttle::known_address* login_throttle::find_known(user_id who, const std::string& address, instant now) {
  auto* of_account = known_.find(who);
  if (!of_account)
    return nullptr;
  for (auto& known : of_account->addresses)
    if (known.address == address && now - known.last < known_for)
      return &known;
  return nullptr;
}

login_throttle::known_address* login_throttle::find_known(const std::string& account, const std::string& address,
                                                          instant now) {
  const auto* who = account.empty() ? nullptr : names_.find(cut(account));
  return who ? find_known(*who, address, now) : nullptr;
}

void login_throttle::forget_name(user_id who, const owner& of) {
  const auto* whose = names_.find(of.account);
  if (whose && *whose == who)
    names_.forget(of.account);
}

login_throttle::owner& login_throttle::owner_called(user_id who, const std::string& account) {
  auto& result = known_.at(who);
  const auto name = cut(account);
  if (result.account != name)
    forget_name(who, result);
  names_.at(name) = who;
  result.account = name;
  return result;
}

void login_throttle::renamed(user_id who, const std::string& account) {
  if (known_.find(who))
    owner_called(who, account);
}

void login_throttle::forget(user_id who) {
  if (const auto* gone = known_.find(who))
    forget_name(who, *gone);
  known_.forget(who);
}

login_throttle::known_address& login_throttle::remember(user_id who, const std::string& account,
                                                        const std::string& address, instant now) {
  auto& all = owner_called(who, account).addresses;
  if (auto* known = find_known(who, address, now))
    return *known;
  all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& known) { return known.address == address; }),
            all.end());
  if (all.size() >= max_known_addresses)
    all.erase(std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.last < b.last; }));
  all.push_back({address, {}, {}, now, -1});
  return all.back();
}

void login_throttle::proved(user_id who, const std::string& account, const std::string& address, instant now) {
  remember(who, account, address, now).last = now;
}

void login_throttle::remember(user_id who, const std::string& account, const std::string& address, int64_t day,
                              instant last) {
  auto& known = remember(who, account, address, last);
  known.last = std::max(known.last, last);
  known.stored_on = std::max(known.stored_on, day);
}

bool login_throttle::is_to_be_stored(user_id who, const std::string& address, int64_t day, instant now) {
  const auto* known = find_known(who, address, now);
  return known && known->stored_on != day;
}

void login_throttle::is_stored(user_id who, const std::string& address, int64_t day, instant now) {
  if (auto* known = find_known(who, address, now))
    known->stored_on = day;
}

} // namespace salond::rules
