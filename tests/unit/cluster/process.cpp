#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {
namespace {

constexpr ticks tick_length = 500 * millisecond;

} // namespace

instant process::now() const {
  return instant_of(world_.now());
}

void process::trace(const std::string& line) const {
  if (world_.traced())
    world_.trace(name_ + std::to_string(run_.value) + ": " + line);
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
  failovers_ = {};
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
  request asked;
  asked.type = request::kind::join;
  asked.name = name_;
  asked.wall = world_.wall(slot_);
  world_.ask(*this, part::io_thread, std::move(asked), 2 * second, [this, began = now()](const answer* back) {
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
  for (auto& salon : salons_) {
    if (salon.home)
      salon.home->detach_all();
    if (salon.view)
      salon.view->detach();
    salon.posts.detach();
  }
}

void process::leave_doubt() {
  if (!doubtful_)
    return;
  trace("is in doubt no more");
  doubtful_ = closed_ = false;
  for (auto& link : links_)
    end_link(link, true);
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
  for (auto& salon : salons_) {
    if (salon.home && state_ != cluster::node_state::serving && !salon.home->closed())
      if (const auto heir = cluster::choose_home(salon_at(salon.place), members_->rows()))
        begin_leaving(salon, *heir);
    go_on_leaving(salon);
    keep_view(salon);
    refuse(salon.posts.expire(now()));
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
    for (auto& salon : salons_)
      if (salon.home)
        salon.home->forget(peer);
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
  for (const auto& salon : salons_)
    if (salon.home && !salon.home->closed())
      mine.push_back(salon_at(salon.place));
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
  request asked;
  asked.type = request::kind::set_state;
  asked.by = run_;
  asked.state = serves ? cluster::node_state::apart : cluster::node_state::serving;
  world_.ask(*this, part::io_thread, asked, second, [this, next = asked.state](const answer* back) {
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

} // namespace salond::simulation
