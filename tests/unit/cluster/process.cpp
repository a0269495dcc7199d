#include "process.hpp"
#include "world.hpp"

namespace salond::simulation {
namespace {

constexpr ticks tick_length = 500 * millisecond;

template <class Body>
bool is(const frame& what) {
  return std::holds_alternative<Body>(what.body);
}

} // namespace

instant process::now() const {
  return instant_of(world_.now());
}

void process::trace(const std::string& what) const {
  if (world_.traced())
    world_.trace(name_ + std::to_string(run_.value) + ": " + what);
}

// --- its life ---

void process::start() {
  alive_ = true;
  closed_ = false;
  join();
}

void process::kill() {
  alive_ = false;
  ++life_;
  world_.close_clients(slot_, false);
  run_ = {};
  members_.reset();
}

/// A life begins: nothing is left of the one before.
void process::join() {
  ++life_;
  run_ = {};
  members_.reset();
  live_ = {};
  reach_ = {};
  take_overs_ = {};
  state_ = cluster::node_state::serving;
  doubtful_ = fresh_rows_ = asking_state_ = connected_ = false;
  links_.clear();
  dialled_.clear();
  known_news_.clear();
  for (int place = 0; place < salons; ++place) {
    salons_[static_cast<size_t>(place)] = {};
    salons_[static_cast<size_t>(place)].place = place;
  }
  posts_ = 0;
  sessions_ = {};
  early_numbers_ = {};
  jobs_.clear();
  group_.reset();
  request what;
  what.what = request::kind::join;
  what.name = name_;
  what.wall = world_.wall(slot_);
  world_.ask(*this, part::io_thread, std::move(what), 2 * second, [this, began = now()](const answer* back) {
    if (!back || !back->done)
      return world_.after(*this, part::io_thread, 300 * millisecond, [this] { join(); });
    joined(*back);
    members_.emplace(run_, began);
    tick();
    beat();
  });
}

void process::joined(const answer& back) {
  run_ = back.joined;
  world_.note_run(run_, slot_);
  closed_ = false;
  last_news_ = back.last_news;
  known_news_.insert(back.news.begin(), back.news.end());
  trace("joins");
}

void process::leave_run() {
  trace("finds itself gone");
  close_clients();
  join();
}

bool process::serving() const {
  return alive_ && members_ && state_ == cluster::node_state::serving && !doubtful_
         && members_->standing_at(now()) == cluster::membership::standing::fine;
}

std::string process::standing_text() const {
  if (!alive_ || !members_)
    return name_ + (alive_ ? ": joins" : ": ended");
  return name_ + ": standing " + std::to_string(static_cast<int>(members_->standing_at(now()))) + ", state "
         + std::to_string(static_cast<int>(state_));
}

void process::close_clients() {
  if (closed_)
    return;
  closed_ = true;
  trace("closes its clients");
  world_.close_clients(slot_, true);
}

// --- its standing ---

bool process::look() {
  using standing = cluster::membership::standing;
  if (!members_)
    return false;
  switch (members_->standing_at(now())) {
  case standing::gone: leave_run(); return false;
  case standing::closing: close_clients(); [[fallthrough]];
  case standing::doubtful: enter_doubt(); return false;
  case standing::fine: break;
  }
  leave_doubt();
  return true;
}

void process::enter_doubt() {
  if (doubtful_)
    return;
  trace("is in doubt");
  doubtful_ = true;
  for (auto& one : salons_) {
    if (one.home)
      one.home->detach_all();
    if (one.view)
      one.view->detach();
    one.posts.detach();
  }
}

void process::leave_doubt() {
  if (!doubtful_)
    return;
  trace("is in doubt no more");
  doubtful_ = closed_ = false;
  for (auto& one : links_)
    end_link(one, true);
}

// --- the I/O thread ---

void process::tick() {
  world_.after(*this, part::io_thread, tick_length, [this] { tick(); });
  live_.turned = now();
  const auto life = life_;
  const bool fine = look();
  if (life != life_)
    return;
  keep_links();
  if (!fine)
    return;
  use_rows();
  for (auto& one : salons_) {
    if (one.home && state_ != cluster::node_state::serving && !one.home->closed())
      if (const auto heir = cluster::choose_home(salon_at(one.place), members_->rows()))
        begin_leaving(one, *heir);
    go_on_leaving(one);
    keep_view(one);
    refuse(one.posts.expire(now()));
  }
}

void process::use_rows() {
  if (!fresh_rows_)
    return;
  fresh_rows_ = false;
  for (size_t i = 0; i < links_.size();) {
    if (!members_->knows_gone(links_[i].peer())) {
      ++i;
      continue;
    }
    const auto peer = links_[i].peer();
    links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
    dialled_.erase(dialled_.begin() + static_cast<std::ptrdiff_t>(i));
    lost_peer(peer);
    for (auto& one : salons_)
      if (one.home)
        one.home->forget(peer);
  }
  for (const auto& row : members_->rows())
    if (!row.gone && row.id != run_ && row.name != name_ && !link_with(row.id)) {
      links_.emplace_back(run_, row.id, name_ < row.name);
      dialled_.push_back(-second);
    }
  step_aside_or_back();
  if (state_ != cluster::node_state::serving)
    return;
  std::vector<salon_id> mine;
  for (const auto& one : salons_)
    if (one.home && !one.home->closed())
      mine.push_back(salon_at(one.place));
  for (const auto& next : cluster::moves(run_, mine, members_->rows()))
    begin_leaving(salons_[static_cast<size_t>(place_of(next.salon))], next.to);
}

void process::step_aside_or_back() {
  if (asking_state_)
    return;
  const auto& rows = members_->rows();
  const bool serves = state_ == cluster::node_state::serving;
  if (serves) {
    const auto aside = cluster::who_steps_aside(rows);
    if (std::find(aside.begin(), aside.end(), run_) == aside.end())
      return;
  } else if (!reach_.holds(run_, rows, now()) || !cluster::may_return(rows, run_)) {
    return;
  }
  asking_state_ = true;
  request what;
  what.what = request::kind::set_state;
  what.by = run_;
  what.state = serves ? cluster::node_state::apart : cluster::node_state::serving;
  world_.ask(*this, part::io_thread, what, second, [this, next = what.state](const answer* back) {
    asking_state_ = false;
    if (!back || !back->done)
      return;
    state_ = next;
    trace(next == cluster::node_state::apart ? "steps aside" : "serves again");
    closed_ = false;
    if (next == cluster::node_state::apart)
      close_clients();
  });
}

// --- links ---

cluster::link* process::link_with(node_id peer) {
  for (auto& one : links_)
    if (one.peer() == peer)
      return &one;
  return nullptr;
}

void process::keep_links() {
  const bool ping_now = world_.now() - pinged_ >= second - tick_length / 2;
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
    if (!is<you_are_gone>(what))
      world_.send(slot_, {{run_, what.head.from, 0, 0}, you_are_gone{}});
    return;
  }
  if (is<you_are_gone>(what)) {
    if (what.head.to == run_)
      members_->found_gone();
    look();
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
