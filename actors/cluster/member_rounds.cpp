// The rounds of a node: what it says of itself each second, what it reads of others, and what it makes of that.
#include "actors/cluster/boot_clock.hpp"
#include "actors/cluster/member.hpp"
#include "config/log.hpp"
#include "persistence/store.hpp"
#include <algorithm>

namespace salond {
namespace {

using rules::cluster::membership;
using rules::cluster::node_id;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds round_length{1};
constexpr milliseconds shortest_round{100}; // a round is a commit and a look at all rows
constexpr size_t many_news = 1000;          // as many as a round reads: there may be more

rules::cluster::node_state state_of(persistence::node_state state) {
  switch (state) {
  case persistence::node_state::draining: return rules::cluster::node_state::draining;
  case persistence::node_state::apart: return rules::cluster::node_state::apart;
  case persistence::node_state::serving: break;
  }
  return rules::cluster::node_state::serving;
}

std::vector<rules::cluster::node_row> rows_of(const std::vector<persistence::stored_node>& stored) {
  std::vector<rules::cluster::node_row> result;
  for (const auto& known : stored) {
    rules::cluster::node_row row{node_id{known.run},    known.name,  known.beat, known.gone,
                                 state_of(known.state), known.homes, {}};
    for (const auto run : known.unreached)
      row.unreached.push_back(node_id{run});
    result.push_back(std::move(row));
  }
  return result;
}

const char* to_string(membership::standing standing) {
  switch (standing) {
  case membership::standing::fine: return "this node beats again";
  case membership::standing::doubtful: return "this node cannot beat: others may take it for lost";
  case membership::standing::closing: return "this node cannot beat, and others do";
  case membership::standing::gone: break;
  }
  return "others took this node for lost, and go on with its work";
}

} // namespace

void cluster_member::beat() {
  for (auto full = boot_now(), due = full;;) {
    {
      std::unique_lock lock{mutex_};
      if (!pause(lock, due))
        return;
    }
    const auto began = boot_now();
    const bool counts = began >= full;
    if (counts)
      full = began + round_length;
    round(counts);
    due = next_round(began, full);
  }
}

/// When the next round is due: early where there are news.
instant cluster_member::next_round(instant began, instant full) {
  std::unique_lock lock{mutex_};
  const auto left = std::max(full - boot_now(), instant::duration::zero());
  changed_.wait_for(lock, left, [this] { return stopping_ || hurries_; });
  return std::exchange(hurries_, false) ? std::min(began + shortest_round, full) : full;
}

/// `counts`: others are judged by it, and this node by its failure; else it only brings news.
void cluster_member::round(bool counts) {
  const auto began = boot_now();
  persistence::node_report report;
  {
    const std::lock_guard lock{mutex_};
    alive_.answered = instant{instant::duration{answered_.load(std::memory_order_relaxed)}};
    if (alive_.turned != instant{} && !alive_.may_beat(began)) { // not before the node has begun to serve
      return fail_round(counts);
    }
    report = report_;
    report.news_read = news_read_;
    if (members_.has_gap(began)) // who is lost is to be taken for lost, before anybody is found not to be reached
      reach_.forget();
    report.unreached = runs_of(reach_.unreached(members_.self(), members_.rows(), began));
  }
  try {
    take(in_.beats->beat(report), began, counts);
  } catch (const persistence::store_error& why) {
    log::debug("a beat failed", {{"why", why.what()}});
    const std::lock_guard lock{mutex_};
    fail_round(counts);
  }
}

/// REQUIRES: the lock.
void cluster_member::fail_round(bool counts) {
  if (!counts)
    return;
  members_.round_failed();
  look_at_standing();
}

void cluster_member::take(const persistence::beaten& answer, instant began, bool counts) {
  std::function<bool(const std::vector<persistence::stored_news>&)> take_news;
  bool was_fine = false, is_fine = false;
  {
    const std::lock_guard lock{mutex_};
    was_fine = members_.standing_at(boot_now()) == membership::standing::fine;
    auto lost =
        counts ? members_.round_succeeded(began, boot_now(), rows_of(answer.rows)) : std::vector<membership::lost>{};
    clears_ = clears_ || somebody_left(answer.rows);
    rows_ = answer.rows;
    take_news = take_news_;
    if (answer.gone)
      members_.found_gone(node_id{run_});
    look_at_standing();
    is_fine = told_standing_ == membership::standing::fine;
    if (counts && told_standing_ != membership::standing::gone) // who is gone ends nobody else
      begin(failovers_.round(std::move(lost)));
  }
  changed_.notify_all();
  tell_of_round(answer, is_fine && !was_fine);
  if (!answer.news.empty() && take_news && take_news(answer.news)) { // else they are read again
    const std::lock_guard lock{mutex_};
    news_read_ = answer.news.back().number;
    hurries_ = hurries_ || answer.news.size() >= many_news;
  }
  tell_if_gone();
  if (is_fine)
    try_to_change_state();
}

/// Whether a run ended that lived before, perhaps by itself: who was still connected with it is not any more.
/// REQUIRES: the lock.
bool cluster_member::somebody_left(const std::vector<persistence::stored_node>& now) const {
  return std::any_of(rows_.begin(), rows_.end(), [&now](const auto& before) {
    const auto row =
        std::find_if(now.begin(), now.end(), [&before](const auto& found) { return found.run == before.run; });
    return !before.gone && (row == now.end() || row->gone);
  });
}

/// Whether this node's state is to change to that, going by these rows (rules/cluster/reach.hpp).
bool cluster_member::is_to_be(persistence::node_state next, const std::vector<rules::cluster::node_row>& rows) {
  const std::lock_guard lock{mutex_};
  const auto self = members_.self();
  if (next == persistence::node_state::serving)
    return reach_.holds(self, rows, boot_now()) && rules::cluster::may_return(rows, self);
  const auto aside = rules::cluster::who_steps_aside(rows);
  return std::find(aside.begin(), aside.end(), self) != aside.end();
}

/// A beat that was made counts, whatever becomes of this.
void cluster_member::try_to_change_state() {
  try {
    step_aside_or_back();
  } catch (const persistence::store_error& why) {
    log::debug("this node's state could not be changed", {{"why", why.what()}});
  }
}

/// Of two nodes that do not reach one another one serves nobody, until it reaches all others again.
void cluster_member::step_aside_or_back() {
  using persistence::node_state;
  if (state() == node_state::draining)
    return;
  if (drains()) // once for all
    return begin_to_drain();
  if (enters())
    return begin_to_serve();
  const auto next = state() == node_state::serving ? node_state::apart : node_state::serving;
  if (!is_to_be(next, rows()))
    return;
  const auto may = [this, next](const std::vector<persistence::stored_node>& now) {
    return is_to_be(next, rows_of(now));
  };
  if (!in_.beats->change_state(next, may))
    return;
  state_ = next;
  next == node_state::apart
      ? log::warning("this node does not reach another one that serves, and steps aside until it does", {{"run", run_}})
      : log::info("this node reaches all others, and serves again", {{"run", run_}});
}

bool cluster_member::drains() const {
  const std::lock_guard lock{mutex_};
  return drains_;
}

/// Once a peer has reached it.
void cluster_member::begin_to_serve() {
  using persistence::node_state;
  {
    const std::lock_guard lock{mutex_};
    if (!let_in_)
      return;
  }
  if (!in_.beats->change_state(node_state::serving, [](const auto&) { return true; }))
    return;
  state_ = node_state::serving;
  enters_ = false;
  tell_if_serving();
}

void cluster_member::begin_to_drain() {
  using persistence::node_state;
  if (!in_.beats->change_state(node_state::draining, [](const auto&) { return true; }))
    return;
  state_ = node_state::draining;
  log::info("this node gives its salons to others", {{"run", run_}});
}

void cluster_member::tell_of_round(const persistence::beaten& answer, bool sure_again) {
  membership_events tell;
  std::vector<persistence::stored_node> living;
  {
    const std::lock_guard lock{mutex_};
    tell = links_;
    std::copy_if(answer.rows.begin(), answer.rows.end(), std::back_inserter(living),
                 [this](const auto& row) { return !members_.knows_gone(node_id{row.run}); });
  }
  if (!tell.living)
    return;
  if (sure_again)
    tell.sure();
  tell.living(living);
}

/// REQUIRES: the lock.
void cluster_member::look_at_standing() {
  const auto now = members_.standing_at(boot_now());
  if (std::exchange(told_standing_, now) == now)
    return;
  now == membership::standing::fine ? log::info(to_string(now), {{"run", run_}})
                                    : log::warning(to_string(now), {{"run", run_}});
}

} // namespace salond
