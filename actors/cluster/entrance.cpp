#include "actors/cluster/entrance.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <utility>

namespace salond::cluster {
namespace {

// Of what a peer says, into the log.
constexpr size_t most_said = 300;

} // namespace

entrance::entrance(std::shared_ptr<cluster_member> member, cluster::links& links)
    : member_(std::move(member)), links_(links) {}

void entrance::round(const std::vector<node_id>& living) {
  if (!waits())
    return;
  const node_id self{member_->run()};
  std::vector<node_id> others;
  std::copy_if(living.begin(), living.end(), std::back_inserter(others), [self](auto one) { return one != self; });
  rule_.round(others, std::chrono::steady_clock::now());
  for (const auto peer : others)
    ask(peer);
  look();
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

bool entrance::peer_said(node_id peer, const frame_body& what) {
  if (std::holds_alternative<dial_back>(what)) {
    links_.try_to_dial(peer, [this, peer](const std::string& why) {
      links_.send(peer, dialled_back{why.empty(), why.substr(0, most_said)});
    });
    return true;
  }
  const auto* said = std::get_if<dialled_back>(&what);
  if (said && waits()) {
    said->reached ? rule_.reached() : rule_.missed(peer, said->why.substr(0, most_said));
    look();
  }
  return said != nullptr;
}

void entrance::look() {
  using verdict = rules::cluster::entrance::verdict;
  const auto now = rule_.now();
  if (now == verdict::waits || (now == verdict::refused && !tell_refused_))
    return;
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
