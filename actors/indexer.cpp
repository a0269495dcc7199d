#include "actors/indexer.hpp"
#include "actors/ask_store.hpp"
#include "config/log.hpp"
#include "persistence/contracts/homes.hpp"
#include <algorithm>
#include <random>

namespace salond {
namespace {

using namespace persistence;
using pointer = indexer_actor::stateful_pointer<indexer_state>;
using step = search_index_store::step;
using phase = indexed_part::phase;

// Also before the first one: a start has other things to do. Some thousands of messages come meanwhile, mostly.
constexpr auto between_rounds = std::chrono::seconds{10};
constexpr auto after_failure = std::chrono::seconds{5};
constexpr auto least_pause = std::chrono::milliseconds{1}, max_pause = std::chrono::milliseconds{1000};
constexpr int idle_share = 1, busy_share = 9; // of pauses, as long as the step before
constexpr size_t salons_at_once = 500, due_at_once = 1000;
constexpr size_t put_bytes = 256 << 10;

void pause(pointer self, caf::timespan length) {
  self->delayed_send(self, length, index_on{});
}

/// The pause behind a step that took so long.
void pause_behind(pointer self, caf::timespan took) {
  self->request(self->state.store, caf::infinite, count_work{})
      .then(
          [self, took](const counted_work& now) {
            if (std::exchange(self->state.round_is_over, false))
              return pause(self, between_rounds);
            const auto share = now.writes + now.reads == 0 ? idle_share : busy_share;
            pause(self, std::clamp<caf::timespan>(share * took, least_pause, max_pause));
          },
          [self](caf::error&) { pause(self, after_failure); });
}

void begin_round(pointer self) {
  auto& st = self->state;
  st.knows_due = false;
  st.asked_up_to = {};
  st.parts.clear();
  st.salons.clear();
}

/// What is in work stays so in the store, and is found there again.
void give_up(pointer self, fault why) {
  log::debug("the index of searches waits", {{"why", to_string(why)}});
  self->state.work = nullptr;
  begin_round(self);
  pause(self, after_failure);
}

/// Has a step done, calls `then(result)`, and pauses.
template <class Job, class Then>
void take_step(pointer self, const std::shared_ptr<Job>& job, Then then) {
  const auto begun = self->clock().now();
  have_done(
      self, self->state.store, job, false,
      [self, begun, then](auto& result) {
        then(result);
        pause_behind(self, self->clock().now() - begun);
      },
      [self](fault why) { give_up(self, why); });
}

// --- what there is to do ---

/// Whether this node is to build a salon's index. `run`: 0 where there is one process alone.
bool is_ours(const reading& db, salon_id salon, int64_t run) {
  if (run == 0)
    return true;
  const auto home = db.homes.of(salon);
  return home && home->run == run;
}

int64_t run_of(pointer self) {
  return self->state.member ? self->state.member->run() : 0;
}

void look_for_due(pointer self) {
  take_step(self, make_read_job([run = run_of(self)](const reading& db) {
              auto due = db.search_index.due(due_at_once);
              due.erase(std::remove_if(due.begin(), due.end(),
                                       [&](const message_span& part) { return !is_ours(db, part.salon, run); }),
                        due.end());
              return due;
            }),
            [self](const std::vector<message_span>& due) {
              self->state.knows_due = true;
              self->state.parts.assign(due.begin(), due.end());
            });
}

void take_salon(indexer_state& st, const salon_reach& salon) {
  const auto known = st.too_few.find(salon.salon);
  const auto asked = known == st.too_few.end() ? 0 : known->second;
  const auto further = static_cast<int64_t>(search_index_store::newer_messages); // numbers: messages may be fewer
  if (salon.newest - salon.end >= search_index_store::too_few_below && salon.newest >= asked + further)
    st.salons.push_back(salon);
}

/// The round is over when there are no more.
void look_for_salons(pointer self) {
  take_step(self, make_read_job([after = self->state.asked_up_to](const reading& db) {
              return db.search_index.reaches(after, salons_at_once);
            }),
            [self](const std::vector<salon_reach>& found) {
              auto& st = self->state;
              for (const auto& salon : found)
                take_salon(st, salon);
              st.asked_up_to = found.size() < salons_at_once ? salon_id{-1} : found.back().salon;
            });
}

/// Looks for the next part of a salon, and comes back for the one behind it.
void look_for_part(pointer self) {
  auto& st = self->state;
  const auto salon = st.salons.front();
  st.salons.pop_front();
  take_step(self, make_read_job([salon = salon.salon, run = run_of(self)](const reading& db) {
              return is_ours(db, salon, run) ? db.search_index.next_part(salon) : std::nullopt;
            }),
            [self, salon](const std::optional<message_span>& part) {
              auto& st = self->state;
              if (!part) {
                st.too_few[salon.salon] = salon.newest;
                return;
              }
              st.parts.push_back(*part);
              st.salons.push_back(salon);
            });
}

/// What an older node deletes, which knows of no index, is seen here.
void check_one(pointer self) {
  struct finding {
    std::optional<message_span> part;
    bool whole = true;
  };
  take_step(self, make_read_job([after = self->state.checked, run = run_of(self)](const reading& db) {
              finding result{db.search_index.part_behind(after.salon, after.first), true};
              if (result.part && is_ours(db, result.part->salon, run))
                result.whole = db.search_index.is_whole(*result.part);
              return result;
            }),
            [self](const finding& found) {
              self->state.round_is_over = true;
              self->state.checked = found.part.value_or(message_span{});
              if (!found.whole)
                tell_store(self->state.store,
                           [part = *found.part](const writing& db) { db.search_index.distrust(part); });
            });
}

// --- a part ---

void begin_part(pointer self) {
  const auto span = self->state.work->span;
  take_step(self, make_passing_job([span, builder = self->state.builder](const writing& db) {
              return db.search_index.begin(span, builder);
            }),
            [self](bool again) { self->state.work->at = again ? phase::clear : phase::read; });
}

/// Behind a step that wrote.
void go_on_with(indexer_state& st, step made, phase done) {
  if (made == step::lost)
    st.work = nullptr; // another node builds it
  else if (made == step::done)
    st.work->at = done;
}

void clear_part(pointer self) {
  const auto& work = *self->state.work;
  take_step(self,
            make_passing_job([span = work.span, builder = self->state.builder, from = work.next_to_clear](
                                 const writing& db) { return db.search_index.clear(span, builder, from); }),
            [self](const search_index_store::cleared& cleared) {
              self->state.work->next_to_clear = cleared.next;
              go_on_with(self->state, cleared.made, phase::read);
            });
}

void read_texts(pointer self) {
  const auto& work = *self->state.work;
  take_step(self, make_read_job([span = work.span, next = work.next](const reading& db) {
              return db.search_index.texts(span, next);
            }),
            [self](const gram_page& page) {
              auto& st = self->state;
              auto& work = *st.work;
              for (const auto& message : page.messages)
                work.lists.add(message);
              work.messages += page.messages.size();
              work.next = page.next;
              if (page.next != 0 && work.lists.bytes() > search_index_store::max_part_bytes) {
                st.parts.push_front({work.span.salon, page.next, work.span.end}); // the rest is another part
                work.span.end = page.next;
                work.next = 0;
              }
              if (work.next != 0)
                return;
              work.ready = work.lists.take();
              work.at = phase::put;
            });
}

void put_lists(pointer self) {
  auto& work = *self->state.work;
  std::vector<gram_list> some;
  size_t bytes = 0;
  while (work.written < work.ready.size() && some.size() < search_index_store::step_lists && bytes < put_bytes) {
    bytes += work.ready[work.written].messages.size();
    some.push_back(std::move(work.ready[work.written++]));
  }
  const auto next = work.written < work.ready.size() ? phase::put : phase::finish;
  take_step(self,
            make_passing_job([span = work.span, builder = self->state.builder, some = std::move(some)](
                                 const writing& db) { return db.search_index.put(span, builder, some); }),
            [self, next](step made) { go_on_with(self->state, made, next); });
}

void finish(pointer self) {
  const auto& work = *self->state.work;
  take_step(self,
            make_passing_job([span = work.span, messages = work.messages, builder = self->state.builder](
                                 const writing& db) { return db.search_index.finish(span, builder, messages); }),
            [self](step) { self->state.work = nullptr; });
}

void work_on(pointer self) {
  switch (self->state.work->at) {
  case phase::begin: return begin_part(self);
  case phase::clear: return clear_part(self);
  case phase::read: return read_texts(self);
  case phase::put: return put_lists(self);
  case phase::finish: return finish(self);
  }
}

void go_on(pointer self) {
  auto& st = self->state;
  if (!st.work && !st.parts.empty()) {
    st.work = std::make_unique<indexed_part>(st.parts.front());
    st.parts.pop_front();
  }
  if (st.work)
    return work_on(self);
  if (!st.knows_due)
    return look_for_due(self);
  if (!st.salons.empty())
    return look_for_part(self);
  if (st.asked_up_to != salon_id{-1})
    return look_for_salons(self);
  begin_round(self); // after a pause: what is deleted piece by piece has its parts built anew once, not piece by piece
  check_one(self);
}

} // namespace

indexer_actor::behavior_type indexer(pointer self, store_actor store, std::shared_ptr<cluster_member> member) {
  std::random_device random;
  auto& st = self->state;
  st.store = std::move(store);
  st.member = std::move(member);
  st.builder = static_cast<int64_t>((uint64_t{random()} << 31) ^ random());
  self->set_error_handler([](caf::error& why) {
    log::warning("the indexer was told an error", {{"why", to_string(why)}});
  });
  pause(self, between_rounds);
  return {
      [self](const index_on&) { go_on(self); },
  };
}

} // namespace salond
