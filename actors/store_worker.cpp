#include "actors/store_worker.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <iterator>

namespace salond {
namespace {

// A group is cut here: throughput grows by 1.3 from 100 rows to 1,000, latency by 8; and 1 MiB is far below every
// max_allowed_packet (docs/decisions/0003-questions-to-the-store.md).
constexpr size_t max_group_weight = 1 << 20;
constexpr size_t max_group_tasks = 256;
// The longest transaction of this span and the one before is told, to everybody who asks.
constexpr auto span = std::chrono::seconds{10};
// What another node holds is free when its group is committed.
constexpr auto shortest_pause_of_late_work = std::chrono::milliseconds{100};
constexpr auto max_pause_of_late_work = std::chrono::milliseconds{2000}; // it stays held, or the database is away
constexpr int tries_at_the_end = 10;

bool is_write(const store_worker::task& task) {
  return std::holds_alternative<std::shared_ptr<write_job>>(task.job);
}

} // namespace

store_worker::store_worker(persistence::store& db, std::function<void()> finished,
                           std::function<void(const std::string&)> broken, reading mode)
    : db_(db), finished_callback_(std::move(finished)), broken_(std::move(broken)), mode_(mode),
      thread_([this] { work(); }) {}

store_worker::~store_worker() {
  stop();
}

void store_worker::put(task added) {
  std::lock_guard lock{mutex_};
  incoming_.push_back(std::move(added));
}

void store_worker::begin() {
  wake_.notify_one();
}

std::vector<store_worker::task> store_worker::take_finished() {
  std::lock_guard lock{mutex_};
  return std::exchange(finished_, {});
}

void store_worker::refuse_behind(instant then) {
  std::lock_guard lock{mutex_};
  if (!running_since_ || *running_since_ > then)
    return;
  for (; taken_ < incoming_.size() && incoming_[taken_].since <= then; ++taken_) {
    auto& task = incoming_[taken_];
    base_of(task.job).take(); // nothing is added to it any more
    task.verdict = fault::storage;
    finished_.push_back(std::move(task));
  }
  shift();
}

void store_worker::abandon() {
  std::lock_guard lock{mutex_};
  for (const auto& task : group_)
    base_of(task.job).abandon();
  for (auto i = taken_; i < incoming_.size(); ++i)
    base_of(incoming_[i].job).abandon();
}

void store_worker::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

size_t store_worker::waiting() const {
  std::lock_guard lock{mutex_};
  return incoming_.size() - taken_ + group_.size();
}

size_t store_worker::lasting() const {
  std::lock_guard lock{mutex_};
  const auto counts = [](const task& each) { return is_write(each) && base_of(each.job).lasts(); };
  const auto from = incoming_.begin() + static_cast<std::ptrdiff_t>(taken_);
  return static_cast<size_t>(std::count_if(from, incoming_.end(), counts)
                             + std::count_if(group_.begin(), group_.end(), counts));
}

std::optional<instant> store_worker::oldest() const {
  std::lock_guard lock{mutex_};
  if (!group_.empty())
    return group_.front().since;
  return taken_ < incoming_.size() ? std::optional{incoming_[taken_].since} : std::nullopt;
}

std::optional<instant> store_worker::running() const {
  std::lock_guard lock{mutex_};
  return running_since_;
}

store_worker::effort store_worker::count_effort() const {
  const std::lock_guard lock{mutex_};
  auto result = effort_;
  const auto age = std::chrono::steady_clock::now() - span_began_;
  if (age >= 2 * span)
    result.longest = {};
  else if (age < span)
    result.longest = std::max(result.longest, longest_before_);
  return result;
}

void store_worker::work() {
  std::unique_lock lock{mutex_};
  while (wait_for_work(lock)) {
    for (size_t weight = 0;
         taken_ < incoming_.size() && weight < max_group_weight && group_.size() < max_group_tasks;) {
      weight += base_of(incoming_[taken_].job).take();
      group_.push_back(std::move(incoming_[taken_++]));
    }
    shift();
    running_since_ = std::chrono::steady_clock::now();
    lock.unlock();
    run_group();
    finish_first(group_.size());
    lock.lock();
  }
}

/// Of the group. For the others a transaction begins now, or none runs.
void store_worker::finish_first(size_t count) {
  bool was_told = false; // and has not come yet
  {
    const std::lock_guard lock{mutex_};
    was_told = !finished_.empty();
    const auto now = std::chrono::steady_clock::now();
    note_effort(now);
    const auto end = group_.begin() + static_cast<std::ptrdiff_t>(count);
    finished_.insert(finished_.end(), std::make_move_iterator(group_.begin()), std::make_move_iterator(end));
    group_.erase(group_.begin(), end);
    running_since_ = group_.empty() ? std::nullopt : std::optional{now};
  }
  if (!was_told)
    finished_callback_();
}

/// False: it is to stop. Meanwhile it does what the database has put off.
bool store_worker::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto has_work = [this] { return taken_ < incoming_.size(); };
  auto pause = shortest_pause_of_late_work;
  for (int tries = 0; db_.has_late_work() && tries < tries_at_the_end; tries += stopping_ ? 1 : 0) {
    if (wake_.wait_for(lock, pause, has_work))
      return true;
    if (!do_late_work(lock) && stopping_)
      break; // each try may take as long as the database's patience
    pause = stopping_ ? shortest_pause_of_late_work : std::min(2 * pause, max_pause_of_late_work);
  }
  wake_.wait(lock, [&] { return has_work() || stopping_; });
  return has_work();
}

