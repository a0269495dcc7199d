#include "tools/bench/stage.hpp"
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace salond::bench {

using namespace std::chrono_literals;

namespace {

// More connections than this at the same time is a storm, which is a scenario of its own.
constexpr size_t entry_window = 500;

running_server prepared(subject& tested, size_t accounts, const server_options& options) {
  tested.prepare(accounts, options.cost);
  tested.prepare(options.said);
  return tested.start(options);
}

} // namespace

double rounded(double value) {
  if (value == 0)
    return 0;
  const auto unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 3);
  return std::stod(std::to_string(std::round(value / unit) * unit));
}

stage::stage(subject& tested, size_t members, size_t accounts, const server_options& options)
    : on(tested), server(prepared(tested, accounts, options)), clients(server.ports(), members, server.over) {}

result_line line_about(const char* scenario, const stage& where, const run_options& options) {
  return {{"scenario", scenario},
          {"server", where.on.name()},
          {"stores", where.on.stores()},
          {"repetition", options.repetition},
          {"members", where.clients.size()}};
}

void add(result_line& to, const measurement& found) {
  to["deliveries"] = found.deliveries;
  to["deliveries_per_s"] = std::round(found.rate());
  if (found.deliveries > 0) {
    to["cpu_s_per_million"] = rounded(found.cost());
    to["server_cpu_s_per_million"] = rounded(found.server_cpu * 1e6 / static_cast<double>(found.deliveries));
  }
  to["server_load"] = rounded((found.server_cpu + found.database_cpu) / found.seconds);
  to["own_load"] = rounded(found.own_cpu / found.seconds);
  to["kept_up"] = found.kept_up;
  to["undrained"] = found.undrained;
  auto& shares = to["latency_ms"] = result_line::object();
  for (const auto* share : {"10", "50", "75", "90", "95", "99", "99.5", "99.9", "99.99"})
    shares[share] = rounded(found.latencies.quantile_ms(std::stod(share) / 100));
  shares["100"] = rounded(found.latencies.max_ms());
}

void add(result_line& to, const mistakes& found) {
  to["lost"] = found.lost;
  to["duplicates"] = found.duplicates;
  to["disordered"] = found.disordered;
  to["altered"] = found.altered;
  to["foreign"] = found.foreign;
  to["refused"] = found.refused;
}

void add(result_line& to, const crowd::entry& entry) {
  to["entry_s"] = rounded(entry.seconds);
  to["failed_attempts"] = entry.failed;
  to["never_in"] = entry.outside;
}

crowd::entry let_in(crowd& clients) {
  std::vector<size_t> all(clients.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return let_in(clients, all);
}

crowd::entry let_in(crowd& clients, const std::vector<size_t>& who) {
  const auto entry = clients.log_in(who, entry_window, 120s);
  if (entry.outside > 0)
    throw std::runtime_error(std::to_string(entry.outside) + " clients did not get in");
  return entry;
}

void fill_salon(stage& on, checker& checks, load& driver, const std::string& salon, size_t first, size_t count,
                size_t senders) {
  load::stream posts;
  posts.audience = checks.add_audience(salon, form::salon);
  posts.hearers = count;
  for (size_t i = first; i < first + count; ++i) {
    const auto hearer = checks.add_hearer(posts.audience, checker::weight::counts);
    on.clients.at(i).listen(
        [&checks, hearer](std::string_view bytes, instant now) { checks.take(hearer, bytes, now); });
    if (i < first + senders)
      posts.senders.push_back(i);
  }
  driver.add_stream(std::move(posts));
}

void pair_up(stage& on, checker& checks, load& driver, size_t first) {
  auto& target = on.clients.at(first + 1);
  const auto audience = checks.add_audience(target.name(), form::private_message);
  const auto hearer = checks.add_hearer(audience, checker::weight::counts);
  const auto hear = [&checks, hearer](std::string_view bytes, instant now) { checks.take(hearer, bytes, now); };
  target.listen(hear);
  on.clients.at(first).listen(hear); // a refusal would come to the author
  driver.add_stream({audience, 1, {first}});
}

result_line run_phase(const phase& wanted, load& driver, checker& checks, const result_line& about) {
  const auto before = checks.verdict();
  auto line = about;
  line["phase"] = wanted.name();
  add(line, driver.run(wanted));
  const auto after = checks.verdict();
  add(line,
      mistakes{after.lost - before.lost, after.duplicates - before.duplicates, after.disordered - before.disordered,
               after.altered - before.altered, after.foreign - before.foreign, after.refused - before.refused});
  return line;
}

void run_phases(const std::vector<phase>& phases, load& driver, checker& checks, const result_line& about,
                journal& out) {
  for (const auto& wanted : phases)
    out.write(run_phase(wanted, driver, checks, about));
}

} // namespace salond::bench
