#include "actors/asking.hpp"
#include "actors/cluster/certificates.hpp"
#include "actors/cluster/news_reader.hpp"
#include "actors/cluster/notices.hpp"
#include "actors/cluster/pulse.hpp"
#include "actors/cluster/salons.hpp"
#include "actors/on_io_thread.hpp"
#include "actors/server_steps.hpp"

namespace salond {
namespace {

using pointer = server_pointer;

cluster::send_to_peer sender_over(cluster::node& node) {
  return [to = &node](cluster::node_id peer, cluster::frame_body body) { return to->send(peer, std::move(body)); };
}

// Each actor here is one that cannot be started again: its end is the node's.

/// Salons have a home among the nodes.
void start_placements(pointer self) {
  auto& st = self->state;
  cluster::send_to_peer send = [](cluster::node_id, const cluster::frame_body&) { return false; };
  if (st.node)
    send = sender_over(*st.node);
  st.placed = std::make_shared<cluster::salons>(st.parts.member, st.actors.clients, std::move(send));
  if (st.node)
    st.node->hearers.push_back(st.placed);
  st.actors.placements = spawn_on_io_thread(self->system(), placements, st.placed);
  self->monitor(st.actors.placements);
}

/// The nodes' lists of certificates are one.
void start_certificates(pointer self) {
  auto& st = self->state;
  st.actors.certificates = self->spawn<caf::monitored>(certificates, st.parts.certificates, st.parts.member,
                                                       st.actors.store, st.actors.relay);
}

/// Operators ask for all nodes.
void start_asking(pointer self) {
  auto& st = self->state;
  asking_parts parts;
  parts.store = st.actors.store;
  parts.relay = st.actors.relay;
  parts.directory = st.actors.directory;
  parts.server = caf::actor_cast<server_actor>(self);
  parts.member = st.parts.member;
  parts.clients = st.actors.clients;
  parts.started = st.started;
  st.actors.asking = self->spawn<caf::monitored>(asking, std::move(parts));
}

/// What others decide is to hold here.
void start_news(pointer self) {
  auto& st = self->state;
  const auto open = std::make_shared<std::atomic<size_t>>(0);
  const auto run = st.parts.member->run();
  auto& peers = st.actors.clients->peers;
  peers.run = run;
  if (st.node) {
    peers.send = sender_over(*st.node);
    st.node->hearers.push_back(
        std::make_shared<cluster::notices>(st.actors.clients, st.parts.member, st.actors.asking));
  }
  const auto reader =
      self->spawn<caf::monitored>(news,
                                  news_hearers{st.actors.bans, st.actors.directory, st.actors.host, st.actors.relay,
                                               st.actors.certificates, caf::actor_cast<server_actor>(self)},
                                  run, open);
  tell_news(*st.parts.member, reader, open);
  st.parts.member->when_wrote([&loop = self->system().middleman().backend(), clients = std::weak_ptr(st.actors.clients),
                               member = std::weak_ptr(st.parts.member)] {
    loop.post([clients, member] {
      const auto here = clients.lock();
      const auto of = member.lock();
      if (here && of)
        cluster::tell_of_news(*here, *of);
    });
  });
  st.actors.news = caf::actor_cast<caf::actor>(reader);
}

/// Its end would be the node's for the others as well.
void start_pulse(pointer self) {
  auto& st = self->state;
  st.actors.pulse = caf::actor_cast<caf::actor>(
      spawn_on_io_thread(self->system(), pulse, st.parts.member, st.actors.clients, st.placed, st.actors.store));
  self->monitor(st.actors.pulse);
  st.parts.member->when_gone([server = caf::actor_cast<server_actor>(self)] { caf::anon_send(server, node_lost{}); });
}

/// Nobody is let in before another node has reached this one.
void wait_for_entrance(pointer self) {
  auto& st = self->state;
  const auto server = caf::actor_cast<server_actor>(self);
  if (!st.node)
    st.parts.member->let_in();
  else if (!st.parts.comes_back)
    st.node->entrance.when_refused([server](const std::string& why) { caf::anon_send(server, node_refused{why}); });
  st.parts.member->when_serving([server] { caf::anon_send(server, node_entered{}); });
}

/// Whoever hears other nodes has been added to the node's hearers before.
void start_links(pointer self) {
  auto& st = self->state;
  if (!st.node)
    return;
  st.actors.links = cluster::start_links(self->system(), st.node, std::exchange(st.parts.links->at, {}));
  self->monitor(st.actors.links);
}

} // namespace

void start_sharing(pointer self) {
  if (!self->state.parts.member)
    return;
  start_placements(self);
  start_certificates(self);
}

void start_node(pointer self) {
  self->state.entered = !self->state.parts.member;
  if (self->state.entered)
    return;
  start_asking(self);
  start_news(self);
  start_pulse(self);
  wait_for_entrance(self);
  start_links(self);
}

} // namespace salond
