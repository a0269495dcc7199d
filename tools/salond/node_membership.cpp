#include "tools/salond/node_membership.hpp"
#include "actors/transport/tls_folder.hpp"
#include "config/log.hpp"
#include <stdexcept>

namespace salond {
namespace {

bool is_named(const config::command_line& asked) {
  const auto source = asked.sources.find("cluster.node");
  return source != asked.sources.end() && source->second != config::host_name;
}

node_identity by_bundle(const config::command_line& asked, const std::string& folder) {
  const auto& cluster = asked.values.cluster;
  auto joined = join_cluster(folder, cluster.join);
  if (is_named(asked) && cluster.node != joined.name)
    throw std::runtime_error("by " + (joined.taken ? cluster.join : folder) + " this node is called " + joined.name
                             + ", and --node says " + cluster.node + "; remove --node");
  if (joined.taken)
    log::info("the node's bundle is taken into the state folder; it may be deleted", {{"node", joined.name}});
  return {std::move(joined.name), true};
}

} // namespace

node_identity identify_node(const config::command_line& asked) {
  const auto& cluster = asked.values.cluster;
  const auto folder = asked.values.state + "/tls";
  if (!cluster.join.empty())
    return by_bundle(asked, folder);
  const auto before = name_in_cluster(folder);
  node_identity who{before && !is_named(asked) ? *before : cluster.node, before.has_value()};
  if (who.name == lone_server)
    throw std::runtime_error("a node cannot be called salond, as a server is that is none; choose another with --node");
  return who;
}

persistence::node_entry entry_of(const config::settings& values, const node_identity& who, const state_folder& state,
                                 const cluster_port& port) {
  persistence::node_entry entry;
  entry.name = who.name;
  entry.endpoint = port.where();
  entry.version = SALOND_VERSION;
  entry.folder = state.identity();
  entry.keep_requests = values.requests.keep_offline;
  entry.beside_others = who.of_cluster; // others would not let in who has another authority
  entry.waits = true;
  if (auto own = certificate_in(values.state + "/tls")) {
    entry.authority = std::move(own->authority);
    entry.serial = std::move(own->serial);
    entry.holder = to_string(identity{peer_kind::node, who.name});
  }
  return entry;
}

} // namespace salond
