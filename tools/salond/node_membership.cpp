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

/// A folder has its name for good: under another one it would make itself a certificate that nobody gave it.
void refuse_another_name(const config::command_line& asked, const std::string& name, const std::string& by) {
  if (is_named(asked) && asked.values.cluster.node != name)
    throw std::runtime_error("by " + by + " this node is called " + name + ", and --node says "
                             + asked.values.cluster.node
                             + "; remove --node, or begin with an empty state folder and a bundle of that name");
}

node_identity by_bundle(const config::command_line& asked, const std::string& folder) {
  const auto& file = asked.values.cluster.join;
  auto joined = join_cluster(folder, file);
  refuse_another_name(asked, joined.name, joined.taken ? file : folder);
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
  if (before)
    refuse_another_name(asked, *before, folder);
  node_identity who{before.value_or(cluster.node), before.has_value()};
  if (who.name == lone_server)
    throw std::runtime_error(
        "a node cannot be called salond, which is the name of a server without --cluster; choose another with --node");
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