/// False: the database does not take it.
bool store_worker::do_late_work(std::unique_lock<std::mutex>& lock) {
  running_since_ = std::chrono::steady_clock::now();
  lock.unlock();
  bool done = false;
  try {
    db_.transact([](const persistence::writing&) {});
    done = true;
  } catch (const persistence::store_error& error) {
    using kind = persistence::store_error::kind;
    if (error.what_kind() == kind::fatal || error.what_kind() == kind::setup)
      broken_(error.what());
    else
      log::warning("the database cannot take what was put off", {{"why", error.what()}});
  } catch (const std::exception& error) {
    broken_(error.what());
  }
  lock.lock();
  running_since_.reset();
  return done;
}

/// Removes the tasks that were taken. Long queues are cut at the front in steps, so that each task is moved once on
/// average.
void store_worker::shift() {
  if (taken_ < incoming_.size() && taken_ < 1024)
    return;
  incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
}

void store_worker::note_effort(instant now) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - *running_since_);
  ++effort_.groups;
  effort_.busy += took;
  if (now - span_began_ >= span) {
    longest_before_ = now - span_began_ < 2 * span ? effort_.longest : std::chrono::microseconds{0};
    effort_.longest = {};
    span_began_ = now;
  }
  effort_.longest = std::max(effort_.longest, took);
}

void store_worker::run_group() {
  for (size_t from = 0; from < group_.size();) {
    if (!is_write(group_[from])) {
      run_read(group_[from++]);
      continue;
    }
    auto to = from;
    while (to < group_.size() && is_write(group_[to]))
      ++to;
    from = run_writes(from, to);
    if (from < to) { // committed: its answers wait for nothing
      finish_first(from);
      from = 0;
    }
  }
}

/// As many of them as go into one transaction. Answers the first one that did not.
size_t store_worker::run_writes(size_t from, size_t to) {
  using kind = persistence::store_error::kind;
  std::optional<fault> verdict;
  bool away = false;
  auto end = to;
  try {
    db_.transact([&](const persistence::writing& db) {
      end = from;
      do
        std::get<std::shared_ptr<write_job>>(group_[end++].job)->run(db);
      while (end < to && !db_.holds_up_others());
    });
  } catch (const persistence::store_error& error) {
    switch (error.what_kind()) {
    case kind::refused:
      if (to - from > 1) { // one of them was; the others shall not suffer for it
        for (auto i = from; i < to; ++i)
          run_writes(i, i + 1);
        return to;
      }
      log::error("the database refused a write", {{"why", error.what()}});
      verdict = fault::storage;
      break;
    case kind::unavailable:
      log::warning("the database cannot take a write now", {{"why", error.what()}});
      verdict = fault::storage;
      away = true;
      break;
    case kind::fatal:
    case kind::setup:
      broken_(error.what());
      verdict = fault::storage;
      break;
    }
  } catch (const std::exception& error) { // nobody foresaw it, so nobody knows what is stored
    broken_(error.what());
    verdict = fault::storage;
  }
  write_refused_ = away;
  if (verdict)
    end = to;
  for (auto i = from; i < end; ++i)
    group_[i].verdict = verdict;
  return end;
}

void store_worker::run_read(task& read) {
  bool away = false;
  auto& job = *std::get<std::shared_ptr<read_job>>(read.job);
  try {
    const auto run = [&job](const persistence::reading& db) { job.run(db); };
    if (mode_ == reading::now)
      db_.read(run);
    else if (const auto copying = job.while_copied())
      db_.long_snapshot(run, copying);
    else
      db_.snapshot(run);
  } catch (const persistence::store_error& error) {
    job.fail(error.what());
    log::warning("the database cannot answer now", {{"why", error.what()}});
    away = error.what_kind() == persistence::store_error::kind::unavailable;
    if (error.what_kind() == persistence::store_error::kind::fatal)
      broken_(error.what());
    read.verdict = fault::storage;
  } catch (const std::exception& error) {
    broken_(error.what());
    read.verdict = fault::storage;
  }
  read_refused_ = away;
}

} // namespace salond
