#include "actors/retention.hpp"
#include "actors/ask_store.hpp"
#include "actors/departures.hpp"
#include "actors/piece_job.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/homes.hpp"
#include "persistence/decisions/retention.hpp"
#include <ctime>

namespace salond {
namespace {

using namespace persistence;
using pointer = retention_actor::stateful_pointer<retention_state>;

// The first look comes behind what a start has to do. A change of what is too old is seen with the next look.
constexpr auto look_each = std::chrono::seconds{5};
// From the end of one run to the next. Days are meant, so nobody sees a few minutes.
constexpr auto run_each = std::chrono::minutes{10};
constexpr auto after_a_failure = std::chrono::minutes{1};
constexpr size_t salons_a_page = 200;

/// Minutes since midnight, as the machine's clock shows them.
uint32_t minute_of_day(moment now) {
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::tzset();
  ::localtime_r(&seconds, &local);
  return static_cast<uint32_t>(60 * local.tm_hour + local.tm_min);
}

bool is_the_hour(const config::retention& settings, moment now) {
  return !settings.hours || settings.hours->hold(minute_of_day(now));
}

void end_run(pointer self) {
  auto& st = self->state;
  st.run.reset();
  st.works = false;
  st.ran = self->clock().now();
  st.parts.board->says_runs(false);
}

/// The next run does what this one did not. Not at once: a piece that is refused, or waits for somebody else's lock,
/// holds up the posts of its transaction.
void give_up(pointer self, fault why) {
  log::warning("old messages cannot be removed now, trying again in a minute", {{"why", to_string(why)}});
  end_run(self);
  self->state.ran.reset();
  self->state.not_before = self->clock().now() + after_a_failure;
}

// --- one salon, or the private messages ---

const aged_series& current(const retention_state& st) {
  return st.run->page[st.run->next];
}

void take_next(pointer self);

/// The audit log has one line of what went.
void end_series(pointer self) {
  write_store(
      self, self->state.parts.store,
      [of = current(self->state), at = wall_clock()](const writing& db) { return decisions::note_removed(db, of, at); },
      [self](int64_t count) {
        const auto& which = current(self->state);
        if (count != 0)
          log::info("messages that were too old are removed",
                    {{"of", which.of.is_private() ? "users" : which.name}, {"messages", count}});
        ++self->state.run->next;
        take_next(self);
      },
      [self](fault why) { give_up(self, why); });
}

/// What a piece goes by. Whoever changes what is too old is answered then, and nothing more goes by what was.
struct removal_order {
  message_series of;
  std::optional<int64_t> own; ///< the salon's days when the run began
  moment before;
  size_t most = 0;
  uint64_t changes = 0;
  std::shared_ptr<retention_board> board;
};

removed_piece remove_as(const removal_order& order, const writing& db) {
  if (order.board->now().changes != order.changes || db.retention.hold_own_days(order.of.salon) != order.own)
    return {0, true};
  return db.retention.remove_older(order.of, order.before, order.most);
}

void remove_piece(pointer self);

void end_piece(pointer self, const removed_piece& piece, std::chrono::microseconds took) {
  self->state.parts.board->add_removed(piece.count);
  if (piece.over) {
    self->state.pieces.took(took);
    return end_series(self);
  }
  rest_behind(self, took, [self] { remove_piece(self); });
}

/// Whether the run is to go on: it is still the hour, and nobody said anything else since it began.
bool may_go_on(pointer self) {
  auto& st = self->state;
  const auto all = st.parts.board->now();
  return all.changes == st.changes && is_the_hour(all.settings, wall_clock())
         && st.clock.look(wall_clock(), self->clock().now());
}

void remove_piece(pointer self) {
  auto& st = self->state;
  if (!may_go_on(self))
    return end_series(self);
  const auto& known = current(st);
  const auto job =
      make_piece([order = removal_order{known.of, known.own, st.run->before, st.pieces.now(), st.changes,
                                        st.parts.board}](const writing& db) { return remove_as(order, db); });
  have_done(
      self, st.parts.store, job, false,
      [self, job](const removed_piece& piece) { end_piece(self, piece, job->took()); },
      [self](fault why) { give_up(self, why); });
}

/// Whether what is known says that something is too old.
void begin_removing(pointer self) {
  const auto& known = current(self->state);
  if (known.oldest && *known.oldest < self->state.run->before)
    return remove_piece(self);
  end_series(self);
}

void take_ages(pointer self, const found_ages& found);

/// Looks at the times of what came since the last look.
void look_on(pointer self) {
  const auto& known = current(self->state);
  if (known.looked >= known.newest)
    return begin_removing(self);
  read_store(
      self, self->state.parts.store,
      [of = known.of, after = known.looked, up_to = known.newest](const reading& db) {
        return db.retention.look_at_ages(of, after, up_to);
      },
      [self](const found_ages& found) { take_ages(self, found); }, [self](fault why) { give_up(self, why); });
}

void take_ages(pointer self, const found_ages& found) {
  auto& known = self->state.run->page[self->state.run->next];
  known.looked = found.looked;
  for (const auto& [block, at] : found.oldest)
    known.oldest = known.oldest ? std::min(*known.oldest, at) : at;
  write_store(
      self, self->state.parts.store,
      [of = known.of, found](const writing& db) {
        db.retention.put_ages(of, found);
        return done{};
      },
      [self](done) { look_on(self); }, [self](fault why) { give_up(self, why); });
}

// --- all of them ---

/// What is older than this goes; nothing: nothing does.
std::optional<moment> too_old(const aged_series& of, const config::retention& settings) {
  const int64_t otherwise = of.of.is_private() ? settings.private_days : settings.salons_days;
  return rules::too_old(of.own.value_or(otherwise), wall_clock());
}

bool is_ours(const retention_state& st, salon_id salon) {
  if (!st.parts.member)
    return true;
  std::vector<int64_t> living;
  for (const auto& row : st.parts.member->rows())
    if (!row.gone)
      living.push_back(row.id.value);
  int64_t home = 0;
  if (st.run)
    if (const auto known = st.run->homes.find(salon); known != st.run->homes.end())
      home = known->second;
  return rules::is_ours(home, st.parts.member->run(), living);
}

/// Whether something is to be done: times to be looked at, messages to be removed, or told.
bool has_work(const aged_series& of, std::optional<moment> before) {
  return of.untold != 0 || (before && (of.looked < of.newest || (of.oldest && *of.oldest < *before)));
}

void read_page(pointer self);

void take_next(pointer self) {
  auto& st = self->state;
  auto& run = *st.run;
  const auto settings = st.parts.board->now().settings;
  if (!may_go_on(self))
    return end_run(self);
  for (; run.next < run.page.size(); ++run.next) {
    const auto before = too_old(current(st), settings);
    if (!has_work(current(st), before) || !is_ours(st, current(st).of.salon))
      continue;
    if (!before) // of a run that was cut off, and is kept for good by now
      return end_series(self);
    run.before = *before;
    return look_on(self);
  }
  if (run.is_last)
    return end_run(self);
  read_page(self);
}

struct read_series {
  std::vector<aged_series> page;
  bool is_last = false;
};

/// Private messages that came since the last run have their turn in the next one: of two nodes one may commit a
/// greater number earlier than the other a smaller one.
void hold_newest_private(retention_state& st, aged_series& all) {
  if (!st.parts.member)
    return;
  const auto newest = std::exchange(st.newest_private, all.newest);
  all.newest = std::min(newest, all.newest);
}

void read_page(pointer self) {
  auto& st = self->state;
  const bool all = st.parts.board->now().settings.salons_days != 0;
  read_store(
      self, st.parts.store,
      [all, after = st.run->after](const reading& db) {
        read_series result{db.retention.salons(all, after, salons_a_page)};
        result.is_last = result.page.size() < salons_a_page;
        if (result.is_last)
          result.page.push_back(db.retention.private_messages());
        return result;
      },
      [self](read_series& found) {
        auto& run = *self->state.run;
        run.page = std::move(found.page);
        run.is_last = found.is_last;
        run.next = 0;
        if (found.is_last)
          hold_newest_private(self->state, run.page.back());
        else
          run.after = run.page.back().of.salon;
        take_next(self);
      },
      [self](fault why) { give_up(self, why); });
}

void read_homes(pointer self) {
  if (!self->state.parts.member)
    return read_page(self);
  read_store(
      self, self->state.parts.store, [](const reading& db) { return db.homes.all(); },
      [self](const std::vector<std::pair<salon_id, int64_t>>& homes) {
        self->state.run->homes.insert(homes.begin(), homes.end());
        read_page(self);
      },
      [self](fault why) { give_up(self, why); });
}

void begin_run(pointer self) {
  auto& st = self->state;
  st.run.emplace();
  st.changes = st.parts.board->now().changes;
  st.parts.board->says_runs(true);
  write_store(
      self, st.parts.store,
      [now = wall_clock()](const writing& db) {
        db.retention.believe_clock(now);
        return done{};
      },
      [self](done) { read_homes(self); }, [self](fault why) { give_up(self, why); });
}

void begin_if_due(pointer self, const given_days& days) {
  auto& st = self->state;
  const auto now = self->clock().now();
  const auto all = st.parts.board->now();
  const bool trusted = st.clock.look(wall_clock(), now);
  if (st.clock.take_jump())
    log::warning("more than an hour is missing since the clock was last believed; no message is removed for its age "
                 "within the next hour");
  const bool changed = std::exchange(st.days, days) != days;
  const bool due = !st.ran || now - *st.ran >= run_each || all.changes != st.changes || changed;
  if (due && trusted && is_the_hour(all.settings, wall_clock()))
    return begin_run(self);
  st.works = false;
}

/// What accounts that are gone have left goes at once; old messages when their time has come. An operator may have
/// given a salon other days at another node; and the process may have been away while the clock was set.
void look_whether_due(pointer self) {
  auto& st = self->state;
  if (st.knows_clock && !st.parts.member)
    return begin_if_due(self, st.days);
  struct known {
    given_days days;
    std::optional<moment> believed;
  };
  read_store(
      self, st.parts.store,
      [](const reading& db) {
        return known{db.retention.own_days(), db.retention.clock_believed()};
      },
      [self](const known& found) {
        if (!std::exchange(self->state.knows_clock, true) && found.believed)
          self->state.clock.begin(*found.believed, self->clock().now());
        begin_if_due(self, found.days);
      },
      [self](fault) { self->state.works = false; }); // the next look is in a moment
}

void on_look(pointer self) {
  auto& st = self->state;
  self->delayed_send(self, look_each, look_for_old{});
  const bool rests = self->clock().now() < st.not_before && st.parts.board->now().changes == st.changes;
  if (rests || std::exchange(st.works, true))
    return;
  if (!is_ours(st, salon_id{}))
    return look_whether_due(self);
  remove_departed(
      self, [self] { look_whether_due(self); }, [self](fault why) { give_up(self, why); });
}

} // namespace

retention_actor::behavior_type retention(pointer self, retention_parts parts) {
  self->state.parts = std::move(parts);
  self->set_error_handler([](caf::error& why) {
    log::warning("retention was told an error", {{"why", to_string(why)}});
  });
  self->delayed_send(self, look_each, look_for_old{});
  return {
      [self](const look_for_old&) { on_look(self); },
      [self](const remove_on&) {
        if (const auto go_on = std::exchange(self->state.go_on, nullptr))
          go_on();
      },
  };
}

} // namespace salond
