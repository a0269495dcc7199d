#include "actors/cluster/notices.hpp"

namespace salond::cluster {

void notices::peer_said(node_id peer, frame_body& body) {
  if (std::holds_alternative<news>(body))
    return member_->read_soon();
  if (const auto* mail = std::get_if<private_message>(&body))
    clients_->users.tell_privately(mail->to, mail->from, {}, {mail->id, mail->from_name, mail->text, mail->at});
  if (const auto* used = std::get_if<usages>(&body))
    clients_->allowed.used_elsewhere(used->all, std::chrono::steady_clock::now());
  if (auto* asks = std::get_if<question>(&body))
    caf::anon_send(asking_, peer_asks{peer, std::move(*asks)});
  if (auto* said = std::get_if<answer>(&body))
    caf::anon_send(asking_, peer_answers{peer, std::move(*said)});
}

void notices::look() {
  caf::anon_send(clients_->relay, look_for_mail{});
}

void tell_of_news(const audience& clients, const cluster_member& member) {
  for (const auto& row : member.rows())
    if (!row.gone && row.id.value != member.run() && clients.peers.send)
      clients.peers.send(row.id, news{});
}

void tell_what_is_used(audience& clients, const cluster_member& member) {
  std::vector<node_id> others;
  for (const auto& row : member.rows())
    if (!row.gone && row.id.value != member.run() && row.state == rules::cluster::node_state::serving)
      others.push_back(row.id);
  clients.allowed.share_with(others.size());
  const usages used{clients.allowed.take_used()};
  if (used.all.empty() || !clients.peers.send)
    return;
  for (const auto run : others)
    clients.peers.send(run, used);
}

} // namespace salond::cluster
