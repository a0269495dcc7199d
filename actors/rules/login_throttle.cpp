#include "actors/rules/login_throttle.hpp"

namespace salond::rules {
namespace {

using attempt = login_throttle::attempt;
using allowance_of = login_throttle::allowance_of;

/// So many at once, and as many again in each minute.
pace a_minutes(double count) {
  return {count, count / 60};
}

pace pace_of(allowance_of which, uint32_t a_minute) {
  return a_minutes(which == allowance_of::address ? std::max(1u, a_minute) : login_throttle::account_attempts_a_minute);
}

std::string account_of(const attempt& what) {
  return what.account.substr(0, login_throttle::most_name_bytes);
}

/// Names the allowance among all of them.
std::string name_of(allowance_of which, const attempt& what) {
  switch (which) {
  case allowance_of::address: return "address " + what.address;
  case allowance_of::account: return "account " + account_of(what);
  case allowance_of::known_address: break;
  }
  return "known " + what.address + " " + account_of(what);
}

} // namespace

std::vector<allowance_of> login_throttle::allowances_for(const attempt& what, uint32_t a_minute, instant now) {
  if (find_known(what, now))
    return {allowance_of::known_address};
  std::vector<allowance_of> result;
  if (a_minute != 0 && !what.address.empty())
    result.push_back(allowance_of::address);
  if (!what.account.empty())
    result.push_back(allowance_of::account);
  return result;
}

login_throttle::verdict login_throttle::begin(attempt& what, uint32_t a_minute, instant now) {
  what.at = attempt::stage::none;
  what.uses = allowances_for(what, a_minute, now);
  for (const auto which : what.uses) {
    auto* here = find(which, what, now);
    if (!here || here->tokens.level(pace_of(which, a_minute), now) >= 1)
      continue;
    if (here->in_trial == 0) {
      what.uses.clear();
      return verdict::refused;
    }
    what.at = attempt::stage::waits;
    what.uses = {which};
    waiting_[name_of(which, what)].push_back(what.by);
    return verdict::waits;
  }
  for (const auto which : what.uses) {
    if (auto* here = find(which, what, now)) {
      here->tokens.charge(1);
      ++here->in_trial;
    }
  }
  what.at = attempt::stage::tried;
  return verdict::go;
}

std::vector<connection_id> login_throttle::over(attempt& what, result how, size_t guesses, uint32_t a_minute,
                                                instant now) {
  const auto was = std::exchange(what.at, attempt::stage::none);
  std::vector<connection_id> next;
  for (const auto which : what.uses) {
    if (was == attempt::stage::waits) {
      const auto place = waiting_.find(name_of(which, what));
      if (place != waiting_.end())
        place->second.erase(std::remove(place->second.begin(), place->second.end(), what.by), place->second.end());
    } else if (auto* here = was == attempt::stage::tried ? find(which, what, now) : nullptr) {
      here->in_trial -= std::min<size_t>(here->in_trial, 1);
      here->tokens.level(pace_of(which, a_minute), now);
      if (how == result::right || how == result::not_tried)
        here->tokens.charge(-1);
      else
        here->tokens.charge(static_cast<double>(guesses) - 1);
    }
    wake(which, what, a_minute, now, next);
  }
  if (was == attempt::stage::tried && how == result::right)
    remember(what, now);
  return next;
}

/// Those who wait for this allowance: as many as it holds, and all of them, to be refused, when nothing is to come.
void login_throttle::wake(allowance_of which, const attempt& what, uint32_t a_minute, instant now,
                          std::vector<connection_id>& next) {
  const auto place = waiting_.find(name_of(which, what));
  if (place == waiting_.end())
    return;
  auto& queue = place->second;
  auto* here = find(which, what, now);
  auto room = !here || here->in_trial == 0
                  ? queue.size()
                  : static_cast<size_t>(std::max(0.0, here->tokens.level(pace_of(which, a_minute), now)));
  for (; room > 0 && !queue.empty(); --room) {
    next.push_back(queue.front());
    queue.pop_front();
  }
  if (queue.empty())
    waiting_.erase(place);
}

login_throttle::allowance* login_throttle::find(allowance_of which, const attempt& what, instant now) {
  switch (which) {
  case allowance_of::address: return &addresses_.at(what.address);
  case allowance_of::account: return &accounts_.at(account_of(what));
  case allowance_of::known_address: break;
  }
  auto* known = find_known(what, now);
  return known ? &known->tries : nullptr;
}

login_throttle::known_address* login_throttle::find_known(const attempt& what, instant now) {
  auto* of_account = what.account.empty() ? nullptr : known_.find(account_of(what));
  if (!of_account)
    return nullptr;
  for (auto& one : *of_account)
    if (one.address == what.address && now - one.last < known_for)
      return &one;
  return nullptr;
}

void login_throttle::remember(const attempt& what, instant now) {
  if (what.account.empty())
    return;
  if (auto* known = find_known(what, now)) {
    known->last = now;
    return;
  }
  auto& all = known_.at(account_of(what));
  const auto longest_ago =
      std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.last < b.last; });
  if (all.size() >= most_known_addresses)
    all.erase(longest_ago);
  all.push_back({what.address, {}, now});
}

} // namespace salond::rules
