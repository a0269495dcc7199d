#include "actors/rules/failure_bursts.hpp"
#include <limits>

namespace salond::rules {

void failure_bursts::add(const std::string& account, const std::string& address, failure failed, instant now) {
  // A name that no account can have is cut: it stands in memory and in the log.
  const auto named = account.substr(0, 512);
  if (!named.empty())
    add_to(of_account_, named, named, address, failed, now);
  if (!address.empty())
    add_to(of_address_, address, named, address, failed, now);
}

void failure_bursts::add_to(table& bursts, const std::string& key, const std::string& account,
                            const std::string& address, failure failed, instant now) {
  auto* known = bursts.find(key);
  if (known && now - known->last >= pause) {
    end(*known, bursts);
    bursts.forget(key);
    known = nullptr;
  }
  if (!known && failed == failure::unheard)
    return;
  if (!known && bursts.full()) {
    auto quiet = bursts.oldest();
    end(quiet.second, bursts);
    bursts.forget(quiet.first);
  }
  auto& burst = known ? *known : bursts.at(key);
  if (burst.wrong == 0) {
    burst.account = account;
    burst.began = now;
  }
  if (burst.account != account)
    burst.account.clear();
  burst.last = now;
  ++(failed == failure::unheard ? burst.unheard : burst.wrong);
  burst.tokens += failed == failure::wrong_token ? 1 : 0;
  burst.invitations += failed == failure::wrong_invitation ? 1 : 0;
  if (!address.empty() && burst.addresses.size() < max_addresses)
    burst.addresses.insert(address);
}

/// A burst of one address on one account alone is told of as that account's.
void failure_bursts::end(failure_burst& burst, table& bursts) {
  if (burst.wrong >= least_wrong && (&bursts == &of_account_ || burst.account.empty()))
    ended_.push_back(std::move(burst));
}

std::vector<failure_burst> failure_bursts::take_ended(instant now) {
  for (auto* table : {&of_account_, &of_address_}) {
    // Those used longest ago come first, and a burst is used by each of its failures.
    while (table->size() != 0 && now - table->oldest().second.last >= pause) {
      auto over = table->oldest();
      end(over.second, *table);
      table->forget(over.first);
    }
    table->forget_if([&](failure_burst& burst) {
      if (now - burst.began < longest)
        return false;
      end(burst, *table);
      return true;
    });
  }
  return std::exchange(ended_, {});
}

std::vector<failure_burst> failure_bursts::take_all() {
  return take_ended(instant::max());
}

} // namespace salond::rules
