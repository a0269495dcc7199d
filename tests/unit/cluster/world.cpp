#include "tests/unit/cluster/world.hpp"
#include <cstdio>

namespace salond::simulation {

const char* name_of(planted which) {
  constexpr const char* names[] = {"none",
                                   "fence_only_read",
                                   "numbers_before_fence",
                                   "clock_judges",
                                   "gap_counted",
                                   "claim_unlocked",
                                   "claim_without_fence",
                                   "sessions_left_open",
                                   "own_session_left_open",
                                   "hung_node_beats",
                                   "batch_epoch_unchecked",
                                   "post_epoch_unchecked",
                                   "post_chain_unchecked",
                                   "told_hole",
                                   "answered_before_listed",
                                   "resent_unseen",
                                   "handed_over_early",
                                   "older_run_heard",
                                   "dropped_queue_unnoticed",
                                   "pings_unchecked",
                                   "outcome_guessed",
                                   "told_before_stored",
                                   "news_by_row_number",
                                   "lost_posts_refused"};
  static_assert(std::size(names) == static_cast<size_t>(planted::last));
  return names[static_cast<size_t>(which)];
}

world::world(uint64_t seed, planted mistake, bool traced)
    : luck_(seed), mistake_(mistake), traced_(traced),
      store_({[this](const exchange_ptr& asked, answer back) { respond(asked, std::move(back)); },
              [this](ticks delay, std::function<void()> work) {
                queue_.add({now() + delay, 0, part::store, 0, 0, std::move(work)});
              },
              [this](const cluster::node_row& row) {
                const auto slot = static_cast<size_t>(row.name[0] - 'a');
                return processes_[slot]->run() != row.id || now() <= excused_until_[slot];
              },
              [this](const std::string& line) { trace(line); }},
             truth_, mistake) {
  for (int slot = 0; slot < nodes; ++slot)
    processes_.push_back(std::make_unique<process>(*this, slot, std::string(1, static_cast<char>('a' + slot))));
  make_schedule();
}

void world::trace(const std::string& line) const {
  if (traced_)
    std::printf("%10.6f  %s\n", static_cast<double>(now()) / second, line.c_str());
}

void world::run() {
  while (!queue_.empty() && queue_.next_at() <= end_)
    step(queue_.take());
  check_end();
}

bool world::stands_still(int slot) const {
  const auto at = static_cast<size_t>(slot);
  return frozen_[at] != 0 || hung_[at] != 0;
}

void world::step(event event) {
  const auto slot = static_cast<size_t>(event.slot);
  switch (event.where) {
  case part::world: break;
  case part::store:
    if (store_frozen_ != 0)
      return held_of_store_.push_back(std::move(event));
    break;
  case part::io_thread:
  case part::beat_thread:
    if (event.life != at(event.slot).life())
      return;
    if (frozen_[slot] != 0 || (hung_[slot] != 0 && event.where == part::io_thread))
      return held_[slot].push_back(std::move(event));
    break;
  }
  event.work();
}

void world::later(ticks delay, std::function<void()> work) {
  queue_.add({now() + delay, 0, part::world, 0, 0, std::move(work)});
}

void world::after(const process& whose, part where, ticks delay, std::function<void()> work) {
  const auto slot = whose.name()[0] - 'a';
  queue_.add({now() + delay, 0, where, slot, whose.life(), std::move(work)});
}

void world::note_run(node_id run, int slot) {
  const auto at = static_cast<size_t>(run.value);
  slots_.resize(std::max(slots_.size(), at), 0);
  slots_[at - 1] = slot;
}

node_id world::home_of(int place) const {
  const auto& row = store_.homes()[static_cast<size_t>(place)];
  return row ? row->node : node_id{};
}

// --- frames ---

void world::send(int from, frame outgoing) {
  const auto run = static_cast<size_t>(outgoing.head.to.value - 1);
  const int to = run < slots_.size() ? slots_[run] : from;
  const auto a = static_cast<size_t>(from), b = static_cast<size_t>(to);
  if (cuts_[a][b] != 0 || (drops_[a][b] != 0 && outgoing.head.number != 0) || (losing_ != 0 && luck_.percent(15)))
    return;
  auto arrival = std::max(last_arrival_[a][b], now() + luck_.between(100, 1500));
  last_arrival_[a][b] = arrival;
  if (doubling_ != 0 && luck_.percent(25))
    deliver(from, to, outgoing, arrival + luck_.between(0, luck_.percent(50) ? 20 * millisecond : 4 * second));
  if (copying_ != 0 && luck_.percent(50))
    deliver(from, to, outgoing, arrival + luck_.between(1000, 4000) * millisecond);
  if (flapping_ != 0 && luck_.percent(40))
    arrival += luck_.between(0, 30) * millisecond;
  else if (delaying_ != 0 && luck_.percent(20))
    arrival += luck_.between(0, luck_.percent(50)   ? 20 * millisecond
                                : luck_.percent(50) ? 900 * millisecond
                                                    : 4 * second);
  deliver(from, to, std::move(outgoing), arrival);
}

int world::slot_of(node_id run) const {
  const auto at = static_cast<size_t>(run.value - 1);
  return at < slots_.size() ? slots_[at] : -1;
}

bool world::refuses(int slot, int place) {
  if (!luck_.percent(flapping_ != 0 ? 35 : 6))
    return false;
  if (flapping_ != 0) // and fails just then
    later(luck_.between(0, 10) * millisecond, [this, slot, place] {
      if (!stands_still(slot))
        at(slot).lose_salon(place);
    });
  return true;
}

bool world::drops_queue(int slot, node_id to) const {
  const auto run = static_cast<size_t>(to.value - 1);
  return run < slots_.size() && drops_[static_cast<size_t>(slot)][static_cast<size_t>(slots_[run])] != 0;
}

/// It comes to whichever run there is then.
void world::deliver(int from, int to, frame outgoing, ticks arrival) {
  queue_.add({arrival, 0, part::world, 0, 0, [this, from, to, outgoing = std::move(outgoing)]() mutable {
                if (cuts_[static_cast<size_t>(from)][static_cast<size_t>(to)] == 0)
                  after(at(to), part::io_thread, 0,
                        [this, to, outgoing = std::move(outgoing)] { at(to).hear(outgoing); });
              }});
}

// --- the store ---

namespace {

answer nobody_there() {
  answer result;
  result.lost = true;
  return result;
}

} // namespace

ticks world::store_delay() {
  if (store_slow_ != 0 && luck_.percent(70))
    return luck_.between(20, 300) * millisecond;
  return luck_.between(150, 1500);
}

bool world::reaches_store(int slot, connection over) const {
  const auto at = static_cast<size_t>(slot);
  return store_cuts_[at] == 0 && (over != connection::beats || beat_cuts_[at] == 0);
}

void world::ask(const process& whose, part where, request wanted, ticks patience,
                std::function<void(const answer*)> done) {
  auto asked = std::make_shared<exchange>();
  asked->wanted = std::move(wanted);
  asked->slot = whose.name()[0] - 'a';
  asked->life = whose.life();
  asked->where = where;
  asked->done = std::move(done);
  asked_.erase(
      std::remove_if(asked_.begin(), asked_.end(), [](const exchange_ptr& exchange) { return exchange->over; }),
      asked_.end());
  asked_.push_back(asked);
  after(whose, where, patience, [asked] {
    if (!std::exchange(asked->over, true))
      asked->done(nullptr);
  });
  if (!reaches_store(asked->slot, asked->wanted.over))
    return;
  if (losing_commits_ != 0 && asked->wanted.type == request::kind::commit && luck_.percent(60)) {
    asked->over = true;
    after(whose, where, millisecond, [asked] { asked->done(nullptr); });
    if (luck_.percent(50))
      return;
  }
  queue_.add({now() + store_delay(), 0, part::store, 0, 0, [this, asked] {
                if (store_away_ == 0)
                  store_.hear(asked);
                else if (reaches_store(asked->slot, asked->wanted.over))
                  respond(asked, nobody_there());
              }});
}

void world::respond(const exchange_ptr& asked, answer back) {
  if (asked->life != at(asked->slot).life() || !reaches_store(asked->slot, asked->wanted.over))
    return;
  after(at(asked->slot), asked->where, store_delay(), [this, asked, back = std::move(back)] {
    if (reaches_store(asked->slot, asked->wanted.over) && !std::exchange(asked->over, true))
      asked->done(&back);
  });
}

void world::lose_exchanges(const process& whose, std::optional<connection> over) {
  const auto slot = whose.name()[0] - 'a';
  for (const auto& asked : std::vector<exchange_ptr>(asked_)) {
    if (asked->slot != slot || asked->life != whose.life() || asked->over || (over && asked->wanted.over != *over))
      continue;
    asked->over = true;
    after(whose, asked->where, millisecond, [asked] { asked->done(nullptr); });
  }
}

} // namespace salond::simulation
