#include "actors/cluster/entrance.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <utility>

namespace salond::cluster {
namespace {

// Of what a peer says, into the log.
constexpr size_t max_said = 300;

} // namespace

entrance::entrance(std::shared_ptr<cluster_member> member, cluster::links& links)
    : member_(std::move(member)), links_(links) {}

void entrance::round(const std::vector<node_id>& living) {
  if (!waits())
    return;
  if (!std::exchange(told_, true))
    log::info("this node lets clients in once another one has reached it");
  const auto others = before_us(living);
  rule_.round(others, std::chrono::steady_clock::now());
  for (const auto peer : others)
    ask(peer);
  look();
}

/// Of those who live whoever serves, and those without clients whose runs are lesser: where nobody serves, the least
/// run is the first to, or all would wait for one another.
std::vector<node_id> entrance::before_us(const std::vector<node_id>& living) const {
  std::vector<node_id> result;
  for (const auto& [row, doubtful] : member_->nodes()) {
    const auto waits_behind_us = row.state == persistence::node_state::apart && row.run > member_->run();
    const node_id peer{row.run};
    if (row.run != member_->run() && !waits_behind_us && std::find(living.begin(), living.end(), peer) != living.end())
      result.push_back(peer);
  }
  return result;
}

/// Who dials this one has reached it.
void entrance::peer_up(node_id peer) {
  if (!waits())
    return;
  if (!links_.dials(peer))
    rule_.reached();
  else
    ask(peer);
  look();
}

void entrance::ask(node_id peer) {
  if (links_.dials(peer))
    links_.send(peer, dial_back{});
}

bool entrance::peer_said(node_id peer, const frame_body& body) {
  if (std::holds_alternative<dial_back>(body)) {
    links_.try_to_dial(peer, [this, peer](const std::string& why) {
      links_.send(peer, dialled_back{why.empty(), why.substr(0, max_said)});
    });
    return true;
  }
  const auto* said = std::get_if<dialled_back>(&body);
  if (said && waits()) {
    said->reached ? rule_.reached() : rule_.missed(peer, said->why.substr(0, max_said));
    look();
  }
  return said != nullptr;
}

void entrance::look() {
  using verdict = rules::cluster::entrance::verdict;
  const auto now = rule_.now();
  if (now == verdict::waits)
    return;
  if (now == verdict::refused && !tell_refused_) {
    if (!std::exchange(told_refused_, true))
      log::warning("this node lets nobody in, and waits on", {{"why", why_refused()}});
    return;
  }
  decided_ = true;
  if (now == verdict::serves)
    return member_->let_in();
  tell_refused_(why_refused());
}

std::string entrance::why_refused() const {
  std::string endpoint, said;
  for (const auto& [row, doubtful] : member_->nodes()) {
    if (row.run == member_->run())
      endpoint = row.endpoint;
    const auto miss = rule_.misses().find(node_id{row.run});
    if (miss != rule_.misses().end())
      said += (said.empty() ? "" : "; ") + row.name + ": " + (miss->second.empty() ? "no word of it" : miss->second);
  }
  return "no other node of the cluster reaches this one at " + endpoint + " (" + said
         + "); give --cluster an address of this machine that all others reach, and let them through to that port";
}

} // namespace salond::cluster
