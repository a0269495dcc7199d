#include "actors/retention.hpp"
#include "actors/ask_store.hpp"
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
  st.ran = self->clock().now();
  st.parts.board->says_runs(false);
}

/// The next run, after a little while, does what this one did not.
void give_up(pointer self, fault why) {
  log::warning("old messages cannot be removed now, trying on", {{"why", to_string(why)}});
  end_run(self);
  self->state.ran.reset();
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

/// The last work of its transaction: no post is in the same one behind it.
class removal final : public write_job {
public:
  explicit removal(removal_order order) : order_(std::move(order)) {}

  void run(const writing& db) override {
    began = std::chrono::steady_clock::now();
    const bool holds =
        order_.board->now().changes == order_.changes && db.retention.own_days(order_.of.salon) == order_.own;
    result = holds ? db.retention.remove_older(order_.of, order_.before, order_.most) : removed_piece{0, true};
  }
  bool lasts() const override { return false; } // the next run does it
  size_t take() override { return 1 << 20; }

  removed_piece result;
  instant began{};

private:
  removal_order order_;
};

void end_piece(pointer self, const removal& piece) {
  auto& st = self->state;
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - piece.began);
  st.parts.board->add_removed(piece.result.count);
  st.pieces.took(took);
  if (piece.result.over)
    return end_series(self);
  self->delayed_send(self, rules::pause_after(took), remove_on{});
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
  const auto job = std::make_shared<removal>(
      removal_order{known.of, known.own, st.run->before, st.pieces.now(), st.changes, st.parts.board});
  have_done(
      self, st.parts.store, job, false, [self, job](const removed_piece&) { end_piece(self, *job); },
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
  const auto home = st.run->homes.find(salon);
  return rules::is_ours(home == st.run->homes.end() ? 0 : home->second, st.parts.member->run(), living);
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

void begin_run(pointer self) {
  auto& st = self->state;
  st.run.emplace();
  st.changes = st.parts.board->now().changes;
  st.parts.board->says_runs(true);
  if (!st.parts.member)
    return read_page(self);
  read_store(
      self, st.parts.store, [](const reading& db) { return db.homes.all(); },
      [self](const std::vector<std::pair<salon_id, int64_t>>& homes) {
        self->state.run->homes.insert(homes.begin(), homes.end());
        read_page(self);
      },
      [self](fault why) { give_up(self, why); });
}

void on_look(pointer self) {
  auto& st = self->state;
  const auto now = self->clock().now();
  const auto all = st.parts.board->now();
  const bool trusted = st.clock.look(wall_clock(), now);
  if (st.clock.take_jump())
    log::warning(
        "the clock was set ahead by more than an hour; no message is removed for its age within the next hour");
  const bool due = !st.ran || now - *st.ran >= run_each || all.changes != st.changes;
  if (!st.run && due && trusted && is_the_hour(all.settings, wall_clock()))
    begin_run(self);
  self->delayed_send(self, look_each, look_for_old{});
}

} // namespace

retention_actor::behavior_type retention(pointer self, retention_parts parts) {
  self->state.parts = std::move(parts);
  self->set_error_handler([](caf::error& why) {
    log::warning("retention was told an error", {{"why", to_string(why)}});
  });
  self->state.clock.look(wall_clock(), self->clock().now());
  self->delayed_send(self, look_each, look_for_old{});
  return {
      [self](const look_for_old&) { on_look(self); },
      [self](const remove_on&) { remove_piece(self); },
  };
}

} // namespace salond
