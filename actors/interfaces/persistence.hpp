// The messages of PERSISTENCE. All of them stay in the process: each node asks the database itself.
#pragma once
#include "actors/interfaces/errors.hpp"
#include "actors/interfaces/in_process.hpp"
#include "actors/store_job.hpp"
#include <caf/all.hpp>
#include <memory>

namespace salond {

/// Work for the store. Writes that wait while a commit runs are committed together, in their order; reads see what is
/// committed and neither wait for writes nor delay them. Long reads see one state of the database, one after the other,
/// and delay no other read; they are abandoned when the server stops.
struct store_work {
  any_job job;
  bool is_long = false; ///< a read that takes long
};
/// The job has run, and what it wrote is durable.
struct store_done {};
/// The server stops: nothing new is asked, long reads are abandoned.
struct drain {};
/// All that was asked before is done.
struct drained {};
/// How much waits?
struct count_work {};
/// The work that waits, and the times that the store takes.
struct counted_work {
  size_t writes = 0, reads = 0;                     ///< that wait, or are in work
  uint64_t groups = 0;                              ///< transactions that wrote, since the start
  uint64_t busy_us = 0;                             ///< how long they took in all
  uint64_t longest_us = 0;                          ///< the longest of the last ten to twenty seconds
  uint64_t running_us = 0;                          ///< how long the one in work has run
  size_t lasting = 0;                               ///< of the writes: those that a start does not make good
  bool write_refused = false, read_refused = false; ///< the last one was, by the database
};
/// INTERNAL to persistence: a thread of the store has finished something.
struct collect_answers {};
/// INTERNAL to persistence: all writes that this turn of the loop brought are there.
struct begin_writes {};
/// INTERNAL to persistence: a second has passed.
struct refuse_stale_work {};

/// PERSISTENCE: the only actor that reaches the database.
using store_actor = caf::typed_actor<
    // Runs the job, and answers once it is durable. Answers storage or busy when it certainly never will be.
    caf::replies_to<store_work>::with<store_done>,
    // Answers at once.
    caf::replies_to<count_work>::with<counted_work>,
    // Answers when all that was asked before is done.
    caf::replies_to<drain>::with<drained>,
    // INTERNAL. Answers those whose work the threads have finished.
    caf::reacts_to<collect_answers>,
    // INTERNAL. Lets the writing thread take the waiting writes.
    caf::reacts_to<begin_writes>,
    // INTERNAL. Refuses work that has waited too long behind one transaction.
    caf::reacts_to<refuse_stale_work>>;

} // namespace salond
