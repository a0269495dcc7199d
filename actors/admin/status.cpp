// How the server is, once and again: of all nodes, where there are several.
#include "actors/admin/everywhere.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/search_index.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

json to_json(const admin_call_ptr& call, const database_state& database) {
  const auto& work = database.work;
  json shown{{"answers", database.answers},
             {"writes_waiting", work.writes},
             {"reads_waiting", work.reads},
             {"commits", work.groups},
             {"commit_ms_total", static_cast<double>(work.busy_us) / 1000.0},
             {"commit_ms_longest", static_cast<double>(work.longest_us) / 1000.0}};
  if (!database.trouble.empty())
    shown["trouble"] = trouble_told(call, database);
  return shown;
}

json counters_of(const surveyed& traffic, const json& database) {
  auto all = in_json(traffic);
  all["database"] = database;
  return all;
}

// --- of all nodes ---

struct named_report {
  std::string node; ///< empty on a process alone
  peer_report report;
};
using peer_reports = std::vector<named_report>;

void add_traffic(surveyed& to, const surveyed& more) {
  to.connections += more.connections;
  to.users += more.users;
  to.deliveries += more.deliveries;
  to.messages_a_second = std::max(to.messages_a_second, more.messages_a_second);
  to.deliveries_a_second += more.deliveries_a_second;
  to.posts_in_flight += more.posts_in_flight;
  to.posts_parked += more.posts_parked;
}

/// Each node tells a message once to those who hear it there: the one that told the most of a salon told all of them,
/// as far as can be said.
std::vector<surveyed_salon> salons_of(const peer_reports& all) {
  std::map<salon_id, surveyed_salon> salons;
  for (const auto& node : all)
    for (const auto& salon : node.report.traffic.salons) {
      const auto [known, is_new] = salons.emplace(salon.salon, salon);
      if (is_new)
        continue;
      known->second.hearers += salon.hearers;
      known->second.messages = std::max(known->second.messages, salon.messages);
    }
  std::vector<surveyed_salon> result;
  for (auto& [id, salon] : salons)
    result.push_back(std::move(salon));
  return result;
}

void add_database(database_state& to, const database_state& more) {
  to.answers = to.answers && more.answers;
  if (to.trouble.empty())
    to.trouble = more.trouble;
  to.work.writes += more.work.writes;
  to.work.reads += more.work.reads;
  to.work.groups += more.work.groups;
  to.work.busy_us += more.work.busy_us;
  to.work.longest_us = std::max(to.work.longest_us, more.work.longest_us);
}

/// What is one node's alone is that of the first one.
peer_report sum_of(const peer_reports& all) {
  auto sum = all.front().report;
  if (all.size() == 1)
    return sum;
  for (auto next = all.begin() + 1; next != all.end(); ++next) {
    add_traffic(sum.traffic, next->report.traffic);
    add_database(sum.database, next->report.database);
  }
  sum.traffic.salons = salons_of(all);
  sum.traffic.messages = 0;
  for (const auto& salon : sum.traffic.salons)
    sum.traffic.messages += salon.messages;
  return sum;
}

using found_reports = std::shared_ptr<peer_reports>;
using then_reports = std::function<void(const peer_reports&)>;

/// Adds the others, or the one.
void ask_other_nodes(const admin_call_ptr& call, const found_reports& found, const std::string& only,
                     const then_reports& then) {
  ask_others(
      call, {asked::report, {}, only},
      [found](const std::string& node, const json& said) {
        found->push_back({node, report_told(said)});
      },
      [found, then] { then(*found); });
}

/// How this node is.
void ask_this_node(const admin_call_ptr& call, std::function<void(const found_reports&)> then) {
  ask_how_it_is(call, [call, then = std::move(then)](const surveyed& traffic, const database_state& database) {
    const auto up = wall_clock() - call->parts().started;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(up).count();
    const auto found = std::make_shared<peer_reports>();
    found->push_back({own_name(call), {traffic, database, SALOND_VERSION, seconds}});
    then(found);
  });
}

/// The same, in front of all others.
void ask_all_nodes(const admin_call_ptr& call, const then_reports& then) {
  ask_this_node(call, [call, then](const found_reports& found) { ask_other_nodes(call, found, {}, then); });
}

// --- status ---

json row_of(const named_report& from) {
  const auto& traffic = from.report.traffic;
  const auto& database = from.report.database;
  return {{"node", from.node},
          {"connections", traffic.connections},
          {"users", traffic.users},
          {"messages_per_second", traffic.messages_a_second},
          {"deliveries_per_second", traffic.deliveries_a_second},
          {"posts_in_flight", traffic.posts_in_flight},
          {"posts_parked", traffic.posts_parked},
          {"database_answers", database.answers},
          {"writes_waiting", database.work.writes},
          {"version", from.report.version},
          {"uptime_seconds", from.report.uptime_seconds}};
}

