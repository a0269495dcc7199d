// Commands about the nodes that share the database.
#include "actors/admin/everywhere.hpp"
#include "actors/admin/node_state.hpp"
#include "persistence/contracts/homes.hpp"

namespace salond {
namespace {

const char* state_of(const shown_node& node) {
  if (node.doubtful)
    return "doubtful";
  switch (node.row.state) {
  case persistence::node_state::draining: return "draining";
  case persistence::node_state::apart: return "apart";
  case persistence::node_state::serving: break;
  }
  return "serving";
}

json to_json(const cluster::link_state& link) {
  return {{"node", link.name},
          {"up", link.up},
          {"round_trip_ms", link.counts.round_trip_ms ? json(*link.counts.round_trip_ms) : json(nullptr)},
          {"unsent_bytes", link.counts.unsent_bytes},
          {"frames_out", link.counts.frames_out},
          {"messages_out", link.counts.messages_out},
          {"catch_ups", link.counts.catch_ups}};
}

json to_json(const std::vector<cluster::link_state>& all) {
  json list = json::array();
  for (const auto& link : all)
    list.push_back(to_json(link));
  return list;
}

/// A node knows its own links.
void show_nodes(const admin_call_ptr& call, const std::vector<cluster::link_state>& links) {
  const auto& member = call->parts().member;
  json list = json::array();
  for (const auto& node : member->nodes())
    list.push_back({{"node", node.row.name},
                    {"endpoint", node.row.endpoint},
                    {"state", state_of(node)},
                    {"homes", node.row.homes},
                    {"connections", node.row.connections},
                    {"users", node.row.users},
                    {"version", node.row.version},
                    {"since", iso_time(node.row.since)},
                    {"links", node.row.run == member->run() ? to_json(links) : json::array()}});
  call->done(list);
}

/// As the last round of this node read them: it needs no database to say that there is none.
void list_nodes(const admin_call_ptr& call) {
  const auto& parts = call->parts();
  if (refuses_without_nodes(call))
    return;
  if (!parts.links)
    return show_nodes(call, {});
  call->self()
      ->request(parts.links, node_patience, list_links{})
      .then([call](const links_listed& now) { show_nodes(call, now.links); },
            [call](caf::error&) { show_nodes(call, {}); });
}

/// The run of the living node of that name; 0: there is none.
int64_t run_named(const cluster_member& member, const std::string& name) {
  for (const auto& node : member.nodes())
    if (node.row.name == name)
      return node.row.run;
  return 0;
}

/// It is told by news, be there a link to it or not; this node, too.
void ask_to_drain(const admin_call_ptr& call) {
  constexpr int64_t usual_seconds = 30;
  if (refuses_without_nodes(call))
    return;
  const auto name = call->said().get("NAME");
  const auto asked = seconds_of(call, usual_seconds);
  if (!asked)
    return;
  const auto seconds = *asked;
  const auto run = run_named(*call->parts().member, name);
  if (run == 0)
    return call->refuse(admin_verdict::refused, "no node of that name lives; salonctl nodes shows who does");
  ask_to_write(
      call,
      [why = call->why(std::to_string(seconds) + " s"), action = audited_as(*call->said().row), name, run,
       seconds](const persistence::writing& db) {
        db.audit.note(why, action, name, "done");
        db.homes.ask_to_drain(run, seconds);
        return done{};
      },
      [call, seconds](done) {
        const json answer{{"done", true}, {"seconds", seconds}};
        seconds > 0 ? call->done(answer) : call->done_at_once(answer); // nobody may be there any more to be waited for
      });
}

} // namespace

void add_cluster_commands(std::map<std::string_view, admin_command>& to) {
  to["node drain"] = ask_to_drain;
  to["nodes"] = list_nodes;
}

} // namespace salond
