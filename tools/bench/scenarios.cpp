#include "tools/bench/clusters.hpp"
#include "tools/bench/stage.hpp"
#include <cmath>
#include <stdexcept>

namespace salond::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Of the salon that everybody is a member of: how many take turns to post.
constexpr size_t posters = 10;

phase closed(size_t in_flight, const run_options& options) {
  return {phase::kind::closed, in_flight, 500ms, options.quick ? 1500ms : 3000ms};
}

phase open(size_t rate, const run_options& options) {
  return {phase::kind::open, rate, 500ms, options.quick ? 2000ms : 5000ms};
}

void fan_out(subject& tested, const run_options& options, journal& out, size_t members,
             const std::vector<phase>& phases) {
  stage on{tested, members, std::max<size_t>(members, 1000)};
  let_in(on.clients);
  checker checks{options.text_bytes};
  load driver{on.clients, checks, on.processes()};
  fill_salon(on, checks, driver, "Général", 0, members, posters);
  run_phases(phases, driver, checks, line_about("fan-out", on, options), out);
}

void fan_out_100(subject& tested, const run_options& options, journal& out) {
  fan_out(tested, options, out, 100, {closed(16, options), closed(128, options), open(20000, options)});
}

void fan_out_1000(subject& tested, const run_options& options, journal& out) {
  fan_out(tested, options, out, 1000,
          {closed(1, options), closed(16, options), closed(128, options), open(20000, options), open(50000, options)});
}

void fan_out_5000(subject& tested, const run_options& options, journal& out) {
  fan_out(tested, options, out, 5000, {closed(16, options), closed(128, options), open(20000, options)});
}

void many_salons(subject& tested, const run_options& options, journal& out) {
  constexpr size_t salons = 500;
  stage on{tested, salons * salon_size, salons * salon_size};
  let_in(on.clients);
  checker checks{options.text_bytes};
  load driver{on.clients, checks, on.processes()};
  for (size_t i = 0; i < salons; ++i)
    fill_salon(on, checks, driver, "salon" + std::to_string(i + 1), i * salon_size, salon_size, salon_size);
  run_phases({closed(salons, options), open(20000, options)}, driver, checks, line_about("salons", on, options), out);
}

void private_pairs(subject& tested, const run_options& options, journal& out) {
  constexpr size_t pairs = 100;
  stage on{tested, 2 * pairs, 1000};
  let_in(on.clients);
  checker checks{options.text_bytes};
  load driver{on.clients, checks, on.processes()};
  for (size_t i = 0; i < pairs; ++i)
    pair_up(on, checks, driver, 2 * i);
  run_phases({closed(pairs, options), closed(16 * pairs, options)}, driver, checks, line_about("private", on, options),
             out);
}

void idle(subject& tested, const run_options& options, journal& out) {
  const size_t members = options.quick ? 1000 : 10000;
  stage on{tested, members, members};
  auto line = line_about("idle", on, options);
  line["ready_ms"] = on.server.ready_ms;
  clock::time_point start = clock::now();
  on.clients.run(500ms);
  const auto empty = pss_kib(on.server.id());
  line["empty_pss_kib"] = empty;
  add(line, let_in(on.clients));
  on.clients.run(options.quick ? 2s : 5s);
  const auto full = pss_kib(on.server.id());
  line["pss_kib"] = full;
  line["pss_kib_per_connection"] =
      std::round(100.0 * static_cast<double>(full - empty) / static_cast<double>(members)) / 100;
  const auto spent = cpu_seconds(on.server.id());
  start = clock::now();
  on.clients.run(2s);
  line["idle_load"] =
      (cpu_seconds(on.server.id()) - spent) / std::chrono::duration<double>(clock::now() - start).count();
  out.write(line);
}

