#include "actors/persistence.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

using pointer = store_actor::stateful_broker_pointer<persistence_state>;

// When the oldest task has waited this long, new ones are refused at once (docs/text-protocol.md).
constexpr auto patience = std::chrono::seconds{5};

// How often the actor looks for tasks that have waited so long behind a transaction that does not end.
constexpr auto tick_length = std::chrono::seconds{1};

// Each of them may take minutes, and holds some memory.
constexpr size_t max_long_reads = 16;

bool is_write(const store_work& msg) {
  return std::holds_alternative<std::shared_ptr<write_job>>(msg.job);
}

store_worker& worker_for(persistence_state& st, const store_work& msg) {
  if (is_write(msg))
    return *st.writer;
  if (msg.is_long && st.long_reader)
    return *st.long_reader;
  return st.reader ? *st.reader : *st.writer;
}

/// Why a new question is not taken, if so.
std::optional<fault> refuses(const persistence_state& st, const store_worker& worker, instant now) {
  if (&worker == st.long_reader.get())
    return worker.waiting() >= max_long_reads ? std::optional{fault::busy} : std::nullopt;
  const auto oldest = worker.oldest();
  if (!oldest || now - *oldest < patience)
    return std::nullopt;
  const auto running = worker.running();
  return running && now - *running >= patience ? fault::storage
                                               : fault::busy; // one transaction for so long: it is away
}

void collect_from(store_worker& worker) {
  for (auto& task : worker.take_finished())
    task.answer(task.verdict);
}

void on_collect(pointer self) {
  auto& st = self->state;
  bool idle = true;
  for (auto* worker : {st.writer.get(), st.reader.get(), st.long_reader.get()})
    if (worker) {
      collect_from(*worker);
      idle = idle && worker->waiting() == 0;
    }
  if (!idle)
    return;
  for (auto& promise : st.draining)
    promise.deliver(drained{});
  st.draining.clear();
}

/// Writes begin when the loop's turn has brought them all, for a group of one costs as much as one of fifty. Reads are
/// not gathered.
void begin_later(pointer self, const store_work& msg, store_worker& worker) {
  if (!is_write(msg))
    return worker.begin();
  if (!std::exchange(self->state.beginning, true))
    self->send(self, begin_writes{});
}

void tick_later(pointer self) {
  auto& st = self->state;
  if (!std::exchange(st.ticking, true))
    self->delayed_send(self, tick_length, refuse_stale_work{});
}

/// A commit whose outcome is unknown waits for the database, however long that is away. The tasks behind it do not:
/// they are refused, as new ones are.
void on_tick(pointer self) {
  auto& st = self->state;
  st.ticking = false;
  const auto then = self->clock().now() - patience;
  for (auto* worker : {st.writer.get(), st.reader.get()})
    if (worker && worker->waiting() != 0) {
      worker->refuse_behind(then);
      tick_later(self);
    }
  on_collect(self);
}

caf::result<store_done> on_work(pointer self, const store_work& msg) {
  auto& worker = worker_for(self->state, msg);
  const auto now = self->clock().now();
  if (auto why = refuses(self->state, worker, now))
    return make_error(*why);
  auto promise = self->make_response_promise<store_done>();
  worker.put({msg.job, now,
              [promise](std::optional<fault> why) mutable {
                if (why)
                  promise.deliver(make_error(*why));
                else
                  promise.deliver(store_done{});
              },
              std::nullopt});
  begin_later(self, msg, worker);
  tick_later(self);
  return promise;
}

counted_work counted(pointer self) {
  const auto& st = self->state;
  const auto effort = st.writer->count_effort();
  const auto since = st.writer->running();
  const auto running =
      since ? std::chrono::duration_cast<std::chrono::microseconds>(self->clock().now() - *since).count() : 0;
  return {st.writer->waiting(),
          st.reader ? st.reader->waiting() : 0,
          effort.groups,
          static_cast<uint64_t>(effort.busy.count()),
          static_cast<uint64_t>(effort.longest.count()),
          static_cast<uint64_t>(std::max<int64_t>(0, running)),
          st.writer->lasting(),
          st.writer->write_refused(),
          (st.reader ? st.reader : st.writer)->read_refused()};
}

} // namespace

store_actor::behavior_type persistence_of(pointer self, std::shared_ptr<std::unique_ptr<persistence::store>> db,
                                          on_broken broken) {
  auto& st = self->state;
  st.db = std::move(*db);
  st.reading_db = st.db->reader();
  st.long_reading_db = st.db->reader();
  self->set_error_handler([](caf::error& why) {
    log::warning("persistence was told an error", {{"why", to_string(why)}});
  });
  const auto weak = caf::actor_cast<caf::actor_addr>(self);
  const auto finished = [weak] {
    if (auto owner = caf::actor_cast<store_actor>(weak))
      caf::anon_send(owner, collect_answers{});
  };
  st.writer = std::make_unique<store_worker>(*st.db, finished, broken);
  if (st.reading_db)
    st.reader = std::make_unique<store_worker>(*st.reading_db, finished, broken);
  if (st.long_reading_db)
    st.long_reader =
        std::make_unique<store_worker>(*st.long_reading_db, finished, broken, store_worker::reading::one_state);
  return {
      [self](const store_work& msg) { return on_work(self, msg); },
      [self](const count_work&) { return counted(self); },
      [self](const drain&) {
        auto promise = self->make_response_promise<drained>();
        self->state.draining.push_back(promise);
        if (self->state.long_reader)
          self->state.long_reader->abandon();
        self->send(self, collect_answers{});
        return promise;
      },
      [self](const collect_answers&) { on_collect(self); },
      [self](const begin_writes&) {
        self->state.beginning = false;
        self->state.writer->begin();
      },
      [self](const refuse_stale_work&) { on_tick(self); },
  };
}

} // namespace salond
