// A node enters its cluster once a peer has reached it at its address (rules/cluster/entrance.hpp); and dials others
// that enter. Of the I/O thread.
#pragma once
#include "actors/cluster/links.hpp"
#include "actors/cluster/member.hpp"
#include "actors/rules/cluster/entrance.hpp"

namespace salond::cluster {

class entrance {
public:
  /// Both outlive this.
  entrance(std::shared_ptr<cluster_member> member, cluster::links& links);

  /// Calls `tell` once, with a sentence that says what to do, when this node is not to serve: nobody reaches it.
  /// Without this it waits on.
  void when_refused(std::function<void(const std::string& why)> tell) { tell_refused_ = std::move(tell); }

  // --- what membership and links tell ---
  /// A round succeeded: these live, this node among them.
  void round(const std::vector<node_id>& living);
  void peer_up(node_id peer);
  /// Whether it was meant for this.
  bool peer_said(node_id peer, const frame_body& body);

private:
  bool waits() const { return !decided_ && member_->enters(); }
  std::vector<node_id> before_us(const std::vector<node_id>& living) const;
  void ask(node_id peer);
  void look();
  std::string why_refused() const;

  std::shared_ptr<cluster_member> member_;
  cluster::links& links_;
  rules::cluster::entrance rule_;
  std::function<void(const std::string&)> tell_refused_;
  bool decided_ = false;
  bool told_ = false, told_refused_ = false; ///< in the log
};

} // namespace salond::cluster
