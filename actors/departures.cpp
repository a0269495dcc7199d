#include "actors/departures.hpp"
#include "actors/ask_store.hpp"
#include "actors/piece_job.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/decisions/departures.hpp"

namespace salond {
namespace {

using namespace persistence;

// Whoever waits for an erasure looks at least once a second.
constexpr auto remembered = std::chrono::hours{1};

/// What is in work.
struct departing {
  std::vector<departure> all;
  size_t next = 0;
  std::function<void()> then;
  std::function<void(fault)> otherwise;

  const departure& current() const { return all[next]; }
};
using departing_ptr = std::shared_ptr<departing>;

void take_next(retention_pointer self, const departing_ptr& work);

void end_current(retention_pointer self, const departing_ptr& work) {
  write_store(
      self, self->state.parts.store,
      [of = work->current(), at = wall_clock()](const writing& db) {
        decisions::end_departure(db, of, at);
        db.departures.forget(at - remembered);
        return done{};
      },
      [self, work](done) {
        ++work->next;
        take_next(self, work);
      },
      [work](fault why) { work->otherwise(why); });
}

/// A piece is the last work of its transaction.
template <class Work>
void write_piece(retention_pointer self, const departing_ptr& work, Work piece, std::function<void(int64_t)> then) {
  const auto job = make_piece([piece](const writing& db) { return piece(db); });
  have_done(
      self, self->state.parts.store, job, false,
      [self, job, then](int64_t count) { rest_behind(self, job->took(), [then, count] { then(count); }); },
      [work](fault why) { work->otherwise(why); });
}

void remove_private(retention_pointer self, const departing_ptr& work, private_place from);

void remove_found_private(retention_pointer self, const departing_ptr& work, const departing_private& found) {
  const auto go_on = [self, work, next = found.next, last = found.are_last](int64_t) {
    last ? end_current(self, work) : remove_private(self, work, next);
  };
  if (found.which.empty())
    return go_on(0);
  write_piece(
      self, work,
      [who = work->current().who, which = found.which](const writing& db) {
        db.departures.remove_private(who, which);
        return static_cast<int64_t>(which.size());
      },
      go_on);
}

void remove_private(retention_pointer self, const departing_ptr& work, private_place from) {
  read_store(
      self, self->state.parts.store,
      [who = work->current().who, from, most = self->state.pieces.now()](const reading& db) {
        return db.departures.find_private(who, from, most);
      },
      [self, work](const departing_private& found) { remove_found_private(self, work, found); },
      [work](fault why) { work->otherwise(why); });
}

void remove_messages(retention_pointer self, const departing_ptr& work);

void remove_found(retention_pointer self, const departing_ptr& work, const departing_messages& found) {
  work->all[work->next].reached = found.which.empty() ? work->current().reached : found.which.back().value;
  write_piece(
      self, work,
      [who = work->current().who, found](const writing& db) {
        db.departures.remove(who, found);
        return int64_t{found.are_last};
      },
      [self, work](int64_t last) { last ? remove_private(self, work, {}) : remove_messages(self, work); });
}

/// They are looked for on the reading thread: of somebody who wrote little among many that takes a while.
void remove_messages(retention_pointer self, const departing_ptr& work) {
  read_store(
      self, self->state.parts.store,
      [of = work->current(), most = self->state.pieces.now()](const reading& db) {
        return db.departures.find_messages(of, most);
      },
      [self, work](const departing_messages& found) { remove_found(self, work, found); },
      [work](fault why) { work->otherwise(why); });
}

void take_next(retention_pointer self, const departing_ptr& work) {
  work->next < work->all.size() ? remove_messages(self, work) : work->then();
}

} // namespace

void rest_behind(retention_pointer self, std::chrono::microseconds took, std::function<void()> step) {
  self->state.pieces.took(took);
  self->state.go_on = std::move(step);
  self->delayed_send(self, rules::pause_after(took), remove_on{});
}

void remove_departed(retention_pointer self, std::function<void()> then, std::function<void(fault)> otherwise) {
  const auto work = std::make_shared<departing>();
  work->then = std::move(then);
  work->otherwise = std::move(otherwise);
  read_store(
      self, self->state.parts.store, [](const reading& db) { return db.departures.all(); },
      [self, work](std::vector<departure>& found) {
        work->all = std::move(found);
        take_next(self, work);
      },
      [work](fault why) { work->otherwise(why); });
}

} // namespace salond
