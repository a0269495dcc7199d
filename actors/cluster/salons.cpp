#include "actors/cluster/salons.hpp"
#include "actors/cluster/frame_codec.hpp"
#include "config/log.hpp"
#include <caf/io/all.hpp>
#include <map>

namespace salond {

placements_actor::behavior_type placements(placements_actor::broker_pointer self,
                                           std::shared_ptr<cluster::salons> all) {
  constexpr auto pause = std::chrono::milliseconds{250};
  self->set_error_handler([](caf::error& why) {
    log::warning("the placements were told an error", {{"why", to_string(why)}});
  });
  all->begin(self);
  self->delayed_send(self, pause, tick_placements{});
  return {
      [all](const hand_over_all&) { all->hand_over_all(); },
      [self, all, pause](const tick_placements&) {
        all->tick();
        self->delayed_send(self, pause, tick_placements{});
      },
  };
}

namespace cluster {
namespace {

// A frame holds 4 MiB; one that is much smaller lets pings pass between.
constexpr size_t max_bytes_of_batch = 256 << 10;

/// Which runs are gone, each asked for once.
class lost_homes {
public:
  explicit lost_homes(const cluster_member& known) : known_(known) {}

  bool has(node_id run) {
    const auto [place, is_new] = asked_.emplace(run, false);
    if (is_new)
      place->second = known_.knows_gone(run);
    return place->second;
  }

private:
  const cluster_member& known_;
  std::map<node_id, bool> asked_;
};

} // namespace

salons::salons(std::shared_ptr<cluster_member> member, std::shared_ptr<audience> clients, send_to_peer send)
    : member_(std::move(member)), clients_(std::move(clients)), send_to_peer_(std::move(send)), run_{member_->run()} {}

instant salons::now() const {
  return self_->clock().now();
}

salons::salon* salons::find(salon_id which) {
  const auto found = salons_.find(which);
  return found == salons_.end() ? nullptr : found->second.get();
}

void salons::open(salon_id which, int64_t told) {
  auto& place = salons_[which];
  if (place)
    return;
  place = std::make_unique<salon>(which, told); // attached with the next tick, when the audience knows it
}

void salons::end() {
  self_ = nullptr;
  salons_.clear();
  clients_ = nullptr;
}

void salons::tick() {
  if (!self_)
    return;
  const auto time = now();
  const bool fine = look();
  if (fine)
    rebalance();
  lost_homes lost(*member_);
  std::vector<salon*> homeless;
  for (auto& [id, salon] : salons_) {
    refuse(*salon, salon->posts.expire(time), fault::storage); // also in doubt: what was never sent certainly is not stored
    if (!fine)
      continue;
    keep_home(*salon);
    if (lost.has(salon->at))
      detach(*salon);
    keep_view(*salon, time, homeless);
  }
  if (!homeless.empty())
    look_for_homes(std::move(homeless));
}

/// Who is not to have homes gives them away.
void salons::keep_home(salon& where) {
  if (!where.home)
    return;
  if (!serves() && !where.home->rule.closed())
    leave_to_another(where);
  go_on_leaving(where);
}

int64_t salons::homes() const {
  return std::count_if(salons_.begin(), salons_.end(),
                       [](const auto& known) { return known.second->home && !known.second->home->rule.closed(); });
}

// --- its standing (docs/decisions/0033-membership-without-clocks.md) ---

bool salons::look() {
  using standing = rules::cluster::membership::standing;
  switch (member_->standing()) {
  case standing::fine:
    doubtful_ = false; // membership has all links begin anew: others rely on sessions of which this node forgot all
    if (member_->state() == persistence::node_state::serving)
      clients_->let_in_again();
    else if (member_->state() == persistence::node_state::apart && !member_->enters()) // who drains closes his clients
      clients_->turn_away();
    return true;
  case standing::closing: clients_->turn_away(); break;
  case standing::doubtful:
  case standing::gone: break; // the server was told
  }
  enter_doubt();
  return false;
}

void salons::enter_doubt() {
  if (std::exchange(doubtful_, true))
    return;
  for (auto& [id, salon] : salons_) {
    if (salon->home)
      salon->home->rule.detach_all();
    detach(*salon);
  }
}

// --- peers ---

void salons::send(node_id to, frame_body body) {
  if (doubtful_)
    return;
  if (to == run_)
    return hear(run_, body);
  if (auto* told = std::get_if<batch>(&body)) {
    for (auto& piece : cut(std::move(*told), max_bytes_of_batch))
      send_to_peer_(to, std::move(piece));
    return;
  }
  send_to_peer_(to, std::move(body));
}

void salons::peer_up(node_id peer) {
  lose(peer);
  up_.insert(peer);
}

void salons::peer_down(node_id peer) {
  up_.erase(peer);
  lose(peer);
}

void salons::lose(node_id peer) {
  for (auto& [id, salon] : salons_) {
    if (salon->home)
      salon->home->rule.detach(peer);
    if (salon->at == peer)
      detach(*salon);
  }
}

void salons::run_gone(node_id run) {
  for (auto& [id, salon] : salons_)
    if (salon->home)
      salon->home->rule.forget(run);
  peer_down(run);
}

void salons::peer_said(node_id peer, frame_body& body) {
  if (self_ && look()) // in doubt: whoever said it attaches again with the next session
    hear(peer, body);
}

void salons::hear(node_id from, frame_body& body) {
  if (const auto* asks = std::get_if<attach>(&body))
    hear_at_home(from, *asks);
  else if (auto* posted = std::get_if<cluster::post>(&body))
    hear_at_home(from, *posted);
  else if (auto* some = std::get_if<posts>(&body))
    std::for_each(some->all.begin(), some->all.end(), [&](auto& post) { hear_at_home(from, post); });
  else if (const auto* answer = std::get_if<attached>(&body))
    hear_answer(*answer);
  else if (auto* told = std::get_if<batch>(&body))
    hear_batch(*told);
  else if (const auto* again = std::get_if<attach_again>(&body))
    hear_again(*again);
}

} // namespace cluster
} // namespace salond
