#include "actors/cluster/node.hpp"
#include "actors/cluster/links_actor.hpp"
#include "actors/on_io_thread.hpp"
#include "config/load.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <utility>

namespace salond::cluster {
namespace {

constexpr auto in_doubt = "the node was in doubt, and begins anew";

caf::io::network::default_multiplexer& loop_of(caf::actor_system& system) {
  return dynamic_cast<caf::io::network::default_multiplexer&>(system.middleman().backend());
}

std::vector<node_id> runs_of(const std::vector<persistence::stored_node>& rows) {
  std::vector<node_id> runs;
  for (const auto& row : rows)
    runs.push_back(node_id{row.run});
  return runs;
}

} // namespace

node::node(caf::actor_system& system, std::shared_ptr<cluster_member> in, const link_parts& parts)
    : member(std::move(in)), links(loop_of(system), parts.shared, parts.name, events()), entrance(member, links) {}

void node::know(const std::vector<node_id>& living) {
  const std::set<node_id> now(living.begin(), living.end());
  for (const auto run : std::exchange(known_, now))
    if (now.count(run) == 0)
      lose(run);
  entrance.round(living);
}

void node::lose(node_id run) {
  known_.erase(run);
  for (const auto& hearer : hearers)
    hearer->run_gone(run);
}

link_events node::events() {
  link_events on;
  on.up = [this](node_id peer) {
    entrance.peer_up(peer);
    for (const auto& hearer : hearers)
      hearer->peer_up(peer);
  };
  on.down = [this](node_id peer, const std::string&) {
    member->lose_peer(peer);
    for (const auto& hearer : hearers)
      hearer->peer_down(peer);
  };
  on.alive = [this](node_id peer, std::optional<bool> beats) { member->hear_peer(peer, beats); };
  on.told = [this](node_id peer, frame_body& body) {
    if (entrance.peer_said(peer, body))
      return;
    for (const auto& hearer : hearers)
      hearer->peer_said(peer, body);
  };
  on.gone = [this](node_id run) {
    member->found_gone(run);
    lose(run);
  };
  on.unknown = [](node_id run) { // the rows are read each second, and it dials again
    log::debug("a run dialled that the table of nodes did not have yet", {{"run", run.value}});
  };
  on.knows_gone = [this](node_id run) { return member->knows_gone(run); };
  on.beats = [this] { return member->beats(); };
  return on;
}

std::vector<link_peer> peers_of(const std::vector<persistence::stored_node>& rows) {
  std::vector<link_peer> peers;
  std::string why;
  for (const auto& row : rows)
    if (auto where = config::parse_cluster(row.endpoint, why))
      peers.push_back({node_id{row.run}, row.name, std::move(where->host), where->port});
  return peers;
}

links_actor start_links(caf::actor_system& system, const std::shared_ptr<node>& of, std::vector<listening_socket> at) {
  const std::shared_ptr<cluster::links> all(of, &of->links); // the actor keeps the whole node
  const auto actor = spawn_on_io_thread(system, salond::links, all, std::move(at));
  const std::weak_ptr<node> known = of; // which owns the membership
  membership_events told;
  told.living = [&loop = loop_of(system), known, actor](const std::vector<persistence::stored_node>& rows) {
    caf::anon_send(actor, know_peers{peers_of(rows)});
    loop.post([known, runs = runs_of(rows)] {
      if (const auto here = known.lock())
        here->know(runs);
    });
  };
  told.ended = [&loop = loop_of(system), known, actor](node_id run) {
    caf::anon_send(actor, tell_gone{run});
    loop.post([known, run] {
      if (const auto here = known.lock())
        here->lose(run);
    });
  };
  told.sure = [actor] { caf::anon_send(actor, begin_links_anew{in_doubt}); };
  caf::anon_send(actor, begin_links{node_id{of->member->run()}});
  of->member->tell_links(std::move(told));
  return actor;
}

} // namespace salond::cluster
