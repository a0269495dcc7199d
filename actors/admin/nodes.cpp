// Commands about the nodes that share the database.
#include "actors/admin/call.hpp"

namespace salond {
namespace {

const char* state_of(const shown_node& one) {
  if (one.doubtful)
    return "doubtful";
  switch (one.row.state) {
  case persistence::node_state::draining: return "draining";
  case persistence::node_state::apart: return "apart";
  case persistence::node_state::serving: break;
  }
  return "serving";
}

/// As the last round of this node read them: it needs no database to say that there is none.
void list_nodes(const admin_call_ptr& call) {
  const auto& member = call->parts().member;
  if (!member)
    return call->refuse(admin_verdict::refused, "this server is no node: it was started without --cluster");
  json list = json::array();
  for (const auto& one : member->nodes())
    list.push_back({{"node", one.row.name},
                    {"endpoint", one.row.endpoint},
                    {"state", state_of(one)},
                    {"homes", one.row.homes},
                    {"connections", one.row.connections},
                    {"users", one.row.users},
                    {"version", one.row.version},
                    {"since", iso_time(one.row.since)},
                    {"links", json::array()}});
  call->done(list);
}

} // namespace

void add_cluster_commands(std::map<std::string_view, admin_command>& to) {
  to["nodes"] = list_nodes;
}

} // namespace salond
