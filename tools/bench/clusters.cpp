#include "tools/bench/clusters.hpp"
#include "tools/bench/counts.hpp"
#include "tools/bench/histogram.hpp"
#include "tools/bench/probe.hpp"
#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace salond::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

phase closed(size_t in_flight, const run_options& options) {
  return {phase::kind::closed, in_flight, 500ms, options.quick ? 500ms : 3000ms};
}

phase open(const run_options& options) {
  return {phase::kind::open, options.quick ? 2000u : 20000u, 500ms, options.quick ? 500ms : 5000ms};
}

size_t members_of_large(const run_options& options) {
  return options.quick ? 60 : 1000;
}

double seconds_since(instant start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

void run_counted(stage& on, const std::vector<phase>& phases, load& driver, checker& checks, const char* name,
                 const run_options& options, journal& out) {
  for (const auto& phase : phases) {
    const auto texts = checks.posted();
    const auto before = counts_of(on);
    auto line = run_phase(phase, driver, checks, line_about(name, on, options));
    add(line, counts_of(on) - before, static_cast<double>(checks.posted() - texts), "text");
    out.write(line);
  }
}

} // namespace

void cluster_salon(subject& tested, const run_options& options, journal& out) {
  constexpr size_t posters = 10;
  const auto members = members_of_large(options);
  stage on{tested, members, members};
  let_in(on.clients);
  on.server.wait_until_even();
  checker checks{options.text_bytes};
  load driver{on.clients, checks, on.processes()};
  fill_salon(on, checks, driver, "Général", 0, members, posters);
  run_counted(on, {closed(128, options), open(options)}, driver, checks, "one salon", options, out);
}

void cluster_salons(subject& tested, const run_options& options, journal& out) {
  const size_t salons = options.quick ? 20 : 500;
  stage on{tested, salons * salon_size, salons * salon_size};
  let_in(on.clients);
  on.server.wait_until_even();
  checker checks{options.text_bytes};
  load driver{on.clients, checks, on.processes()};
  for (size_t i = 0; i < salons; ++i)
    fill_salon(on, checks, driver, "salon" + std::to_string(i + 1), i * salon_size, salon_size, salon_size);
  run_counted(on, {closed(128, options), closed(salons, options), open(options)}, driver, checks, "many salons",
              options, out);
}

void cluster_logins(subject& tested, const run_options& options, journal& out) {
  const auto members = members_of_large(options);
  stage on{tested, members, members};
  let_in(on.clients);
  for (int storm = 0; storm < (options.quick ? 1 : 3); ++storm) {
    auto line = line_about("logins", on, options);
    line["phase"] = "tokens";
    line["tokens"] = on.clients.ask_tokens(120s);
    for (size_t i = 0; i < members; ++i)
      on.clients.at(i).close();
    on.clients.run(1s); // until their leaving is stored
    const auto before = counts_of(on);
    const auto spent = on.cpu_spent();
    add(line, on.clients.log_in(members, 120s));
    line["cpu_ms_per_login"] = rounded(1000 * (on.cpu_spent() - spent) / static_cast<double>(members));
    add(line, counts_of(on) - before, static_cast<double>(members), "login");
    out.write(line);
  }
}

namespace {

/// Nobody says anything for a while.
void look_at_idle(stage& on, const char* phase, const run_options& options, journal& out) {
  const auto before = counts_of(on);
  std::vector<double> spent;
  for (const auto id : on.server.ids())
    spent.push_back(cpu_seconds(id));
  const auto database = cpu_seconds(on.on.database_process());
  const auto start = clock::now();
  on.clients.run(options.quick ? 2s : 20s);
  const auto seconds = seconds_since(start);
  double most = 0;
  for (size_t i = 0; i < spent.size(); ++i)
    most = std::max(most, cpu_seconds(on.server.ids()[i]) - spent[i]);
  auto line = line_about("idle nodes", on, options);
  line["phase"] = phase;
  line["busiest_node_percent"] = rounded(100 * most / seconds);
  line["database_percent"] = rounded(100 * (cpu_seconds(on.on.database_process()) - database) / seconds);
  add(line, counts_of(on) - before, seconds, "second");
  out.write(line);
}

} // namespace

