// Links with other nodes, and what comes over them.
#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {
namespace {

constexpr ticks ping_after = 750 * millisecond; // with a tick each half second: one a second

template <class Body>
bool is(const frame& body) {
  return std::holds_alternative<Body>(body.body);
}

} // namespace

cluster::link* process::link_with(node_id peer) {
  for (auto& link : links_)
    if (link.peer() == peer)
      return &link;
  return nullptr;
}

void process::keep_links() {
  const bool ping_now = world_.now() - pinged_ >= ping_after;
  if (ping_now)
    pinged_ = world_.now();
  for (size_t i = 0; i < links_.size(); ++i) {
    auto& one = links_[i];
    if (one.silent(now()))
      end_link(one, true);
    if (one.up() && ping_now)
      send_control(one, ping{one.sent(), members_->beats(now())});
    if (one.up() || !one.dials() || world_.now() - dialled_[i] < second)
      continue;
    dialled_[i] = world_.now();
    one.dial();
    send_control(one, hello{});
  }
}

void process::end_link(cluster::link& with, bool tell) {
  if (!with.up())
    return;
  trace("the link with run " + std::to_string(with.peer().value) + " ends");
  with.end();
  if (tell && !with.dials())
    send_control(with, farewell{});
  reach_.lose(with.peer());
  lost_peer(with.peer());
}

void process::lost_peer(node_id peer) {
  for (auto& salon : salons_)
    if (salon.home)
      salon.home->detach(peer);
  detach_views(peer);
}

void process::send_control(cluster::link& with, frame_body body) {
  world_.send(slot_, {with.control(), std::move(body)});
}

void process::send(node_id to, frame_body body) {
  if (doubtful_)
    return;
  if (to == run_) {
    frame own{{run_, run_, 0, 0}, std::move(body)};
    return world_.after(*this, part::io_thread, 5, [this, own = std::move(own)] { hear(own); });
  }
  auto* with = link_with(to);
  if (world_.mistake() == planted::dropped_queue_unnoticed && world_.drops_queue(slot_, to))
    return;
  if (with && with->up())
    world_.send(slot_, {with->next(), std::move(body)});
}

void process::drop_queue(int peer) {
  if (!members_)
    return;
  for (auto& link : links_)
    if (const auto* row = cluster::find(members_->rows(), link.peer()); row && row->name[0] - 'a' == peer)
      end_link(link, true);
}

void process::hear(const frame& incoming) {
  if (!members_)
    return;
  const auto life = life_;
  const bool fine = look();
  if (life != life_)
    return;
  const bool older_too = world_.mistake() == planted::older_run_heard;
  if (incoming.head.from != run_ && members_->knows_gone(incoming.head.from) && incoming.head.to == run_
      && !older_too) {
    if (!is<gone>(incoming))
      world_.send(slot_, {{run_, incoming.head.from, 0, 0}, gone{incoming.head.from}});
    return;
  }
  if (is<gone>(incoming)) {
    if (incoming.head.to == run_)
      learn_gone(std::get<gone>(incoming.body).run);
    return;
  }
  auto* with = link_with(incoming.head.from);
  if (with && incoming.head.number == 0)
    return hear_control(incoming, *with);
  if (!takes(incoming, with) || !fine)
    return; // in doubt: whoever sent it attaches again when the doubt is over, and the link with it
  auto from = incoming.head.from;
  if (older_too && from != run_)
    for (const auto& link : links_)
      if (world_.slot_of(link.peer()) == world_.slot_of(from))
        from = link.peer();
  std::visit([this, from](const auto& body) { hear_body(from, body); }, incoming.body);
}

void process::learn_gone(node_id which) {
  members_->found_gone(which);
  if (!look())
    return;
  fresh_rows_ = true;
  use_rows();
  for (auto& salon : salons_)
    keep_view(salon);
}

void process::hear_body(node_id, const cluster::attach_again& again) {
  auto& where = salons_[static_cast<size_t>(place_of(again.salon))];
  if (!where.view || !where.view->hear(again))
    return;
  where.posts.detach();
  where.view->detach();
  if (again.epoch.value != 0)
    attach_anew(where);
}

bool process::takes(const frame& incoming, cluster::link* with) const {
  if (incoming.head.from == run_)
    return incoming.head.to == run_;
  if (with && with->takes(incoming.head))
    return true;
  return world_.mistake() == planted::older_run_heard && incoming.head.number != 0;
}

void process::hear_control(const frame& incoming, cluster::link& with) {
  if (is<hello>(incoming) && with.hear_hello(incoming.head, now())) {
    reach_.lose(with.peer());
    reach_.hear(with.peer(), now());
    lost_peer(with.peer());
    send_control(with, welcome{});
  } else if (is<welcome>(incoming)) {
    if (!with.hear_welcome(incoming.head, now()))
      return;
    trace("the link with run " + std::to_string(with.peer().value) + " is up");
    reach_.hear(with.peer(), now());
  } else if (is<farewell>(incoming)) {
    if (with.hear_farewell(incoming.head)) {
      reach_.lose(with.peer());
      lost_peer(with.peer());
    }
  } else if (is<ping>(incoming)) {
    const auto& said = std::get<ping>(incoming.body);
    const auto heard = with.hear_ping(incoming.head, said.sent, now());
    if (heard == cluster::link::ping::stale)
      return;
    reach_.hear(with.peer(), now());
    members_->hear_peer(said.beats, now());
    if (heard == cluster::link::ping::missing && world_.mistake() != planted::pings_unchecked)
      end_link(with, true);
  }
}

} // namespace salond::simulation
