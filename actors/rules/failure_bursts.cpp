#include "actors/rules/failure_bursts.hpp"
#include <limits>

namespace salond::rules {

void failure_bursts::add(const std::string& account, const std::string& address, failure how, instant now) {
  // A name that no account can have is cut: it stands in memory and in the log.
  const auto named = account.substr(0, 512);
  if (!named.empty())
    add_to(of_account_, named, named, address, how, now);
  if (!address.empty())
    add_to(of_address_, address, named, address, how, now);
}

void failure_bursts::add_to(table& where, const std::string& key, const std::string& account,
                            const std::string& address, failure how, instant now) {
  auto* known = where.find(key);
  if (known && now - known->last >= pause) {
    end(*known, where);
    where.forget(key);
    known = nullptr;
  }
  if (!known && how == failure::unheard)
    return;
  if (!known && where.full()) {
    auto quiet = where.oldest();
    end(quiet.second, where);
    where.forget(quiet.first);
  }
  auto& burst = known ? *known : where.at(key);
  if (burst.wrong == 0) {
    burst.account = account;
    burst.began = now;
  }
  if (burst.account != account)
    burst.account.clear();
  burst.last = now;
  ++(how == failure::unheard ? burst.unheard : burst.wrong);
  burst.tokens += how == failure::wrong_token ? 1 : 0;
  burst.invitations += how == failure::wrong_invitation ? 1 : 0;
  if (!address.empty() && burst.addresses.size() < most_addresses)
    burst.addresses.insert(address);
}

/// An address's burst on one account alone is told of as that account's.
void failure_bursts::end(failure_burst& what, table& of) {
  if (what.wrong >= least_wrong && (&of == &of_account_ || what.account.empty()))
    ended_.push_back(std::move(what));
}

std::vector<failure_burst> failure_bursts::take_ended(instant now) {
  for (auto* table : {&of_account_, &of_address_}) {
    // Those used longest ago come first, and a burst is used by each of its failures.
    while (table->size() != 0 && now - table->oldest().second.last >= pause) {
      auto over = table->oldest();
      end(over.second, *table);
      table->forget(over.first);
    }
    table->forget_if([&](failure_burst& one) {
      if (now - one.began < longest)
        return false;
      end(one, *table);
      return true;
    });
  }
  return std::exchange(ended_, {});
}

std::vector<failure_burst> failure_bursts::take_all() {
  return take_ended(instant::max());
}

} // namespace salond::rules
