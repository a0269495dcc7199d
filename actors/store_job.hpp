// A question to the store, as the function that asks it. Runs on one of persistence's threads: it captures values only,
// and its result is read by the asker once store_done has come.
#pragma once
#include "persistence/store.hpp"
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace salond {

class store_job {
public:
  virtual ~store_job() = default;

  /// Asks. May run again from the start when the database undid the transaction; the last run counts.
  virtual void run(persistence::store& db) = 0;

  /// From any thread, at the end of the server: nobody waits for it any longer. run() throws store_error, or begins no
  /// more, as soon as it can. A job that is short need not hear of it.
  virtual void abandon() {}

  /// Whether anybody misses it should it never run: not where a start makes it good, or the log has it.
  virtual bool lasts() const { return true; }

  /// It will run next, and is not changed any more. Answers roughly what it sends to the database: groups are cut by
  /// it. 4,096 a row, so that 1 MiB is 256 rows.
  virtual size_t take() { return 4096; }
};

/// A job whose result is that of `ask`, a function of the store.
template <class Ask>
class typed_job final : public store_job {
public:
  using result_type = std::decay_t<std::invoke_result_t<Ask&, persistence::store&>>;

  explicit typed_job(Ask ask, bool lasts = true) : ask_(std::move(ask)), lasts_(lasts) {}
  void run(persistence::store& db) override { result = ask_(db); }
  bool lasts() const override { return lasts_; }

  result_type result{};

private:
  Ask ask_;
  const bool lasts_;
};

template <class Ask>
std::shared_ptr<typed_job<Ask>> make_store_job(Ask ask) {
  return std::make_shared<typed_job<Ask>>(std::move(ask));
}
/// The same for what nobody misses.
template <class Ask>
std::shared_ptr<typed_job<Ask>> make_passing_job(Ask ask) {
  return std::make_shared<typed_job<Ask>>(std::move(ask), false);
}

} // namespace salond
