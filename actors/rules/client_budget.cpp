#include "actors/rules/client_budget.hpp"
#include <cmath>

namespace salond::rules {
namespace {

instant::duration time_to_pay(double debt, const pace& limit) {
  return std::chrono::duration_cast<instant::duration>(std::chrono::duration<double>(debt / limit.a_second));
}

/// Takes `cost`. Answers how long until the bucket is out of debt.
instant::duration charge_to(token_bucket& bucket, const pace& limit, double cost, instant now) {
  const auto left = bucket.level(limit, now) - cost;
  bucket.charge(cost);
  return left >= 0 ? instant::duration{0} : time_to_pay(-left, limit);
}

/// The same, where nobody is to wait for longer than address_budgets::max_wait.
instant::duration charge_within_bound(token_bucket& bucket, const pace& limit, double cost, instant now) {
  const std::chrono::duration<double> longest = address_budgets::max_wait;
  const auto affordable = bucket.level(limit, now) + limit.a_second * longest.count();
  return charge_to(bucket, limit, std::min(cost, std::max(0.0, affordable)), now);
}

/// Places between 0 and 1, such that consecutive ones are far from one another: multiples of the golden ratio.
double place_of(uint32_t turn) {
  double whole = 0;
  return std::modf(turn * 0.6180339887498949, &whole);
}

pace pace_of_fruitless(const pace& limit) {
  return {address_budgets::fruitless_burst * limit.a_second, limit.a_second};
}

void take_down_to_the_longest_wait(token_bucket& bucket, const pace& limit, double cost, instant now) {
  const std::chrono::duration<double> longest = address_budgets::max_arrival_wait;
  if (bucket.level(pace_of_fruitless(limit), now) - cost >= -limit.a_second * longest.count())
    bucket.charge(cost);
}

} // namespace

address_budgets::turn address_budgets::take(const std::string& address, const pace& limit, double cost, user sender,
                                            instant now) {
  if (limit.a_second <= 0 || cost <= 0)
    return {};
  auto& used = used_.at(address);
  const pace peak{peak_burst * limit.a_second, peak_a_second * limit.a_second};
  auto wait =
      std::max(charge_within_bound(used.long_run, limit, cost, now), charge_within_bound(used.moment, peak, cost, now));
  if (sender == user::light && wait > instant::duration{0})
    wait = std::min(wait, charge_within_bound(used.light, {light_burst * limit.a_second, limit.a_second}, cost, now));
  constexpr instant::duration longest = max_wait;
  if (wait < longest - std::chrono::milliseconds{1})
    return {wait};
  const auto later = std::chrono::duration_cast<instant::duration>(longest / 2 * place_of(used.turns++));
  return {longest / 2 + later, sender == user::heavy};
}

void address_budgets::give_back(const std::string& address, const pace& limit, double cost, instant now) {
  if (limit.a_second <= 0)
    return;
  auto& used = used_.at(address);
  used.long_run.level(limit, now);
  used.long_run.charge(-cost);
}

void address_budgets::take_fruitless(const std::string& address, const pace& limit, double cost, instant now) {
  if (limit.a_second > 0)
    take_down_to_the_longest_wait(used_.at(address).fruitless, limit, cost, now);
}

bool address_budgets::in_debt(const std::string& address, const pace& limit, instant now) {
  auto* used = limit.a_second > 0 ? used_.find(address) : nullptr;
  return used && used->fruitless.level(pace_of_fruitless(limit), now) < 0;
}

std::optional<instant::duration> address_budgets::arrive(const std::string& address, const pace& limit, double cost,
                                                         instant now) {
  if (!in_debt(address, limit, now))
    return instant::duration{0};
  auto& used = used_.at(address);
  if (used.waiting >= max_arrivals)
    return std::nullopt;
  ++used.waiting;
  const auto debt = -used.fruitless.level(pace_of_fruitless(limit), now);
  take_down_to_the_longest_wait(used.fruitless, limit, cost, now);
  return time_to_pay(debt, limit);
}

void address_budgets::arrived(const std::string& address) {
  auto* used = used_.find(address);
  if (used && used->waiting != 0) // else it was forgotten meanwhile
    --used->waiting;
}

instant::duration client_budget::take(double cost, const pace& limit, instant now) {
  if (limit.a_second <= 0 || cost == 0)
    return instant::duration{0};
  return charge_to(used_, limit, cost, now);
}

/// What the connection has used, the last cost included.
address_budgets::user client_budget::weight(const pace& limit, instant now) {
  using user = address_budgets::user;
  const auto little = std::max(0.0, limit.burst - light_seconds * limit.a_second);
  return limit.a_second > 0 && used_.level(limit, now) >= little ? user::light : user::heavy;
}

client_budget::decision client_budget::ask(const request& asked, address_budgets& shared, const std::string& address,
                                           const budget_paces& limits, instant now) {
  const auto limited = limits.connection.a_second > 0 || limits.address.a_second > 0;
  auto& faults = asked.stranger ? faults_of_stranger_ : faults_;
  if (limited && asked.fault
      && !faults.take({asked.stranger ? max_faults_of_strangers : max_faults, faults_a_second}, now))
    return {verdict::close, {}};
  const auto own = take(asked.cost, limits.connection, now);
  const auto there = shared.take(address, limits.address, asked.cost, weight(limits.connection, now), now);
  const auto wait = std::max(own, there.wait);
  if (!asked.more_waits || now > waited_until_ + recovery) {
    flooding_since_.reset();
    told_ = false;
  }
  if (wait <= instant::duration{0})
    return {};
  decision result{there.too_much ? verdict::refuse : verdict::wait, std::max<instant::duration>(wait, least_wait)};
  waited_until_ = now + result.wait;
  if (!asked.more_waits)
    return result;
  if (!flooding_since_)
    flooding_since_ = now;
  if (now - *flooding_since_ >= closed_after)
    return {verdict::close, {}};
  if (!told_ && !asked.stranger && now - *flooding_since_ >= told_after) { // a stranger's first text is its answer
    told_ = true;
    result.ruling = there.too_much ? verdict::refuse : verdict::tell;
  }
  return result;
}

instant::duration client_budget::charge(double cost, address_budgets& shared, const std::string& address,
                                        const budget_paces& limits, instant now) {
  auto wait = take(cost, limits.connection, now);
  if (cost < 0)
    shared.give_back(address, limits.address, -cost, now);
  else
    wait = std::max(wait, shared.take(address, limits.address, cost, weight(limits.connection, now), now).wait);
  return wait <= instant::duration{0} ? instant::duration{0} : std::max<instant::duration>(wait, least_wait);
}

} // namespace salond::rules
