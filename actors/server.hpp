// SERVER: the root of a node. Starts the others in order, listeners last; watches them; stops them in order.
// docs/architecture.md has the table of who watches whom.
#pragma once
#include "actors/admin/call.hpp"
#include "actors/audience.hpp"
#include "actors/cluster/node.hpp"
#include "actors/interfaces/asking.hpp"
#include "actors/interfaces/certificates.hpp"
#include "actors/interfaces/indexer.hpp"
#include "actors/interfaces/placements.hpp"
#include "actors/listener.hpp"
#include "actors/retention_board.hpp"
#include "actors/rules/failures.hpp"
#include <functional>
#include <map>
#include <string>

namespace salond {

namespace cluster {
class salons;
}

/// What a node is made of.
struct node_parts {
  config::settings settings;
  std::unique_ptr<persistence::store> db; ///< open and migrated, with prepare_store() done
  std::vector<bound_endpoint> doors;
  identify operators; ///< who sent the admin actor a message; none: there is no admin actor
  certificate_service certificates;
  std::shared_ptr<const tls_credentials> certificate; ///< that clients are shown; null where no door speaks TLS
  configuration_service configuration;
  std::shared_ptr<cluster_member> member = nullptr; ///< null where there is one process alone
  std::optional<cluster::link_parts> links;         ///< of a node
  bool comes_back = false; ///< of a node that others took for lost: it waits for as long as nobody reaches it
};

/// No exit status: the process is to start anew, as another run of its node.
constexpr int start_anew = 256;

/// The actors of a running node; tests end them to see what happens.
struct node_actors {
  store_actor store;
  relay_actor relay;
  host_actor host;
  directory_actor directory;
  bans_actor bans;
  passwords_actor passwords;
  indexer_actor indexer;
  admin_core admin;                ///< invalid where there is none
  links_actor links;               ///< invalid where there is one process alone
  certificates_actor certificates; ///< the same
  caf::actor news;                 ///< the same
  placements_actor placements;     ///< the same
  caf::actor pulse;                ///< the same
  asking_actor asking;             ///< the same
  caf::actor retention;
  std::shared_ptr<retention_board> board; ///< what it goes by, and how far it is
  std::vector<caf::actor> listeners;
  std::shared_ptr<audience> clients; ///< salons and connections; of the I/O thread alone
};

struct node_events {
  /// Clients are let in. Called once, on a thread of the actor system.
  std::function<void(const node_actors&)> ready;
  /// The node has ended, with this exit status: everything accepted is committed when it is 0.
  std::function<void(int status)> ended;
  /// An actor was started again. May be empty.
  std::function<void(const node_actors&)> changed;
};

struct server_state {
  static inline const char* name = "server";
  node_parts parts;
  node_events events;
  node_actors actors;
  std::shared_ptr<cluster::node> node;     ///< the same
  std::shared_ptr<cluster::salons> placed; ///< the same
  std::string database;                    ///< one line about it
  moment started;
  std::vector<rules::failures> listener_failures;          ///< a door
  std::map<std::string, rules::failures> service_failures; ///< by what it is called in the log
  size_t open_listeners = 0;
  std::vector<caf::typed_response_promise<settled>> settling;
  instant stop_at;                               ///< of an announced stop; the last word counts
  size_t drain_steps = 0, drain_left = 0;        ///< of a drain; the last word counts
  bool salons_are_open = false, entered = false; ///< clients are let in when both are so
  bool stopping = false, closing = false, ending = false;
  int status = 0;
};

/// `parts` is taken over.
server_actor::behavior_type server(server_actor::stateful_pointer<server_state> self, std::shared_ptr<node_parts> parts,
                                   node_events events);

} // namespace salond
