#include "tools/salond/node_seat.hpp"

namespace salond {

persistence::node_entry entry_of(const config::settings& values, const state_folder& state, const cluster_port& port) {
  persistence::node_entry who;
  who.name = values.cluster.node;
  who.endpoint = port.where();
  who.version = SALOND_VERSION;
  who.folder = state.identity();
  who.keep_requests = values.requests.keep_offline;
  who.beside_others = false; // before there are links, nobody would hear what is said at another node
  return who;
}

} // namespace salond
