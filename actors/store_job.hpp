// A question to the store, or a change of it, as the function that does it. Runs on one of persistence's threads: it
// captures values only, and its result is read by the asker once store_done has come.
#pragma once
#include "persistence/store.hpp"
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace salond {

class store_job {
public:
  virtual ~store_job() = default;

  /// The server ends, and nobody waits for the job any longer. Called from any thread. run() throws store_error, or
  /// begins no more, as soon as it can. A short job need not hear of it.
  virtual void abandon() {}

  /// Whether anybody misses it should it never run: not where a start makes it good, or the log has it.
  virtual bool lasts() const { return true; }

  /// It will run next, and is not changed any more. Answers roughly what it sends to the database: groups are cut by
  /// it. 4,096 a row, so that 1 MiB is 256 rows.
  virtual size_t take() { return 4096; }
};

/// One that only asks.
class read_job : public store_job {
public:
  /// May run again from the start when the connection was lost; the last run counts.
  virtual void run(const persistence::reading& db) = 0;

  /// Where it reads all there is, for minutes: told how much of the database is copied for it, if it is; may throw
  /// store_error. Empty for all others.
  virtual persistence::copy_progress while_copied() { return {}; }
  /// The database could not answer; `why` is for an operator.
  virtual void fail(const std::string& /* why */) {}
};

class write_job : public store_job {
public:
  /// May run again from the start when the database undid the transaction; the last run counts.
  virtual void run(const persistence::writing& db) = 0;
};

using any_job = std::variant<std::shared_ptr<write_job>, std::shared_ptr<read_job>>;

/// The job, of whichever kind it is.
inline store_job& base_of(const any_job& job) {
  return std::visit([](const auto& pointer) -> store_job& { return *pointer; }, job);
}

/// A job whose result is that of `ask`, a function of what the job may do.
template <class Job, class Right, class Ask>
class typed_job final : public Job {
public:
  using result_type = std::decay_t<std::invoke_result_t<Ask&, const Right&>>;

  explicit typed_job(Ask ask, bool lasts = true) : ask_(std::move(ask)), lasts_(lasts) {}
  void run(const Right& db) override { result = ask_(db); }
  bool lasts() const override { return lasts_; }

  result_type result{};

private:
  Ask ask_;
  const bool lasts_;
};

template <class Ask>
auto make_read_job(Ask ask) {
  return std::make_shared<typed_job<read_job, persistence::reading, Ask>>(std::move(ask));
}
template <class Ask>
auto make_write_job(Ask ask) {
  return std::make_shared<typed_job<write_job, persistence::writing, Ask>>(std::move(ask));
}
/// The same for a write that nobody misses.
template <class Ask>
auto make_passing_job(Ask ask) {
  return std::make_shared<typed_job<write_job, persistence::writing, Ask>>(std::move(ask), false);
}

} // namespace salond
