#include "tests/unit/cluster/store.hpp"
#include <algorithm>

namespace salond::simulation {
namespace {

constexpr ticks lock_wait = second;

// The rows that are locked, by a number each.
int node_lock(node_id run) {
  return 1000 + static_cast<int>(run.value);
}
int writer_lock(node_id run) {
  return 2000 + static_cast<int>(run.value);
}
int home_lock(int place) {
  return 3000 + place;
}
constexpr int news_lock = 4000;

answer session_lost() {
  answer result;
  result.lost = true;
  return result;
}

answer plainly_done() {
  answer result;
  result.done = true;
  return result;
}

} // namespace

bool store::session_ended(const request& asked) const {
  if (asked.by.value == 0 || asked.over == connection::reader) // readers have a fresh one whenever they need it
    return false;
  const auto run = static_cast<size_t>(asked.by.value - 1);
  return ended_sessions_[run][static_cast<size_t>(asked.over)] >= asked.session;
}

std::vector<int> store::locks_of(const request& asked) const {
  std::vector<int> result;
  switch (asked.type) {
  case request::kind::beat: return {node_lock(asked.by)};
  case request::kind::fence: return {node_lock(asked.whom.node), writer_lock(asked.whom.node)};
  case request::kind::join:
    for (const auto& row : rows_)
      if (row.name == asked.name && !row.gone) {
        result.push_back(node_lock(row.id));
        result.push_back(writer_lock(row.id));
      }
    return result;
  default: break;
  }
  if (fault_ != planted::fence_only_read)
    result.push_back(writer_lock(asked.by));
  for (const auto& job : asked.jobs) {
    if (job.type == job::kind::claim || job.type == job::kind::hand_over)
      result.push_back(home_lock(job.place));
    if (job.type == job::kind::tell_news && fault_ != planted::news_by_row_number)
      result.push_back(news_lock);
  }
  std::sort(result.begin(), result.end());
  return result;
}

void store::hear(const exchange_ptr& asked) {
  const auto& wanted = asked->wanted;
  if (wanted.type == request::kind::connect) {
    const auto run = static_cast<size_t>(wanted.by.value - 1);
    end_sessions(wanted.by, wanted.over);
    known_sessions_[run][static_cast<size_t>(wanted.over)] = wanted.session;
    answer back;
    back.done = true;
    back.batch = writers_[run].batch;
    back.gone = writers_[run].fenced;
    return around_.respond(asked, back);
  }
  if (session_ended(wanted))
    return around_.respond(asked, session_lost());
  if (wanted.by.value)
    known_sessions_[static_cast<size_t>(wanted.by.value - 1)][static_cast<size_t>(wanted.over)] = wanted.session;
  switch (wanted.type) {
  case request::kind::join:
    for (const auto& row : rows_)
      if (row.name == wanted.name)
        end_sessions(row.id);
    [[fallthrough]];
  case request::kind::beat:
  case request::kind::statements:
  case request::kind::fence: return begin(asked, locks_of(wanted));
  case request::kind::commit: return commit(asked);
  case request::kind::end_sessions:
    for (const auto run : wanted.runs)
      end_sessions(run);
    return around_.respond(asked, plainly_done());
  case request::kind::set_state: return around_.respond(asked, set_state(wanted));
  case request::kind::hand_over:
    homes_[static_cast<size_t>(wanted.place)] = cluster::home_row{wanted.runs.front(), {wanted.after + 1}};
    return around_.respond(asked, plainly_done());
  default: return around_.respond(asked, read(wanted));
  }
}

// --- locks ---

bool store::taken(int lock, int by) const {
  return std::any_of(open_.begin(), open_.end(), [lock, by](const transaction& other) {
    const auto end = other.locks.begin() + static_cast<std::ptrdiff_t>(other.held);
    return other.number != by && std::find(other.locks.begin(), end, lock) != end;
  });
}

void store::begin(const exchange_ptr& asked, std::vector<int> locks) {
  transaction fresh;
  fresh.asked = asked;
  fresh.locks = std::move(locks);
  fresh.number = ++made_;
  open_.push_back(std::move(fresh));
  go_on(made_);
}

void store::go_on(int number) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [number](const transaction& transaction) { return transaction.number == number; });
  if (found == open_.end() || found->open)
    return;
  while (found->held < found->locks.size() && !taken(found->locks[found->held], number))
    ++found->held;
  if (found->held == found->locks.size())
    return run(*found);
  if (found->waits)
    return;
  found->waits = true;
  if (!found->asked->wanted.waits)
    return give_up(number);
  around_.after(lock_wait, [this, number] { give_up(number); });
}

void store::give_up(int number) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [number](const transaction& transaction) { return transaction.number == number; });
  if (found == open_.end() || found->open)
    return;
  answer back;
  back.blocked = true;
  around_.respond(found->asked, back);
  remove(number);
}

void store::remove(int number) {
  open_.erase(std::remove_if(open_.begin(), open_.end(),
                             [number](const transaction& transaction) { return transaction.number == number; }),
              open_.end());
  std::vector<int> waiting;
  for (const auto& each : open_)
    if (!each.open)
      waiting.push_back(each.number);
  for (const auto next : waiting)
    go_on(next);
}

// --- transactions ---

