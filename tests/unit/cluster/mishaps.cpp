// What befalls the world, and when.
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {
namespace {

using kind = mishap::kind;

const char* name_of(kind mishap) {
  constexpr const char* names[] = {"freeze",        "kill",
                                   "end",           "hang",
                                   "hang_ever",     "cut_store",
                                   "cut_beats",     "cut_pair",
                                   "cut_peers",     "cut_all",
                                   "freeze_store",  "restart_store",
                                   "slow_store",    "break_connections",
                                   "lose_frames",   "delay_frames",
                                   "double_frames", "drop_queue",
                                   "jump_clock",    "lose_salon",
                                   "hand_over",     "salon_flaps",
                                   "lose_commits",  "late_copies"};
  static_assert(std::size(names) == static_cast<size_t>(kind::last));
  return names[static_cast<size_t>(mishap)];
}

ticks length_of(kind mishap, chance& luck) {
  switch (mishap) {
  case kind::freeze: return luck.between(1, 9) * second;
  case kind::kill: return luck.percent(50) ? luck.between(20, 900) * millisecond : luck.between(1, 7) * second;
  case kind::hang: return luck.between(1, 9) * second;
  case kind::cut_store: return luck.between(1, 18) * second;
  case kind::cut_beats: return luck.between(1, 8) * second;
  case kind::cut_pair: return luck.between(1, 16) * second;
  case kind::cut_peers: return luck.between(1, 16) * second;
  case kind::cut_all: return luck.between(1, 16) * second;
  case kind::freeze_store: return luck.percent(20) ? 30 * second : luck.between(1, 9) * second;
  case kind::restart_store: return luck.between(200, 9000) * millisecond;
  case kind::slow_store: return luck.between(1, 5) * second;
  case kind::lose_frames:
  case kind::delay_frames:
  case kind::double_frames: return luck.between(500, 5000) * millisecond;
  case kind::salon_flaps: return luck.between(1500, 4000) * millisecond;
  case kind::lose_commits: return luck.between(2, 8) * second;
  case kind::late_copies: return luck.between(1500, 3000) * millisecond;
  default: return 0;
  }
}

} // namespace

/// What befalls the world; when the last of it is over.
ticks world::make_mishaps() {
  const int count = 1 + luck_.below(4);
  ticks quiet = 5 * second;
  for (int i = 0; i < count; ++i) {
    mishap mishap;
    mishap.type = static_cast<kind>(luck_.below(static_cast<int>(kind::last)));
    mishap.at = luck_.between(2000, 9000) * millisecond;
    if (i != 0 && luck_.percent(50)) // close to another: what befalls a failover, a join, a restart
      mishap.at = mishaps_.back().at + luck_.between(0, 5000) * millisecond;
    mishap.length = length_of(mishap.type, luck_);
    mishap.node = luck_.below(nodes);
    mishap.other = (mishap.node + 1 + luck_.below(nodes - 1)) % nodes;
    mishap.place = luck_.below(salons);
    const bool for_good = mishap.type == kind::end || mishap.type == kind::hang_ever;
    if (for_good && for_good_ != std::array<bool, nodes>{}) // two of three have to stay
      mishap.type = kind::lose_salon;
    else if (for_good)
      for_good_[static_cast<size_t>(mishap.node)] = true;
    quiet = std::max(quiet, mishap.at + mishap.length);
    mishaps_.push_back(mishap);
  }
  for (const auto& mishap : mishaps_) {
    later(mishap.at, [this, mishap] { begin(mishap); });
    later(mishap.at + mishap.length, [this, mishap] { end(mishap); });
  }
  return quiet;
}

/// What is posted: some of it at any time, some just when something befalls the world; and once more at the end.
void world::make_posts(ticks quiet) {
  const auto post = [this](ticks when) {
    later(when, [this, user = luck_.below(users), place = luck_.below(salons)] { write_text(user, place); });
  };
  for (int i = 0; i < 8; ++i)
    post(luck_.between(1500 * millisecond, quiet));
  for (const auto& mishap : mishaps_)
    for (int i = 0; i < 2; ++i) {
      post(mishap.at + luck_.between(-3000, 3000));
      post(mishap.at + luck_.between(-second, 4 * second));
    }
  const auto last = quiet + 12 * second;
  for (int user = 0; user < users; ++user)
    later(last + luck_.between(0, second), [this, user] { write_text(user, user % salons); });
  end_ = last + 9 * second;
}

void world::make_schedule() {
  const auto quiet = make_mishaps();
  for (int slot = 0; slot < nodes; ++slot)
    later(luck_.between(0, 900) * millisecond, [this, slot] { at(slot).start(); });
  for (int user = 0; user < users; ++user)
    later(luck_.between(1000, 1600) * millisecond, [this, user] { log_in(user); });
  make_posts(quiet);
  for (int i = 0; i < 2; ++i) { // news of two nodes at the same time
    const auto when = luck_.between(1500 * millisecond, quiet);
    for (int slot = 0; slot < 2; ++slot)
      later(when + luck_.between(0, 4) * millisecond, [this, slot] {
        if (at(slot).serving() && !stands_still(slot))
          at(slot).tell_news(++facts_);
      });
  }
}

/// What would be excusable now still is when the store goes on.
void world::prolong_excuses(ticks length) {
  for (auto* all : {&excused_until_, &closing_excused_until_})
    for (auto& until : *all)
      if (until >= now())
        until += length + second;
}

void world::cut(int a, int b, bool begins) {
  for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}})
    cuts_[static_cast<size_t>(from)][static_cast<size_t>(to)] += begins ? 1 : -1;
  for (const auto slot : {a, b})
    closing_excused_until_[static_cast<size_t>(slot)] = now() + 30 * second;
}