void storm(subject& tested, const run_options& options, journal& out, size_t members, bool tokens,
           const server_options& server) {
  stage on{tested, members, std::max<size_t>(members, 1000), server};
  auto line = line_about("storm", on, options);
  line["phase"] = tokens ? "tokens" : server.cost.memory_kib > 8 ? "passwords, full cost" : "passwords, cheap hash";
  let_in(on.clients);
  if (tokens)
    line["tokens"] = on.clients.ask_tokens(120s);
  for (size_t i = 0; i < members; ++i)
    on.clients.at(i).close();
  const auto spent = on.cpu_spent();
  add(line, on.clients.log_in(members, 120s));
  const auto cost = on.cpu_spent() - spent;
  line["cpu_ms_per_login"] = std::round(1e6 * cost / static_cast<double>(members)) / 1000;
  out.write(line);
}

void reconnect(subject& tested, const run_options& options, journal& out) {
  storm(tested, options, out, 1000, true, {});
  storm(tested, options, out, 1000, false, {});
  if (tested.stores()) {
    server_options dear;
    dear.cost = {19456, 2};
    storm(tested, options, out, 100, false, dear);
  }
  if (!options.quick)
    storm(tested, options, out, 10000, true, {});
}

/// One member stops reading while the others go on; its buffers are small, and so is the server's patience.
void slow_reader(subject& tested, const run_options& options, journal& out) {
  constexpr size_t members = 1000, text = 1000;
  server_options server;
  server.unsent_bytes = 1 << 20;
  stage on{tested, members, 1000, server};
  auto& slow = on.clients.at(members - 1);
  let_in(on.clients);
  slow.close();
  slow.open(on.server.port, on.clients.epoll(), 4096);
  for (int i = 0; i < 500 && !slow.ready(); ++i)
    on.clients.turn(10ms);
  checker checks{text};
  load driver{on.clients, checks, on.processes()};
  fill_salon(on, checks, driver, "Général", 0, members - 1, posters);
  const auto hearer = checks.add_hearer(0, checker::weight::does_not_count);
  slow.listen([&checks, hearer](std::string_view bytes, instant now) { checks.take(hearer, bytes, now); });
  const auto before = driver.run(closed(64, options));
  const auto pss = pss_kib(on.server.id());
  slow.pause();
  auto wanted = closed(64, options);
  wanted.duration *= 2;
  const auto during = driver.run(wanted);
  auto line = line_about("slow reader", on, options);
  line["phase"] = wanted.name();
  add(line, during);
  line["rate_to_before"] = std::round(1000 * during.rate() / before.rate()) / 1000;
  line["pss_growth_kib"] = pss_kib(on.server.id()) - pss;
  slow.resume();
  const auto end = clock::now() + 5s;
  while (clock::now() < end && slow.now_at() != client::stage::closed)
    on.clients.turn(10ms);
  line["cut_off"] = slow.now_at() == client::stage::closed;
  line["last_words"] = slow.last_words().substr(0, 60);
  add(line, checks.verdict());
  out.write(line);
}

} // namespace

const std::vector<scenario>& all_scenarios() {
  static const std::vector<scenario> all{
      {"idle", "start to ready, memory of an idle connection", idle},
      {"fan-out-100", "one salon, 100 members, 10 of whom post", fan_out_100},
      {"fan-out-1000", "one salon, 1,000 members, 10 of whom post", fan_out_1000},
      {"fan-out-5000", "one salon, 5,000 members, 10 of whom post", fan_out_5000},
      {"salons", "500 salons of 10 members, all active", many_salons},
      {"private", "100 pairs", private_pairs},
      {"slow-reader", "one of 1,000 members stops reading", slow_reader},
      {"reconnect", "everyone is cut off and comes back at once", reconnect},
      {"floods", "others beside floods of each kind; only when named", floods, true},
      {"soak", "everything at once, for half an hour; only when named", soak, true},
      {"cluster-salon", "one salon of 1,000, members spread over all nodes; only when named", cluster_salon, true},
      {"cluster-salons", "500 salons of 10, members spread likewise; only when named", cluster_salons, true},
      {"cluster-logins", "1,000 come back at once by tokens; only when named", cluster_logins, true},
      {"cluster-idle", "nodes with which nobody speaks; only when named", cluster_idle, true},
      {"cluster-hand-over", "a node is drained, comes back, is stopped; only when named", cluster_hand_over, true},
      {"cluster-take-over", "the node with 1,000 salons is killed; only when named", cluster_take_over, true}};
  return all;
}

} // namespace salond::bench
