// What peers tell a node beside what is said in salons: private messages for who is connected here, that there are news
// to be read, what was used up of limits, and what their operators ask. A plain object of the I/O thread.
#pragma once
#include "actors/audience.hpp"
#include "actors/cluster/member.hpp"
#include "actors/cluster/peer_hearer.hpp"
#include "actors/interfaces/asking.hpp"

namespace salond::cluster {

class notices final : public peer_hearer {
public:
  notices(std::shared_ptr<audience> clients, std::shared_ptr<cluster_member> member, asking_actor asking)
      : clients_(std::move(clients)), member_(std::move(member)), asking_(std::move(asking)) {}

  /// What the peer told nobody here while there was no link stands in the store.
  void peer_up(node_id) override { look(); }
  /// The same of what was on its way.
  void peer_down(node_id) override { look(); }
  void peer_said(node_id peer, frame_body& body) override;
  /// The same of what it stored last.
  void run_gone(node_id) override { look(); }

private:
  void look();

  std::shared_ptr<audience> clients_;
  std::shared_ptr<cluster_member> member_;
  asking_actor asking_;
};

/// Tells the others that this node wrote news, so that they read them at once. Of the I/O thread.
void tell_of_news(const audience& clients, const cluster_member& member);
/// Tells the others what was used up here of the limits that hold for all, if there is any. Of the I/O thread.
/// REQUIRES: called once a second.
void tell_what_is_used(audience& clients, const cluster_member& member);

} // namespace salond::cluster