void cluster_idle(subject& tested, const run_options& options, journal& out) {
  const auto members = members_of_large(options);
  stage on{tested, members, members};
  on.server.wait_until_even();
  on.clients.run(2s);
  look_at_idle(on, "nobody in", options, out);
  let_in(on.clients);
  on.clients.run(2s);
  look_at_idle(on, "all in, nobody speaks", options, out);
}

// --- what posts wait for when salons change their homes ---

namespace {

/// Adds how long a post waited in each of these salons: the one that waited longest.
void add_waits(result_line& to, probes& asked, const std::vector<std::string>& salons) {
  histogram waits;
  for (const auto& probe : asked.all())
    if (std::find(salons.begin(), salons.end(), probe.salon()) != salons.end())
      waits.record(probe.longest());
  to["salons_moved"] = waits.count();
  to["held_ms_50"] = rounded(waits.quantile_ms(0.5));
  to["held_ms_99"] = rounded(waits.quantile_ms(0.99));
  to["held_ms_100"] = rounded(waits.max_ms());
}

uint64_t refused_so_far(probes& asked) {
  uint64_t refused = 0;
  for (const auto& probe : asked.all())
    refused += probe.refused();
  return refused;
}

/// What went wrong in all salons since then.
void add_probes(result_line& to, probes& asked, uint64_t refused_before) {
  uint64_t lost = 0;
  for (const auto& probe : asked.all())
    lost += probe.mistakes();
  to["posts_refused"] = refused_so_far(asked) - refused_before;
  to["lost"] = lost;
}

/// A client for each salon, on any node but one; all log in.
void send_probes(stage& on, probes& asked, size_t salons, size_t spared_node) {
  const auto ports = on.server.ports();
  for (size_t i = 0; i < salons; ++i) {
    const auto client = i * salon_size;
    const auto node = (spared_node + 1 + i % (ports.size() - 1)) % ports.size();
    on.clients.send_to(client, ports[node]);
    asked.add("salon" + std::to_string(i + 1), client);
  }
  let_in(on.clients, asked.who());
}

void write_hand_over(stage& on, probes& asked, const char* phase, const std::vector<std::string>& moved, double seconds,
                     const run_options& options, journal& out, uint64_t refused_before) {
  auto line = line_about("hand-over", on, options);
  line["phase"] = phase;
  line["members"] = asked.all().size();
  line["seconds"] = rounded(seconds);
  add_waits(line, asked, moved);
  add_probes(line, asked, refused_before);
  out.write(line);
}

/// `begin` makes a node hand over its salons and end.
void lose_in_order(stage& on, probes& asked, size_t node, const char* phase, const std::function<void()>& begin,
                   const run_options& options, journal& out) {
  const auto moved = on.server.salons_of(node, 0);
  const auto refused = refused_so_far(asked);
  asked.run(1s);
  asked.begin();
  const auto start = clock::now();
  begin();
  if (!asked.run(30s, [&] { return !on.server.process(node).running(); }))
    throw std::runtime_error("a node does not end");
  const auto seconds = seconds_since(start);
  asked.run(1s);
  asked.settle();
  write_hand_over(on, asked, phase, moved, seconds, options, out, refused);
}

/// It is started, attaches to all salons, and gets its share of them.
void come_back(stage& on, probes& asked, size_t node, const run_options& options, journal& out) {
  const auto before = database_counts(on);
  const auto spent = on.cpu_spent();
  const auto start = clock::now();
  on.server.start(node);
  on.server.wait_until_whole();
  auto line = line_about("hand-over", on, options);
  line["phase"] = "a node joins";
  line["members"] = asked.all().size();
  line["seconds"] = rounded(seconds_since(start));
  line["cpu_ms_per_salon"] = rounded(1000 * (on.cpu_spent() - spent) / static_cast<double>(asked.all().size()));
  add(line, database_counts(on) - before, static_cast<double>(asked.all().size()), "salon");
  out.write(line);
  const auto refused = refused_so_far(asked);
  asked.begin();
  asked.run(options.quick ? 4s : 12s); // twenty salons a second
  asked.settle();
  write_hand_over(on, asked, "its salons come back", on.server.salons_of(node, 0), 0, options, out, refused);
}

} // namespace

