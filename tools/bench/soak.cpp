#include "tools/bench/operators.hpp"
#include "tools/bench/scenarios.hpp"
#include "tools/bench/stage.hpp"
#include <cmath>

namespace salond::bench {
namespace {

using namespace std::chrono_literals;

constexpr size_t salons = 100, pairs = 100, visitors = 100;
constexpr size_t first_of_pairs = salons * salon_size, first_visitor = first_of_pairs + 2 * pairs;
// Of messages to ten; as many again go to one. Far below what a core bears: this is about minutes, not about speed.
constexpr size_t rate = 5000;
constexpr auto slice = 10s;

/// KiB a minute, by least squares, of values that are one slice apart.
double slope(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double x = 0, y = 0, xx = 0, xy = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto minute = static_cast<double>(i) * std::chrono::duration<double>(slice).count() / 60;
    x += minute;
    y += values[i];
    xx += minute * minute;
    xy += minute * values[i];
  }
  const auto spread = n * xx - x * x;
  return spread > 0 ? (n * xy - x * y) / spread : 0;
}

} // namespace

void soak(subject& tested, const run_options& options, journal& out) {
  constexpr size_t members = first_visitor + visitors;
  const history said = options.quick ? history{} : history{40, 1'600'000};
  server_options asked;
  asked.said = said;
  asked.operators = true;
  stage on{tested, members, members, asked};
  let_in(on.clients);
  checker checks{options.text_bytes};
  load driver{on.clients, checks, on.processes()};
  for (size_t i = 0; i < salons; ++i) {
    fill_salon(on, checks, driver, "salon" + std::to_string(i + 1), i * salon_size, salon_size, salon_size);
    pair_up(on, checks, driver, first_of_pairs + 2 * i);
  }
  const auto minutes = options.minutes > 0 ? options.minutes : options.quick ? 1 : 30;
  const auto slices = static_cast<size_t>(std::chrono::minutes{minutes} / slice);
  std::vector<double> memory;
  measurement last;
  uint64_t deliveries = 0;
  double longest = 0;
  std::optional<operators> beside;
  if (on.on.stores())
    beside.emplace(on.server, said.authors);
  for (size_t i = 0; i < slices; ++i) {
    last = driver.run({phase::kind::open, rate, 0ms, slice});
    deliveries += last.deliveries;
    longest = std::max(longest, last.latencies.max_ms());
    for (size_t number = first_visitor; number < members; ++number)
      on.clients.at(number).close();
    let_in(on.clients);
    memory.push_back(static_cast<double>(pss_kib(on.server.id())));
  }
  auto line = line_about("soak", on, options);
  if (beside) {
    beside->stop();
    line["operators_commands"] = beside->commands();
    line["operators_fault"] = beside->fault();
  }
  line["phase"] = std::to_string(minutes) + " min, open:" + std::to_string(rate);
  add(line, last);
  line["deliveries"] = deliveries;
  line["latency_ms"]["100"] = std::round(10 * longest) / 10;
  line["soak_pss_kib"] = memory.back();
  const std::vector<double> end(memory.end() - static_cast<std::ptrdiff_t>(memory.size() / 3), memory.end());
  line["pss_slope_kib_per_min"] = std::round(10 * slope(end)) / 10;
  add(line, checks.verdict());
  out.write(line);
}

} // namespace salond::bench
