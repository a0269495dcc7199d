// Asking the store, in one call.
#pragma once
#include "actors/interfaces/persistence.hpp"

namespace salond {

/// Runs `ask(store&)` and then, in the asker, `then(result)` or `otherwise(fault)`. Waits for the answer however long
/// it takes: persistence is local and always answers, and a write that were given up could still be stored.
template <class Self, class Ask, class Then, class Otherwise>
void ask_store(Self* self, const store_actor& store, store_work::kind how, Ask ask, Then then, Otherwise otherwise) {
  auto job = make_store_job(std::move(ask));
  self->request(store, caf::infinite, store_work{how, job})
      .then([job, then = std::move(then)](const store_done&) mutable { then(job->result); },
            [otherwise = std::move(otherwise)](caf::error& why) mutable { otherwise(fault_of(why)); });
}

/// Runs `ask(store&)`, a write, and forgets about it: for improvements whose loss harms nobody.
template <class Ask>
void tell_store(const store_actor& store, Ask ask) {
  auto work = [ask = std::move(ask)](persistence::store& db) mutable {
    ask(db);
    return done{};
  };
  caf::anon_send(store, store_work{store_work::kind::write, make_store_job(std::move(work))});
}

} // namespace salond