void cluster_hand_over(subject& tested, const run_options& options, journal& out) {
  constexpr size_t node = 1;
  if (tested.nodes() < 2)
    return;
  const size_t salons = options.quick ? 12 : 300;
  stage on{tested, salons * salon_size, salons * salon_size};
  on.server.wait_until_even();
  probes asked{on.clients, 200ms};
  send_probes(on, asked, salons, node);
  std::unique_ptr<child_process> command;
  lose_in_order(
      on, asked, node, "drain",
      [&] {
        command = on.server.begin(0, {"node", "drain", running_server::name(node), "1"});
      },
      options, out);
  come_back(on, asked, node, options, out);
  on.server.wait_until_even();
  lose_in_order(
      on, asked, node, "SIGTERM", [&] { ::kill(on.server.process(node).id(), SIGTERM); }, options, out);
}

namespace {

/// Clients of one node, all with a token.
std::vector<size_t> settle_at(stage& on, size_t node, size_t count) {
  std::vector<size_t> who;
  for (size_t i = 0; i < count; ++i) {
    who.push_back(i * salon_size + 1);
    on.clients.send_to(who.back(), on.server.ports()[node]);
  }
  let_in(on.clients, who);
  (void)on.clients.ask_tokens(60s);
  return who;
}

/// They lose their connections, and turn to the other nodes.
void turn_away_from(stage& on, size_t node, const std::vector<size_t>& who) {
  const auto ports = on.server.ports();
  for (size_t i = 0; i < who.size(); ++i) {
    on.clients.at(who[i]).close();
    on.clients.send_to(who[i], ports[(node + 1 + i % (ports.size() - 1)) % ports.size()]);
  }
}

/// Kills the node: its clients come back elsewhere, and meanwhile all salons are posted to until each shows it.
void lose_at_once(stage& on, probes& asked, size_t node, const std::vector<size_t>& victims, result_line& line) {
  asked.begin();
  const auto start = clock::now();
  on.server.process(node).kill();
  turn_away_from(on, node, victims);
  add(line, on.clients.log_in(victims, victims.size(), 60s, [&] { asked.go_on(); }));
  const auto all_again = [&] {
    return std::all_of(asked.all().begin(), asked.all().end(), [](const auto& probe) { return probe.shown_again(); });
  };
  if (!asked.run(30s, all_again))
    throw std::runtime_error("not all salons take posts again");
  line["seconds_to_service"] = rounded(seconds_since(start));
  asked.settle();
}

} // namespace

void cluster_take_over(subject& tested, const run_options& options, journal& out) {
  constexpr size_t node = 0;
  if (tested.nodes() < 2)
    return;
  // The first node has all salons at first, and gives some away, twenty a second. It is lost when it has so many.
  const size_t salons = options.quick ? 30 : 1800, lost = options.quick ? 20 : 1000;
  stage on{tested, salons * salon_size, salons * salon_size};
  const auto victims = settle_at(on, node, lost);
  probes asked{on.clients, 1s};
  send_probes(on, asked, salons, node);
  asked.run(2s);
  asked.settle();
  while (on.server.salons_of(node, 1).size() > lost + 10)
    on.clients.run(100ms);
  const auto lost_salons = on.server.salons_of(node, 1).size();
  const auto refused = refused_so_far(asked);
  const auto spent = on.cpu_spent() - cpu_seconds(on.server.process(node).id());
  const auto before = database_counts(on);
  auto line = line_about("take-over", on, options);
  line["members"] = victims.size();
  line["salons_lost"] = lost_salons;
  lose_at_once(on, asked, node, victims, line);
  line["cpu_s"] = rounded(on.cpu_spent() - spent);
  add(line, database_counts(on) - before, static_cast<double>(lost_salons), "salon");
  add_probes(line, asked, refused);
  out.write(line);
}

} // namespace salond::bench
