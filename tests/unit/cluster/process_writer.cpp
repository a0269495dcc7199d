// A node's writer: groups in a transaction each, whose outcome is found out before anybody is answered
// (persistence/mysql/transact.cpp does it).
#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {
namespace {

constexpr ticks patience = 1500 * millisecond, waits_for = 5 * second;
constexpr size_t max_jobs = 8;

} // namespace

request process::of_writer(request::kind kind) const {
  request asked;
  asked.type = kind;
  asked.by = run_;
  asked.over = connection::writer;
  asked.session = sessions_[static_cast<size_t>(connection::writer)];
  return asked;
}

void process::write(job work) {
  jobs_.emplace_back(world_.now(), std::move(work));
  if (live_.writer_waits) {
    live_.writer_waits = false;
    live_.answered = now();
    world_.after(*this, part::io_thread, 100, [this] { write_next(); });
  }
}

void process::write_next() {
  while (!jobs_.empty() && world_.now() - jobs_.front().first > waits_for) { // it never began
    const auto work = std::move(jobs_.front().second);
    jobs_.pop_front();
    finish(work, {}, false);
  }
  live_.writer_waits = jobs_.empty();
  if (jobs_.empty())
    return;
  group_.emplace();
  group_->since = world_.now();
  for (; !jobs_.empty() && group_->jobs.size() < max_jobs; jobs_.pop_front())
    group_->jobs.push_back(std::move(jobs_.front().second));
  if (connected_)
    begin_group();
  else
    reconnect();
}

void process::begin_group() {
  auto asked = of_writer(request::kind::statements);
  asked.jobs = group_->jobs;
  asked.batch = batch_;
  world_.ask(*this, part::io_thread, std::move(asked), patience, [this](const answer* back) { statements_done(back); });
}

void process::statements_done(const answer* back) {
  live_.answered = now();
  if (back && back->gone) {
    members_->found_gone(run_);
    look();
    return;
  }
  if (back && back->blocked && world_.now() - group_->since < waits_for)
    return world_.after(*this, part::io_thread, 50 * millisecond, [this] { begin_group(); });
  if (back && back->blocked)
    return group_over(false);
  if (!back || !back->done)
    return writer_lost();
  group_->results = back->results;
  group_->commit_sent = true;
  world_.ask(*this, part::io_thread, of_writer(request::kind::commit), patience,
             [this](const answer* done) { commit_done(done); });
}

void process::commit_done(const answer* back) {
  live_.answered = now();
  if (!back || !back->done)
    return writer_lost();
  ++batch_;
  group_over(true);
}

void process::writer_lost() {
  connected_ = false;
  ++sessions_[static_cast<size_t>(connection::writer)];
  if (group_->commit_sent && world_.mistake() == planted::outcome_guessed)
    group_over(false);
  else
    world_.after(*this, part::io_thread, world_.luck().between(50, 300) * millisecond, [this] { reconnect(); });
}

void process::reconnect() {
  world_.ask(*this, part::io_thread, of_writer(request::kind::connect), patience,
             [this](const answer* back) { reconnected(back); });
}

void process::reconnected(const answer* back) {
  live_.answered = now();
  if (!back || !back->done) {
    ++sessions_[static_cast<size_t>(connection::writer)];
    if (!group_->commit_sent && world_.now() - group_->since > waits_for)
      return group_over(false);
    return world_.after(*this, part::io_thread, world_.luck().between(200, 800) * millisecond, [this] { reconnect(); });
  }
  if (back->gone) {
    members_->found_gone(run_);
    look();
    return;
  }
  connected_ = true;
  const bool committed = group_->commit_sent && back->batch == batch_ + 1;
  batch_ = back->batch;
  group_->commit_sent = false;
  if (committed)
    return group_over(true);
  begin_group();
}

void process::group_over(bool stored) {
  auto over = std::move(*group_);
  group_.reset();
  for (auto& where : salons_) {
    std::vector<cluster::stored_row> rows;
    std::vector<cluster::refusal> refused;
    for (const auto& job : over.jobs) {
      if (job.type != job::kind::append || job.place != where.place || !where.home || where.home->epoch() != job.epoch)
        continue;
      if (stored)
        rows.push_back(job.row);
      else
        refused.push_back({job.row.number, fault::storage});
    }
    if (!rows.empty() || !refused.empty())
      decide(where, rows, refused);
  }
  for (size_t i = 0; i < over.jobs.size(); ++i)
    if (over.jobs[i].type != job::kind::append)
      finish(over.jobs[i], stored ? over.results[i] : job_result{}, stored);
  write_next();
}

void process::finish(const job& work, const job_result& result, bool stored) {
  auto& where = salons_[static_cast<size_t>(work.place)];
  switch (work.type) {
  case job::kind::append: // refused before it began
    if (where.home && where.home->epoch() == work.epoch)
      decide(where, {}, {{work.row.number, fault::storage}});
    break;
  case job::kind::claim:
    where.claiming = false;
    if (stored)
      claimed(work, result);
    else
      where.asked.clear();
    break;
  case job::kind::hand_over: left(work, stored && result.done); break;
  case job::kind::tell_news: break;
  }
}

} // namespace salond::simulation
