// The part of links that makes connections: accepted, and dialled.
#include "actors/cluster/dial_trial.hpp"
#include "actors/cluster/links.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace salond::cluster {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 100ms, max_pause = 2000ms; // between two dials; each doubles

} // namespace

void links::listen(const std::vector<listening_socket>& at) {
  for (const auto& each : at) {
    doors_.push_back(
        caf::make_counted<link_door>(loop_, each.descriptor, context_,
                                     [this](int descriptor, const auto& address) { let_in(descriptor, address); }));
    doors_.back()->open();
  }
}

void links::let_in(int descriptor, const std::string& address) {
  const auto socket = caf::make_counted<link_socket>(
      loop_, descriptor, tls_socket::origin{context_, any_node_, gate::side::accepted, address}, *this, node_id{});
  socket->start();
  context_->connections.add_accepted(*socket);
}

void links::dial(peer& whom) {
  whom.looking_up = true;
  lookup_.look_up(whom.is.host, whom.is.port,
                  [this, alive = alive_, run = whom.is.run](const auto& found, const auto& why) {
                    auto* known = *alive ? find(run) : nullptr;
                    if (!known || !known->looking_up)
                      return;
                    known->looking_up = false;
                    connect(*known, found, why);
                  });
}

/// The addresses of a name are tried in turn.
void links::connect(peer& whom, const std::vector<socket_address>& found, const std::string& why) {
  if (found.empty())
    return fail_to_dial(whom, "unknown host: " + why);
  const auto& where = found[whom.tries++ % found.size()];
  const auto descriptor = connect_to(where);
  if (descriptor < 0)
    return fail_to_dial(whom, std::strerror(errno));
  whom.socket = dial_node(loop_, context_, descriptor, whom.is.name, where.to_string(), *this, whom.is.run);
  context_->connections.add_dialled(*whom.socket);
  whom.socket->start();
}

bool links::dials(node_id peer) const {
  const auto found = peers_.find(peer);
  return found != peers_.end() && found->second.link.dials();
}

void links::try_to_dial(node_id peer, std::function<void(const std::string& why)> over) {
  const auto* whom = find(peer);
  if (!whom || !trials_.insert(peer).second)
    return;
  const auto end = [this, alive = alive_, peer, over = std::move(over)](const std::string& why) {
    if (!*alive)
      return;
    trials_.erase(peer);
    over(why);
  };
  lookup_.look_up(whom->is.host, whom->is.port,
                  [this, alive = alive_, name = whom->is.name, end](const auto& found, const auto& why) {
                    if (!*alive)
                      return;
                    found.empty() ? end("unknown host: " + why)
                                  : cluster::try_to_dial(loop_, context_, name, found, end);
                  });
}

void links::fail_to_dial(peer& whom, const std::string& why) {
  if (std::exchange(whom.trouble, why) != why)
    log("a node cannot be reached", whom, why);
  pause_dialling(whom);
}

/// Some nodes that lost one and the same do not all come back to it at once.
void links::pause_dialling(peer& whom) {
  whom.pause = std::clamp<std::chrono::milliseconds>(2 * whom.pause, first_pause, max_pause);
  const auto most = whom.pause.count();
  std::uniform_int_distribution<int64_t> spread{most / 2, most};
  whom.next_dial = events_.now() + std::chrono::milliseconds{spread(chance_)};
}

} // namespace salond::cluster
