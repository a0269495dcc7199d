#include "actors/rules/client_budget.hpp"

namespace salond::rules {
namespace {

/// Takes `cost`; how long until the bucket is out of debt.
instant::duration charge_to(token_bucket& bucket, const pace& limit, double cost, instant now) {
  const auto left = bucket.level(limit, now) - cost;
  bucket.charge(cost);
  if (left >= 0)
    return instant::duration{0};
  return std::chrono::duration_cast<instant::duration>(std::chrono::duration<double>(-left / limit.a_second));
}

} // namespace

instant::duration address_budgets::take(const std::string& address, const pace& limit, double cost, instant now) {
  if (limit.a_second <= 0 || cost <= 0)
    return instant::duration{0};
  return charge_to(used_.at(address), limit, cost, now);
}

void address_budgets::take_afterwards(const std::string& address, const pace& limit, double cost, instant now) {
  if (limit.a_second <= 0)
    return;
  auto& used = used_.at(address);
  const auto least = -limit.a_second * std::chrono::duration<double>(most_debt).count();
  if (used.level(limit, now) - cost > least)
    used.charge(cost);
}

bool address_budgets::in_debt(const std::string& address, const pace& limit, instant now) {
  auto* used = limit.a_second > 0 ? used_.find(address) : nullptr;
  return used && used->level(limit, now) < 0;
}

instant::duration client_budget::take(double cost, const pace& limit, instant now) {
  if (limit.a_second <= 0 || cost <= 0)
    return instant::duration{0};
  return charge_to(used_, limit, cost, now);
}

client_budget::decision client_budget::ask(const request& asked, address_budgets& shared, const std::string& address,
                                           const budget_paces& limits, instant now) {
  const auto limited = limits.connection.a_second > 0 || limits.address.a_second > 0;
  auto& faults = asked.stranger ? faults_of_stranger_ : faults_;
  if (limited && asked.fault
      && !faults.take({asked.stranger ? most_faults_of_strangers : most_faults, faults_a_second}, now))
    return {verdict::close, {}};
  const auto wait =
      std::max(take(asked.cost, limits.connection, now), shared.take(address, limits.address, asked.cost, now));
  if (!asked.more_waits || now > waited_until_ + recovery) {
    flooding_since_.reset();
    told_ = false;
  }
  if (wait <= instant::duration{0})
    return {};
  decision result{verdict::wait, std::max<instant::duration>(wait, least_wait)};
  waited_until_ = now + result.wait;
  if (!asked.more_waits)
    return result;
  if (!flooding_since_)
    flooding_since_ = now;
  if (now - *flooding_since_ >= closed_after)
    return {verdict::close, {}};
  if (!told_ && !asked.stranger && now - *flooding_since_ >= told_after) { // a stranger's first text is its answer
    told_ = true;
    result.what = verdict::tell;
  }
  return result;
}

void client_budget::charge(double cost, address_budgets& shared, const std::string& address, const budget_paces& limits,
                           instant now) {
  take(cost, limits.connection, now);
  shared.take(address, limits.address, cost, now);
}

} // namespace salond::rules
