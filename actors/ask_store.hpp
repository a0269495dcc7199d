// Asks the store, in one call.
#pragma once
#include "actors/interfaces/persistence.hpp"
#include "protocol/words/outcome.hpp"

namespace salond {

/// What may be done in the store, and by whom.
namespace decisions = persistence::decisions;

/// Has the job run, and then calls `then(result)` or `otherwise(fault)` in the actor that asks. Waits for the answer
/// however long it takes: persistence is local and always answers, and a write that was given up could still be stored.
template <class Self, class Job, class Then, class Otherwise>
void have_done(Self* self, const store_actor& store, const std::shared_ptr<Job>& job, bool is_long, Then then,
               Otherwise otherwise) {
  self->request(store, caf::infinite, store_work{job, is_long})
      .then([job, then = std::move(then)](const store_done&) mutable { then(job->result); },
            [otherwise = std::move(otherwise)](caf::error& why) mutable { otherwise(fault_of(why)); });
}

/// Runs `ask(reading)` on what is committed.
template <class Self, class Ask, class Then, class Otherwise>
void read_store(Self* self, const store_actor& store, Ask ask, Then then, Otherwise otherwise) {
  have_done(self, store, make_read_job(std::move(ask)), false, std::move(then), std::move(otherwise));
}

/// Runs `ask(writing)`, and answers once that is durable. A question that must come behind earlier writes is asked like
/// this, too.
template <class Self, class Ask, class Then, class Otherwise>
void write_store(Self* self, const store_actor& store, Ask ask, Then then, Otherwise otherwise) {
  have_done(self, store, make_write_job(std::move(ask)), false, std::move(then), std::move(otherwise));
}

/// Runs `ask(writing)`, and forgets about it: for improvements whose loss harms nobody.
template <class Ask>
void tell_store(const store_actor& store, Ask ask) {
  auto work = [ask = std::move(ask)](const persistence::writing& db) mutable {
    ask(db);
    return done{};
  };
  caf::anon_send(store, store_work{make_write_job(std::move(work))});
}

} // namespace salond