/// How many messages of salons that are large enough for an index are in it, by their order numbers.
json search_index_of(const reading& db) {
  constexpr size_t salons_at_once = 500;
  int64_t indexed = 0, all = 0;
  salon_id last;
  for (bool more = true; more;) {
    const auto salons = db.search_index.reaches(last, salons_at_once);
    for (const auto& salon : salons)
      if (salon.end != 0 || salon.newest >= search_index_store::too_few_below) {
        indexed += salon.end;
        all += salon.newest;
      }
    more = salons.size() == salons_at_once;
    last = more ? salons.back().salon : last;
  }
  return {{"percent", all == 0 ? 100.0 : 100.0 * static_cast<double>(indexed) / static_cast<double>(all)},
          {"indexed", indexed},
          {"messages", all}};
}

void show_status_with(const admin_call_ptr& call, const peer_reports& found, const json& search_index) {
  if (const auto& trouble = found.front().report.database.trouble; !trouble.empty())
    log::error(in_trouble, {{"why", trouble}});
  const auto sum = sum_of(found);
  json all{{"version", sum.version}, {"uptime_seconds", sum.uptime_seconds}};
  all.update(counters_of(sum.traffic, to_json(call, sum.database)));
  all["salons"] = found.front().report.traffic.salons.size();
  all["database"]["kind"] = call->parts().database;
  const auto kept = call->parts().retention->now();
  all["retention"] = {{"running", kept.runs}, {"deleted", kept.removed}};
  if (!search_index.is_null())
    all["search_index"] = search_index;
  if (is_node(call)) {
    all["node"] = found.front().node;
    all["nodes"] = json::array();
    for (const auto& from : found)
      all["nodes"].push_back(row_of(from));
  }
  call->done(all);
}

/// What stands in the database is left out where that does not answer.
void show_status(const admin_call_ptr& call) {
  ask_all_nodes(call, [call](const peer_reports& found) {
    if (!found.front().report.database.answers)
      return show_status_with(call, found, nullptr);
    const auto job = make_read_job(search_index_of);
    call->self()
        ->request(call->parts().store, away_after, store_work{job})
        .then([call, found, job](const store_done&) { show_status_with(call, found, job->result); },
              [call, found](caf::error&) { show_status_with(call, found, nullptr); });
  });
}

// --- watch ---

void show_sum(const admin_call_ptr& call, const peer_reports& found) {
  const auto sum = sum_of(found);
  auto sample = counters_of(sum.traffic, to_json(call, sum.database));
  sample["at_ms"] = to_ms(wall_clock());
  sample["salons"] = json::array();
  for (const auto& salon : sum.traffic.salons)
    if (rules::may(call->context.rights, right::moderators, salon.salon))
      sample["salons"].push_back({{"salon", salon.name}, {"hearers", salon.hearers}, {"messages", salon.messages}});
  if (is_node(call)) { // what two samples sum up of other nodes cannot be compared
    sample["nodes"] = json::array();
    for (const auto& from : found)
      sample["nodes"].push_back(from.node);
    std::sort(sample["nodes"].begin(), sample["nodes"].end());
  }
  if (call->said().has("--node"))
    sample["node"] = call->said().get("--node");
  call->done(sample);
}

void show_one(const admin_call_ptr& call, const peer_reports& found) {
  if (found.empty())
    return call->refuse(admin_verdict::refused, call->lacking().empty()
                                                    ? "there is no such node; nodes shows those that there are"
                                                    : call->lacking().front());
  show_sum(call, found);
}

/// One look for `watch`: the program asks for one a second, and computes the rates.
void show_sample(const admin_call_ptr& call) {
  const auto wanted = call->said().get("--node");
  if (!call->said().has("--node"))
    return ask_all_nodes(call, [call](const peer_reports& found) { show_sum(call, found); });
  if (refuses_without_nodes(call))
    return;
  if (wanted != own_name(call))
    return ask_other_nodes(call, std::make_shared<peer_reports>(), wanted,
                           [call](const peer_reports& found) { show_one(call, found); });
  ask_this_node(call, [call](const found_reports& found) { show_sum(call, *found); });
}

} // namespace

void add_status_commands(std::map<std::string_view, admin_command>& to) {
  to["status"] = show_status;
  to["watch"] = show_sample;
}

} // namespace salond
