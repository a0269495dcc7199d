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

bool store::session_ended(const request& what) const {
  if (what.by.value == 0 || what.over == connection::reader) // readers have a fresh one whenever they need it
    return false;
  const auto run = static_cast<size_t>(what.by.value - 1);
  return ended_sessions_[run][static_cast<size_t>(what.over)] >= what.session;
}

std::vector<int> store::locks_of(const request& what) const {
  std::vector<int> result;
  switch (what.what) {
  case request::kind::beat: return {node_lock(what.by)};
  case request::kind::fence: return {node_lock(what.whom.node), writer_lock(what.whom.node)};
  case request::kind::join:
    for (const auto& row : rows_)
      if (row.name == what.name && !row.gone) {
        result.push_back(node_lock(row.id));
        result.push_back(writer_lock(row.id));
      }
    return result;
  default: break;
  }
  if (fault_ != planted::fence_only_read)
    result.push_back(writer_lock(what.by));
  for (const auto& one : what.jobs) {
    if (one.what == job::kind::claim || one.what == job::kind::hand_over)
      result.push_back(home_lock(one.place));
    if (one.what == job::kind::tell_news && fault_ != planted::news_by_row_number)
      result.push_back(news_lock);
  }
  std::sort(result.begin(), result.end());
  return result;
}

