// A thread that works for the store: takes what waits, runs writes as groups, one transaction each, and gives the
// answers back. Knows no CAF, so that persistence can be read, and this tested, alone.
#pragma once
#include "actors/store_job.hpp"
#include "protocol/words/fault.hpp"
#include "protocol/words/time.hpp"
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace salond {

class store_worker {
public:
  struct task {
    any_job job;
    instant since;
    std::function<void(std::optional<fault>)> answer; ///< called by the owner, behind take_finished()
    std::optional<fault> verdict;
  };

  /// What a read sees: what is there now, by store::read(); or one state however long it takes, by store::snapshot().
  enum class reading { now, one_state };

  /// Works on `db` until stopped. `finished` is called on the worker's thread when take_finished() has something
  /// again; `broken` when the store can no longer be trusted (the process must end).
  store_worker(persistence::store& db, std::function<void()> finished, std::function<void(const std::string&)> broken,
               reading mode = reading::now);

  /// stop(), if it was not called.
  ~store_worker();
  store_worker(const store_worker&) = delete;
  store_worker& operator=(const store_worker&) = delete;

  /// Queues a task. The thread takes it when it is done with its group; when it rests, at begin().
  void put(task added);
  void begin();
  std::vector<task> take_finished();

  /// Where one group has run since `then` or longer, the database is away: tasks that have waited behind it for as long
  /// are finished with fault::storage, and never run.
  void refuse_behind(instant then);

  /// Asks all tasks to end soon.
  void abandon();

  /// Finishes all tasks and ends the thread.
  void stop();

  size_t waiting() const;
  /// Of these the writes that somebody would miss: store_job::lasts().
  size_t lasting() const;
  /// Whether the database refused the last write, or read.
  bool write_refused() const { return write_refused_; }
  bool read_refused() const { return read_refused_; }
  /// Groups that wrote: how many, how long in all, and the longest of the last ten to twenty seconds.
  struct effort {
    uint64_t groups = 0;
    std::chrono::microseconds busy{0}, longest{0};
  };
  effort count_effort() const;
  /// Since when the task that waits longest has waited; nothing when none does.
  std::optional<instant> oldest() const;
  /// Since when the transaction that runs has run; nothing when none does.
  std::optional<instant> running() const;

private:
  void work();
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  bool do_late_work(std::unique_lock<std::mutex>& lock);
  void note_effort(instant now);
  void run_group();
  void finish_first(size_t count);
  size_t run_writes(size_t from, size_t to);
  void run_read(task& read);
  void shift();

  persistence::store& db_;
  std::function<void()> finished_callback_;
  std::function<void(const std::string&)> broken_;
  const reading mode_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<task> incoming_;
  size_t taken_ = 0; ///< of incoming_, from its front
  std::vector<task> finished_;
  std::optional<instant> running_since_;
  std::vector<task> group_;                     ///< in work: meanwhile the thread alone touches it, but for the jobs
  effort effort_;                               ///< its longest: of the span since span_began_
  std::chrono::microseconds longest_before_{0}; ///< of the span before
  instant span_began_{};
  bool stopping_ = false;
  std::atomic<bool> write_refused_{false}, read_refused_{false};
  std::thread thread_; ///< last: it uses all the others
};

} // namespace salond
