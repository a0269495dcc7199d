// Links with other nodes, and what comes over them.
#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {
namespace {

constexpr ticks ping_after = 750 * millisecond; // with a tick each half second: one a second

template <class Body>
bool is(const frame& what) {
  return std::holds_alternative<Body>(what.body);
}

} // namespace

cluster::link* process::link_with(node_id peer) {
  for (auto& one : links_)
    if (one.peer() == peer)
      return &one;
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
  for (auto& one : salons_)
    if (one.home)
      one.home->detach(peer);
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
  for (auto& one : links_)
    if (const auto* row = cluster::find(members_->rows(), one.peer()); row && row->name[0] - 'a' == peer)
      end_link(one, true);
}

void process::hear(const frame& what) {
  if (!members_)
    return;
  const auto life = life_;
  const bool fine = look();
  if (life != life_)
    return;
  const bool older_too = world_.mistake() == planted::older_run_heard;
  if (what.head.from != run_ && members_->knows_gone(what.head.from) && what.head.to == run_ && !older_too) {
    if (!is<gone>(what))
      world_.send(slot_, {{run_, what.head.from, 0, 0}, gone{what.head.from}});
    return;
  }
  if (is<gone>(what)) {
    if (what.head.to == run_)
      learn_gone(std::get<gone>(what.body).run);
    return;
  }
  auto* with = link_with(what.head.from);
  if (with && what.head.number == 0)
    return hear_control(what, *with);
  if (!takes(what, with) || !fine)
    return; // in doubt: whoever sent it attaches again when the doubt is over, and the link with it
  auto from = what.head.from;
  if (older_too && from != run_)
    for (const auto& one : links_)
      if (world_.slot_of(one.peer()) == world_.slot_of(from))
        from = one.peer();
  std::visit([this, from](const auto& body) { hear_body(from, body); }, what.body);
}

void process::learn_gone(node_id which) {
  members_->found_gone(which);
  if (!look())
    return;
  fresh_rows_ = true;
  use_rows();
  for (auto& one : salons_)
    keep_view(one);
}

void process::hear_body(node_id, const cluster::attach_again& what) {
  auto& where = salons_[static_cast<size_t>(place_of(what.salon))];
  if (!where.view || !where.view->hear(what))
    return;
  where.posts.detach();
  where.view->detach();
  if (what.epoch.value != 0)
    attach_anew(where);
}

bool process::takes(const frame& what, cluster::link* with) const {
  if (what.head.from == run_)
    return what.head.to == run_;
  if (with && with->takes(what.head))
    return true;
  return world_.mistake() == planted::older_run_heard && what.head.number != 0;
}

void process::hear_control(const frame& what, cluster::link& with) {
  if (is<hello>(what) && with.hear_hello(what.head, now())) {
    reach_.lose(with.peer());
    reach_.hear(with.peer(), now());
    lost_peer(with.peer());
    send_control(with, welcome{});
  } else if (is<welcome>(what)) {
    if (!with.hear_welcome(what.head, now()))
      return;
    trace("the link with run " + std::to_string(with.peer().value) + " is up");
    reach_.hear(with.peer(), now());
  } else if (is<farewell>(what)) {
    if (with.hear_farewell(what.head)) {
      reach_.lose(with.peer());
      lost_peer(with.peer());
    }
  } else if (is<ping>(what)) {
    const auto& said = std::get<ping>(what.body);
    const auto heard = with.hear_ping(what.head, said.sent, now());
    if (heard == cluster::link::ping::stale)
      return;
    reach_.hear(with.peer(), now());
    members_->hear_peer(said.beats, now());
    if (heard == cluster::link::ping::missing && world_.mistake() != planted::pings_unchecked)
      end_link(with, true);
  }
}

} // namespace salond::simulation