void world::thaw(int slot) {
  auto held = std::move(held_[static_cast<size_t>(slot)]);
  held_[static_cast<size_t>(slot)].clear();
  for (auto& each : held) { // the threads go on in whichever order; each in its own
    each.at = now() + (each.where == part::beat_thread ? luck_.between(0, 3 * millisecond) : 0);
    queue_.add(std::move(each));
  }
}

void world::thaw_store() {
  auto held = std::move(held_of_store_);
  held_of_store_.clear();
  for (auto& each : held) {
    each.at = now();
    queue_.add(std::move(each));
  }
}

void world::begin(const mishap& mishap) {
  if (traced_)
    trace(std::string("MISHAP ") + name_of(mishap.type) + ", node " + at(mishap.node).name() + ", other "
          + at(mishap.other).name() + ", salon " + std::to_string(mishap.place) + ", for "
          + std::to_string(mishap.length / millisecond) + " ms");
  switch (mishap.type) {
  case kind::freeze:
  case kind::kill:
  case kind::end:
  case kind::hang:
  case kind::hang_ever:
  case kind::cut_store:
  case kind::cut_beats:
  case kind::jump_clock:
  case kind::lose_salon:
  case kind::hand_over: return begin_at_node(mishap);
  case kind::freeze_store:
  case kind::restart_store:
  case kind::slow_store:
  case kind::break_connections:
  case kind::lose_commits: return begin_in_store(mishap);
  default: return begin_between(mishap);
  }
}

/// For so long it may be taken for lost, and close its clients.
void world::excuse(int slot, ticks length) {
  const auto node = static_cast<size_t>(slot);
  excused_until_[node] = std::max(excused_until_[node], now() + length + 7 * second);
  closing_excused_until_[node] = std::max(closing_excused_until_[node], now() + length + 12 * second);
}

void world::begin_at_node(const mishap& mishap) {
  const auto node = static_cast<size_t>(mishap.node);
  switch (mishap.type) {
  case kind::freeze: ++frozen_[node]; return excuse(mishap.node, mishap.length);
  case kind::hang_ever:
    for (int user = 0; user < users; ++user)
      later(4 * second, [this, user, slot = mishap.node] {
        if (clients_[static_cast<size_t>(user)].slot == slot)
          leave(user);
      });
    ++hung_[node];
    return excuse(mishap.node, 1000 * second);
  case kind::hang: ++hung_[node]; return excuse(mishap.node, mishap.length);
  case kind::cut_store: ++store_cuts_[node]; return excuse(mishap.node, mishap.length);
  case kind::cut_beats: ++beat_cuts_[node]; return excuse(mishap.node, mishap.length);
  case kind::jump_clock: walls_[node] += luck_.between(-100, 100) * second; return;
  default: break;
  }
  if (mishap.type == kind::kill || mishap.type == kind::end) {
    if (at(mishap.node).alive())
      kill(mishap.node);
  } else if (stands_still(mishap.node)) {
    return;
  } else if (mishap.type == kind::lose_salon) {
    at(mishap.node).lose_salon(mishap.place);
  } else {
    for (int place = 0; place < salons; ++place)
      at(mishap.node).hand_over(place, mishap.other);
  }
}

void world::begin_between(const mishap& mishap) {
  switch (mishap.type) {
  case kind::cut_all:
    ++store_cuts_[static_cast<size_t>(mishap.node)];
    excuse(mishap.node, mishap.length);
    [[fallthrough]];
  case kind::cut_peers:
    for (int other = 0; other < nodes; ++other)
      if (other != mishap.node)
        cut(mishap.node, other, true);
    return;
  case kind::cut_pair: return cut(mishap.node, mishap.other, true);
  case kind::lose_frames: ++losing_; return;
  case kind::delay_frames: ++delaying_; return;
  case kind::double_frames: ++doubling_; return;
  case kind::drop_queue: return begin_dropping(mishap);
  case kind::salon_flaps: return begin_flapping(mishap);
  default: return begin_copying(mishap);
  }
}