void store::run(transaction& group) {
  const auto asked = group.asked;
  const auto number = group.number;
  group.open = true;
  switch (asked->wanted.type) {
  case request::kind::beat: around_.respond(asked, beat(asked->wanted)); return remove(number);
  case request::kind::join: around_.respond(asked, join(asked->wanted)); return remove(number);
  default: break;
  }
  auto back = run_statements(group);
  const bool done = back.done;
  around_.respond(asked, std::move(back));
  if (!done)
    remove(number);
}

answer store::run_statements(transaction& group) {
  const auto& asked = group.asked->wanted;
  answer back;
  if (asked.type == request::kind::fence) {
    const auto& row = row_of(asked.whom.node);
    back.done = !row.gone && row.beat == asked.whom.beat;
    return back;
  }
  const auto& writer = writers_[static_cast<size_t>(asked.by.value - 1)];
  back.gone = writer.fenced;
  back.done = !writer.fenced && writer.batch == asked.batch;
  if (!back.done)
    return back;
  for (const auto& job : asked.jobs)
    group.results.push_back(run_job(group, job));
  back.results = group.results;
  return back;
}

job_result store::run_job(transaction& group, const job& work) {
  job_result result;
  const auto& by = group.asked->wanted.by;
  const auto place = static_cast<size_t>(work.place);
  result.row = homes_[place];
  if (fault_ == planted::claim_unlocked && work.type == job::kind::claim && work.seen_row)
    result.row = work.seen_row;
  if (work.type == job::kind::tell_news && fault_ == planted::news_by_row_number)
    group.early_news.emplace_back(++last_news_, static_cast<int>(work.row.seq));
  if (work.type == job::kind::hand_over)
    result.done = result.row && result.row->node == by && result.row->epoch == work.epoch;
  if (work.type != job::kind::claim)
    return result;
  const bool own = result.row && result.row->node == by;
  const bool gone = result.row && (row_of(result.row->node).gone || result.row->node == work.taken_for_gone);
  const auto next = cluster::claimed(result.row, gone, by);
  result.done = next && (own || !work.only_own);
  if (!result.done)
    return result;
  const bool early = result.row && work.early_number.first == result.row->node;
  result.last_seq = early ? work.early_number.second : truth_.last_seq(work.place);
  result.row = next;
  for (const auto& before : group.asked->wanted.jobs) // of the same transaction
    if (before.type == job::kind::append && before.place == work.place)
      result.last_seq = std::max(result.last_seq, before.row.seq);
  return result;
}

void store::commit(const exchange_ptr& asked) {
  const auto same = [&asked](const transaction& transaction) {
    return transaction.open && transaction.asked->wanted.by == asked->wanted.by
           && transaction.asked->wanted.over == asked->wanted.over;
  };
  const auto found = std::find_if(open_.begin(), open_.end(), same);
  if (found == open_.end())
    return around_.respond(asked, session_lost());
  const auto number = found->number;
  apply(*found);
  around_.respond(asked, plainly_done());
  remove(number);
}

void store::apply(const transaction& group) {
  const auto& asked = group.asked->wanted;
  if (asked.type == request::kind::fence)
    return apply_fence(group);
  ++writers_[static_cast<size_t>(asked.by.value - 1)].batch;
  auto early = group.early_news.begin();
  for (size_t i = 0; i < asked.jobs.size(); ++i) {
    const auto& one = asked.jobs[i];
    const auto place = static_cast<size_t>(one.place);
    switch (one.type) {
    case job::kind::append: apply_append(asked.by, one); break;
    case job::kind::claim:
      if (group.results[i].done)
        homes_[place] = group.results[i].row;
      break;
    case job::kind::hand_over:
      if (group.results[i].done)
        homes_[place] = cluster::home_row{one.to, {one.epoch.value + 1}};
      break;
    case job::kind::tell_news:
      if (fault_ == planted::news_by_row_number) {
        news_.push_back({early->first, early->second});
        ++early;
      } else {
        news_.push_back({++last_news_, static_cast<int>(one.row.seq)});
      }
      break;
    }
  }
}

void store::apply_append(node_id by, const job& work) {
  const auto& home = homes_[static_cast<size_t>(work.place)];
  const bool holds = home && home->node == by && home->epoch == work.epoch;
  truth_.stored(work.place, {work.row.seq, work.row.number, judge::text_of(work.row.text)}, holds);
}

void store::apply_fence(const transaction& group) {
  auto& row = row_of(group.asked->wanted.whom.node);
  around_.trace("store: node " + row.name + " (run " + std::to_string(row.id.value) + ") is gone");
  row.gone = true;
  writers_[static_cast<size_t>(row.id.value - 1)].fenced = true;
  truth_.ended_by_others(row.name, around_.excusable(row));
}

// --- sessions ---

void store::end_sessions(node_id run) {
  for (const auto over : {connection::beats, connection::writer, connection::failover, connection::reader})
    end_sessions(run, over);
}

void store::end_sessions(node_id run, connection over) {
  const auto at = static_cast<size_t>(run.value - 1);
  const auto which = static_cast<size_t>(over);
  ended_sessions_[at][which] = known_sessions_[at][which];
  std::vector<int> theirs;
  for (const auto& each : open_)
    if (each.asked->wanted.by == run && each.asked->wanted.over == over)
      theirs.push_back(each.number);
  for (const auto number : theirs)
    remove(number);
}

void store::restart() {
  ended_sessions_ = known_sessions_;
  open_.clear();
}

} // namespace salond::simulation