void store::hear(const exchange_ptr& asked) {
  const auto& what = asked->what;
  if (what.what == request::kind::connect) {
    const auto run = static_cast<size_t>(what.by.value - 1);
    end_sessions(what.by, what.over);
    known_sessions_[run][static_cast<size_t>(what.over)] = what.session;
    answer back;
    back.done = true;
    back.batch = writers_[run].batch;
    back.gone = writers_[run].fenced;
    return around_.respond(asked, back);
  }
  if (session_ended(what))
    return around_.respond(asked, session_lost());
  if (what.by.value)
    known_sessions_[static_cast<size_t>(what.by.value - 1)][static_cast<size_t>(what.over)] = what.session;
  switch (what.what) {
  case request::kind::join:
    for (const auto& row : rows_)
      if (row.name == what.name)
        end_sessions(row.id);
    [[fallthrough]];
  case request::kind::beat:
  case request::kind::statements:
  case request::kind::fence: return begin(asked, locks_of(what));
  case request::kind::commit: return commit(asked);
  case request::kind::end_sessions:
    for (const auto run : what.runs)
      end_sessions(run);
    return around_.respond(asked, plainly_done());
  case request::kind::set_state: return around_.respond(asked, set_state(what));
  case request::kind::hand_over:
    homes_[static_cast<size_t>(what.place)] = cluster::home_row{what.runs.front(), {what.after + 1}};
    return around_.respond(asked, plainly_done());
  default: return around_.respond(asked, read(what));
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
  const auto found =
      std::find_if(open_.begin(), open_.end(), [number](const transaction& one) { return one.number == number; });
  if (found == open_.end() || found->open)
    return;
  while (found->held < found->locks.size() && !taken(found->locks[found->held], number))
    ++found->held;
  if (found->held == found->locks.size())
    return run(*found);
  if (found->waits)
    return;
  found->waits = true;
  if (!found->asked->what.waits)
    return give_up(number);
  around_.after(lock_wait, [this, number] { give_up(number); });
}

void store::give_up(int number) {
  const auto found =
      std::find_if(open_.begin(), open_.end(), [number](const transaction& one) { return one.number == number; });
  if (found == open_.end() || found->open)
    return;
  answer back;
  back.blocked = true;
  around_.respond(found->asked, back);
  remove(number);
}

void store::remove(int number) {
  open_.erase(
      std::remove_if(open_.begin(), open_.end(), [number](const transaction& one) { return one.number == number; }),
      open_.end());
  std::vector<int> waiting;
  for (const auto& one : open_)
    if (!one.open)
      waiting.push_back(one.number);
  for (const auto next : waiting)
    go_on(next);
}

// --- transactions ---

void store::run(transaction& what) {
  const auto asked = what.asked;
  const auto number = what.number;
  what.open = true;
  switch (asked->what.what) {
  case request::kind::beat: around_.respond(asked, beat(asked->what)); return remove(number);
  case request::kind::join: around_.respond(asked, join(asked->what)); return remove(number);
  default: break;
  }
  auto back = run_statements(what);
  const bool done = back.done;
  around_.respond(asked, std::move(back));
  if (!done)
    remove(number);
}

answer store::run_statements(transaction& what) {
  const auto& asked = what.asked->what;
  answer back;
  if (asked.what == request::kind::fence) {
    const auto& row = row_of(asked.whom.node);
    back.done = !row.gone && row.beat == asked.whom.beat;
    return back;
  }
  const auto& writer = writers_[static_cast<size_t>(asked.by.value - 1)];
  back.gone = writer.fenced;
  back.done = !writer.fenced && writer.batch == asked.batch;
  if (!back.done)
    return back;
  for (const auto& one : asked.jobs)
    what.results.push_back(run_job(what, one));
  back.results = what.results;
  return back;
}

job_result store::run_job(transaction& what, const job& one) {
  job_result result;
  const auto& by = what.asked->what.by;
  const auto place = static_cast<size_t>(one.place);
  result.row = homes_[place];
  if (fault_ == planted::claim_unlocked && one.what == job::kind::claim && one.seen_row)
    result.row = one.seen_row;
  if (one.what == job::kind::tell_news && fault_ == planted::news_by_row_number)
    what.early_news.emplace_back(++last_news_, static_cast<int>(one.row.seq));
  if (one.what == job::kind::hand_over)
    result.done = result.row && result.row->node == by && result.row->epoch == one.epoch;
  if (one.what != job::kind::claim)
    return result;
  const bool own = result.row && result.row->node == by;
  const bool gone = result.row && (row_of(result.row->node).gone || result.row->node == one.taken_for_gone);
  const auto next = cluster::claimed(result.row, gone, by);
  result.done = next && (own || !one.only_own);
  if (!result.done)
    return result;
  const bool early = result.row && one.early_number.first == result.row->node;
  result.last_seq = early ? one.early_number.second : truth_.last_seq(one.place);
  result.row = next;
  for (const auto& before : what.asked->what.jobs) // of the same transaction
    if (before.what == job::kind::append && before.place == one.place)
      result.last_seq = std::max(result.last_seq, before.row.seq);
  return result;
}

void store::commit(const exchange_ptr& asked) {
  const auto same = [&asked](const transaction& one) {
    return one.open && one.asked->what.by == asked->what.by && one.asked->what.over == asked->what.over;
  };
  const auto found = std::find_if(open_.begin(), open_.end(), same);
  if (found == open_.end())
    return around_.respond(asked, session_lost());
  const auto number = found->number;
  apply(*found);
  around_.respond(asked, plainly_done());
  remove(number);
}

void store::apply(const transaction& what) {
  const auto& asked = what.asked->what;
  if (asked.what == request::kind::fence)
    return apply_fence(what);
  ++writers_[static_cast<size_t>(asked.by.value - 1)].batch;
  auto early = what.early_news.begin();
  for (size_t i = 0; i < asked.jobs.size(); ++i) {
    const auto& one = asked.jobs[i];
    const auto place = static_cast<size_t>(one.place);
    switch (one.what) {
    case job::kind::append: apply_append(asked.by, one); break;
    case job::kind::claim:
      if (what.results[i].done)
        homes_[place] = what.results[i].row;
      break;
    case job::kind::hand_over:
      if (what.results[i].done)
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

void store::apply_append(node_id by, const job& one) {
  const auto& home = homes_[static_cast<size_t>(one.place)];
  const bool holds = home && home->node == by && home->epoch == one.epoch;
  truth_.stored(one.place, {one.row.seq, one.row.number, judge::text_of(one.row.text)}, holds);
}

void store::apply_fence(const transaction& what) {
  auto& row = row_of(what.asked->what.whom.node);
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
  for (const auto& one : open_)
    if (one.asked->what.by == run && one.asked->what.over == over)
      theirs.push_back(one.number);
  for (const auto number : theirs)
    remove(number);
}

void store::restart() {
  ended_sessions_ = known_sessions_;
  open_.clear();
}

} // namespace salond::simulation