void world::begin_dropping(const mishap& mishap) {
  // What one sends to the other from now on, as over a link that is full, waits; then it is dropped.
  auto& drops = drops_[static_cast<size_t>(mishap.node)][static_cast<size_t>(mishap.other)];
  ++drops;
  later(luck_.between(100, 900) * millisecond, [this, mishap, &drops] {
    --drops;
    if (!stands_still(mishap.node) && at(mishap.node).alive() && mistake_ != planted::dropped_queue_unnoticed)
      at(mishap.node).drop_queue(mishap.other);
  });
}

void world::begin_flapping(const mishap& mishap) {
  ++delaying_;
  ++flapping_;
  for (ticks when = 0; when < mishap.length; when += luck_.between(100, 500) * millisecond) {
    later(when, [this, mishap] {
      for (int slot = 0; slot < nodes; ++slot)
        if (!stands_still(slot) && luck_.percent(70))
          at(slot).lose_salon(mishap.place);
    });
    later(when + luck_.between(0, 100) * millisecond,
          [this, user = luck_.below(users), place = mishap.place] { write_text(user, place); });
  }
}

void world::begin_copying(const mishap& mishap) {
  ++copying_;
  const auto killed = mishap.length - luck_.between(20, 600) * millisecond;
  for (int i = 0; i < 3; ++i)
    later(luck_.between(0, killed), [this, slot = mishap.node, place = luck_.below(salons)] {
      for (int user = 0; user < users; ++user)
        if (clients_[static_cast<size_t>(user)].slot == slot)
          return write_text(user, place);
    });
  later(killed, [this, mishap] {
    if (at(mishap.node).alive() && frozen_[static_cast<size_t>(mishap.node)] == 0)
      kill(mishap.node);
  });
}

void world::kill(int slot) {
  const auto run = at(slot).run();
  at(slot).kill();
  if (run.value != 0 && reaches_store(slot, connection::writer) && store_frozen_ == 0)
    store_.end_sessions(run);
}

void world::begin_in_store(const mishap& mishap) {
  prolong_excuses(mishap.length);
  switch (mishap.type) {
  case kind::freeze_store: ++store_frozen_; return;
  case kind::slow_store: ++store_slow_; return;
  case kind::lose_commits: ++losing_commits_; return;
  case kind::restart_store:
    ++store_away_;
    store_.restart();
    held_of_store_.clear();
    for (const auto& whose : processes_)
      lose_exchanges(*whose, std::nullopt);
    return;
  case kind::break_connections: {
    const auto& whose = at(mishap.node);
    if (luck_.percent(50) && whose.run().value != 0 && store_frozen_ == 0)
      store_.end_sessions(whose.run());
    return lose_exchanges(whose, luck_.percent(50) ? std::optional{connection::writer} : std::nullopt);
  }
  default: return;
  }
}

void world::end(const mishap& mishap) {
  const auto node = static_cast<size_t>(mishap.node);
  switch (mishap.type) {
  case kind::freeze:
    if (--frozen_[node] == 0)
      thaw(mishap.node);
    return;
  case kind::kill:
    if (!at(mishap.node).alive() && !for_good_[node])
      at(mishap.node).start();
    return;
  case kind::hang:
    if (--hung_[node] == 0 && frozen_[node] == 0)
      thaw(mishap.node);
    return;
  case kind::cut_store: --store_cuts_[node]; return;
  case kind::cut_beats: --beat_cuts_[node]; return;
  case kind::cut_all: --store_cuts_[node]; [[fallthrough]];
  case kind::cut_peers:
    for (int other = 0; other < nodes; ++other)
      if (other != mishap.node)
        cut(mishap.node, other, false);
    return;
  case kind::cut_pair: return cut(mishap.node, mishap.other, false);
  case kind::freeze_store:
    if (--store_frozen_ == 0)
      thaw_store();
    return;
  case kind::restart_store: --store_away_; return;
  case kind::slow_store: --store_slow_; return;
  case kind::lose_frames: --losing_; return;
  case kind::delay_frames: --delaying_; return;
  case kind::double_frames: --doubling_; return;
  case kind::salon_flaps:
    --delaying_;
    --flapping_;
    return;
  case kind::lose_commits: --losing_commits_; return;
  case kind::late_copies:
    --copying_;
    if (!at(mishap.node).alive() && !for_good_[node])
      at(mishap.node).start();
    return;
  default: return;
  }
}

} // namespace salond::simulation
