// What befalls the world, and when.
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {
namespace {

using kind = mishap::kind;

const char* name_of(kind what) {
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
  return names[static_cast<size_t>(what)];
}

ticks length_of(kind what, chance& luck) {
  switch (what) {
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
    mishap one;
    one.what = static_cast<kind>(luck_.below(static_cast<int>(kind::last)));
    one.at = luck_.between(2000, 9000) * millisecond;
    if (i != 0 && luck_.percent(50)) // close to another: what befalls a failover, a join, a restart
      one.at = mishaps_.back().at + luck_.between(0, 5000) * millisecond;
    one.length = length_of(one.what, luck_);
    one.node = luck_.below(nodes);
    one.other = (one.node + 1 + luck_.below(nodes - 1)) % nodes;
    one.place = luck_.below(salons);
    const bool for_good = one.what == kind::end || one.what == kind::hang_ever;
    if (for_good && for_good_ != std::array<bool, nodes>{}) // two of three have to stay
      one.what = kind::lose_salon;
    else if (for_good)
      for_good_[static_cast<size_t>(one.node)] = true;
    quiet = std::max(quiet, one.at + one.length);
    mishaps_.push_back(one);
  }
  for (const auto& one : mishaps_) {
    later(one.at, [this, one] { begin(one); });
    later(one.at + one.length, [this, one] { end(one); });
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
  for (const auto& one : mishaps_)
    for (int i = 0; i < 2; ++i) {
      post(one.at + luck_.between(-3000, 3000));
      post(one.at + luck_.between(-second, 4 * second));
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

void world::cut(int a, int b, bool how) {
  for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}})
    cuts_[static_cast<size_t>(from)][static_cast<size_t>(to)] += how ? 1 : -1;
  for (const auto slot : {a, b})
    closing_excused_until_[static_cast<size_t>(slot)] = now() + 30 * second;
}

void world::thaw(int slot) {
  auto held = std::move(held_[static_cast<size_t>(slot)]);
  held_[static_cast<size_t>(slot)].clear();
  for (auto& one : held) { // the threads go on in whichever order; each in its own
    one.at = now() + (one.where == part::beat_thread ? luck_.between(0, 3 * millisecond) : 0);
    queue_.add(std::move(one));
  }
}

void world::thaw_store() {
  auto held = std::move(held_of_store_);
  held_of_store_.clear();
  for (auto& one : held) {
    one.at = now();
    queue_.add(std::move(one));
  }
}

void world::begin(const mishap& one) {
  if (traced_)
    trace(std::string("MISHAP ") + name_of(one.what) + ", node " + at(one.node).name() + ", other "
          + at(one.other).name() + ", salon " + std::to_string(one.place) + ", for "
          + std::to_string(one.length / millisecond) + " ms");
  switch (one.what) {
  case kind::freeze:
  case kind::kill:
  case kind::end:
  case kind::hang:
  case kind::hang_ever:
  case kind::cut_store:
  case kind::cut_beats:
  case kind::jump_clock:
  case kind::lose_salon:
  case kind::hand_over: return begin_at_node(one);
  case kind::freeze_store:
  case kind::restart_store:
  case kind::slow_store:
  case kind::break_connections:
  case kind::lose_commits: return begin_in_store(one);
  default: return begin_between(one);
  }
}

/// For so long it may be taken for lost, and close its clients.
void world::excuse(int slot, ticks length) {
  const auto node = static_cast<size_t>(slot);
  excused_until_[node] = std::max(excused_until_[node], now() + length + 7 * second);
  closing_excused_until_[node] = std::max(closing_excused_until_[node], now() + length + 12 * second);
}

void world::begin_at_node(const mishap& one) {
  const auto node = static_cast<size_t>(one.node);
  switch (one.what) {
  case kind::freeze: ++frozen_[node]; return excuse(one.node, one.length);
  case kind::hang_ever:
    for (int user = 0; user < users; ++user)
      later(4 * second, [this, user, slot = one.node] {
        if (clients_[static_cast<size_t>(user)].slot == slot)
          leave(user);
      });
    ++hung_[node];
    return excuse(one.node, 1000 * second);
  case kind::hang: ++hung_[node]; return excuse(one.node, one.length);
  case kind::cut_store: ++store_cuts_[node]; return excuse(one.node, one.length);
  case kind::cut_beats: ++beat_cuts_[node]; return excuse(one.node, one.length);
  case kind::jump_clock: walls_[node] += luck_.between(-100, 100) * second; return;
  default: break;
  }
  if (one.what == kind::kill || one.what == kind::end) {
    if (at(one.node).alive())
      kill(one.node);
  } else if (stands_still(one.node)) {
    return;
  } else if (one.what == kind::lose_salon) {
    at(one.node).lose_salon(one.place);
  } else {
    for (int place = 0; place < salons; ++place)
      at(one.node).hand_over(place, one.other);
  }
}

void world::begin_between(const mishap& one) {
  switch (one.what) {
  case kind::cut_all:
    ++store_cuts_[static_cast<size_t>(one.node)];
    excuse(one.node, one.length);
    [[fallthrough]];
  case kind::cut_peers:
    for (int other = 0; other < nodes; ++other)
      if (other != one.node)
        cut(one.node, other, true);
    return;
  case kind::cut_pair: return cut(one.node, one.other, true);
  case kind::lose_frames: ++losing_; return;
  case kind::delay_frames: ++delaying_; return;
  case kind::double_frames: ++doubling_; return;
  case kind::drop_queue: return begin_dropping(one);
  case kind::salon_flaps: return begin_flapping(one);
  default: return begin_copying(one);
  }
}

void world::begin_dropping(const mishap& one) {
  // What one sends to the other from now on, as over a link that is full, waits; then it is dropped.
  auto& drops = drops_[static_cast<size_t>(one.node)][static_cast<size_t>(one.other)];
  ++drops;
  later(luck_.between(100, 900) * millisecond, [this, one, &drops] {
    --drops;
    if (!stands_still(one.node) && at(one.node).alive() && mistake_ != planted::dropped_queue_unnoticed)
      at(one.node).drop_queue(one.other);
  });
}

void world::begin_flapping(const mishap& one) {
  ++delaying_;
  ++flapping_;
  for (ticks when = 0; when < one.length; when += luck_.between(100, 500) * millisecond) {
    later(when, [this, one] {
      for (int slot = 0; slot < nodes; ++slot)
        if (!stands_still(slot) && luck_.percent(70))
          at(slot).lose_salon(one.place);
    });
    later(when + luck_.between(0, 100) * millisecond,
          [this, user = luck_.below(users), place = one.place] { write_text(user, place); });
  }
}

void world::begin_copying(const mishap& one) {
  ++copying_;
  const auto killed = one.length - luck_.between(20, 600) * millisecond;
  for (int i = 0; i < 3; ++i)
    later(luck_.between(0, killed), [this, slot = one.node, place = luck_.below(salons)] {
      for (int user = 0; user < users; ++user)
        if (clients_[static_cast<size_t>(user)].slot == slot)
          return write_text(user, place);
    });
  later(killed, [this, one] {
    if (at(one.node).alive() && frozen_[static_cast<size_t>(one.node)] == 0)
      kill(one.node);
  });
}

void world::kill(int slot) {
  const auto run = at(slot).run();
  at(slot).kill();
  if (run.value != 0 && reaches_store(slot, connection::writer) && store_frozen_ == 0)
    store_.end_sessions(run);
}

void world::begin_in_store(const mishap& one) {
  prolong_excuses(one.length);
  switch (one.what) {
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
    const auto& whose = at(one.node);
    if (luck_.percent(50) && whose.run().value != 0 && store_frozen_ == 0)
      store_.end_sessions(whose.run());
    return lose_exchanges(whose, luck_.percent(50) ? std::optional{connection::writer} : std::nullopt);
  }
  default: return;
  }
}

void world::end(const mishap& one) {
  const auto node = static_cast<size_t>(one.node);
  switch (one.what) {
  case kind::freeze:
    if (--frozen_[node] == 0)
      thaw(one.node);
    return;
  case kind::kill:
    if (!at(one.node).alive() && !for_good_[node])
      at(one.node).start();
    return;
  case kind::hang:
    if (--hung_[node] == 0 && frozen_[node] == 0)
      thaw(one.node);
    return;
  case kind::cut_store: --store_cuts_[node]; return;
  case kind::cut_beats: --beat_cuts_[node]; return;
  case kind::cut_all: --store_cuts_[node]; [[fallthrough]];
  case kind::cut_peers:
    for (int other = 0; other < nodes; ++other)
      if (other != one.node)
        cut(one.node, other, false);
    return;
  case kind::cut_pair: return cut(one.node, one.other, false);
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
    if (!at(one.node).alive() && !for_good_[node])
      at(one.node).start();
    return;
  default: return;
  }
}

} // namespace salond::simulation
