#include "actors/cluster/member.hpp"
#include "actors/cluster/boot_clock.hpp"
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
constexpr milliseconds between_tries{300};
constexpr size_t many_news = 1000; // as many as a round reads: there may be more
// Another's counter that stood still for one round more than a late one.
constexpr int rounds_of_doubt = 2;

rules::cluster::node_state state_of(persistence::node_state what) {
  switch (what) {
  case persistence::node_state::draining: return rules::cluster::node_state::draining;
  case persistence::node_state::apart: return rules::cluster::node_state::apart;
  case persistence::node_state::serving: break;
  }
  return rules::cluster::node_state::serving;
}

std::vector<rules::cluster::node_row> rows_of(const std::vector<persistence::stored_node>& stored) {
  std::vector<rules::cluster::node_row> result;
  for (const auto& one : stored) {
    rules::cluster::node_row row{node_id{one.run}, one.name, one.beat, one.gone, state_of(one.state), one.homes, {}};
    for (const auto run : one.unreached)
      row.unreached.push_back(node_id{run});
    result.push_back(std::move(row));
  }
  return result;
}

std::vector<int64_t> runs_of(const std::vector<node_id>& ids) {
  std::vector<int64_t> result;
  for (const auto id : ids)
    result.push_back(id.value);
  return result;
}

const char* to_string(membership::standing what) {
  switch (what) {
  case membership::standing::fine: return "this node beats again";
  case membership::standing::doubtful: return "this node cannot beat: others may take it for lost";
  case membership::standing::closing: return "this node cannot beat, and others do";
  case membership::standing::gone: break;
  }
  return "others took this node for lost, and go on with its work";
}

} // namespace

cluster_member::cluster_member(persistence::joined_node in)
    : in_(std::move(in)), run_(in_.run), answered_(ticks_now()), members_(node_id{run_}, boot_now()),
      news_read_(in_.last_news), failing_over_([this] { make_failovers(); }), beating_([this] { beat(); }) {}

cluster_member::~cluster_member() {
  stop();
}

int64_t cluster_member::ticks_now() {
  return boot_now().time_since_epoch().count();
}

void cluster_member::turned(const persistence::node_report& what, bool writer_waits) {
  const std::lock_guard lock{mutex_};
  alive_.turned = boot_now();
  alive_.writer_waits = writer_waits;
  report_ = what;
}

std::vector<shown_node> cluster_member::nodes() const {
  const std::lock_guard lock{mutex_};
  std::vector<shown_node> result;
  for (const auto& row : rows_) {
    const node_id id{row.run};
    if (members_.knows_gone(id))
      continue;
    const bool own = row.run == run_;
    result.push_back({row, own ? members_.standing_at(boot_now()) != membership::standing::fine
                               : members_.rounds_without_beat(id) >= rounds_of_doubt});
  }
  return result;
}

membership::standing cluster_member::standing() const {
  const std::lock_guard lock{mutex_};
  return members_.standing_at(boot_now());
}

std::vector<rules::cluster::node_row> cluster_member::rows() const {
  const std::lock_guard lock{mutex_};
  return members_.rows();
}

bool cluster_member::knows_gone(node_id run) const {
  const std::lock_guard lock{mutex_};
  return members_.knows_gone(run);
}

bool cluster_member::is_gone_within(milliseconds patience) {
  std::unique_lock lock{mutex_};
  const auto gone = [this] { return members_.standing_at(boot_now()) == membership::standing::gone; };
  return changed_.wait_for(lock, patience, [&] { return stopping_ || gone(); }) && gone();
}

void cluster_member::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto* one : {&beating_, &failing_over_})
    if (one->joinable())
      one->join();
}

void cluster_member::leave() {
  stop();
  try {
    in_.beats->leave();
  } catch (const std::exception& why) { // others take it for lost, or the next start of its folder ends it
    log::warning("the database was not told that this node ends", {{"why", why.what()}});
  }
}

bool cluster_member::pause(std::unique_lock<std::mutex>& lock, instant until) {
  const auto now = boot_now();
  return !changed_.wait_for(lock, std::max(until - now, instant::duration::zero()), [this] { return stopping_; });
}

// --- beats ---

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

void cluster_member::when_gone(std::function<void()> tell) {
  {
    const std::lock_guard lock{mutex_};
    tell_gone_ = std::move(tell);
  }
  tell_if_gone();
}

void cluster_member::when_news(std::function<bool(const std::vector<persistence::stored_news>&)> take) {
  const std::lock_guard lock{mutex_};
  take_news_ = std::move(take);
}

void cluster_member::when_wrote(std::function<void()> tell) {
  const std::lock_guard lock{mutex_};
  tell_wrote_ = std::move(tell);
}

void cluster_member::wrote_news() {
  std::function<void()> tell;
  {
    const std::lock_guard lock{mutex_};
    tell = tell_wrote_;
  }
  if (tell)
    tell();
}

void cluster_member::read_soon() {
  {
    const std::lock_guard lock{mutex_};
    hurries_ = true;
  }
  changed_.notify_all();
}

void cluster_member::drain() {
  {
    const std::lock_guard lock{mutex_};
    drains_ = hurries_ = true;
  }
  changed_.notify_all();
}

void cluster_member::end_removed(std::set<std::string> names) {
  {
    const std::lock_guard lock{mutex_};
    std::set<std::string> done;
    for (const auto& name : ended_removed_)
      if (names.erase(name) != 0) // else it was added again since
        done.insert(name);
    ended_removed_ = std::move(done);
    removed_ = std::move(names);
  }
  changed_.notify_all();
}

void cluster_member::tell_links(membership_events events) {
  const std::lock_guard lock{mutex_};
  links_ = std::move(events);
}

void cluster_member::hear_peer(node_id peer, std::optional<bool> beats) {
  const std::lock_guard lock{mutex_};
  const auto now = boot_now();
  reach_.hear(peer, now);
  if (beats)
    members_.hear_peer(*beats, now);
}

void cluster_member::lose_peer(node_id peer) {
  const std::lock_guard lock{mutex_};
  reach_.lose(peer);
}

void cluster_member::found_gone(node_id run) {
  {
    const std::lock_guard lock{mutex_};
    members_.found_gone(run);
    look_at_standing();
  }
  changed_.notify_all();
  tell_if_gone();
}

bool cluster_member::beats() const {
  const std::lock_guard lock{mutex_};
  return members_.beats(boot_now());
}

void cluster_member::tell_if_gone() {
  std::function<void()> tell;
  {
    const std::lock_guard lock{mutex_};
    if (told_standing_ == membership::standing::gone)
      tell = std::exchange(tell_gone_, nullptr);
  }
  if (tell)
    tell();
}

/// REQUIRES: the lock.
void cluster_member::look_at_standing() {
  const auto now = members_.standing_at(boot_now());
  if (std::exchange(told_standing_, now) == now)
    return;
  now == membership::standing::fine ? log::info(to_string(now), {{"run", run_}})
                                    : log::warning(to_string(now), {{"run", run_}});
}

// --- failovers ---

/// REQUIRES: the lock.
void cluster_member::begin(std::optional<failovers::step> next) {
  if (next)
    step_ = std::move(next);
}

void cluster_member::make_failovers() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || step_ || clears_ || !removed_.empty(); });
    if (stopping_)
      return;
    if (!step_ && !removed_.empty()) {
      lock.unlock();
      end_removed_now();
      lock.lock();
      continue;
    }
    if (!step_) { // the other lost ones come first
      clears_ = false;
      lock.unlock();
      const bool ended = end_presences();
      lock.lock();
      if (!ended && pause(lock, boot_now() + between_tries))
        clears_ = true; // else they would be shown, and written to, until another node is lost
      continue;
    }
    const auto step = *std::exchange(step_, std::nullopt);
    lock.unlock();
    const auto how = carry_out(step);
    lock.lock();
    const auto tell_ended = links_.ended;
    if (how == failovers::outcome::fenced) {
      log::warning("a node was lost: its work is over, and its users log in elsewhere",
                   {{"run", step.whom.node.value}});
      members_.found_gone(step.whom.node);
      clears_ = true;
    }
    begin(failovers_.answered(how, members_.rows()));
    if (how == failovers::outcome::fenced && tell_ended) {
      lock.unlock();
      tell_ended(step.whom.node);
      lock.lock();
    }
  }
}

cluster_member::failovers::outcome cluster_member::carry_out(const failovers::step& what) {
  using fencing = persistence::node_failovers::fencing;
  if (what.end_own)
    return end_own_sessions();
  try {
    const bool waits = !what.end_sessions.empty();
    if (waits)
      in_.failovers->end_sessions(runs_of(what.end_sessions));
    switch (in_.failovers->fence(what.whom.node.value, what.whom.beat, waits)) {
    case fencing::fenced: return failovers::outcome::fenced;
    case fencing::blocked: return failovers::outcome::blocked;
    case fencing::not_so: break;
    }
    return failovers::outcome::not_so;
  } catch (const persistence::store_error& why) {
    log::debug("a failover was cut off", {{"why", why.what()}});
    return failovers::outcome::unknown;
  }
}

/// However long that takes: it might hold rows that nobody else frees.
cluster_member::failovers::outcome cluster_member::end_own_sessions() {
  for (;;) {
    try {
      in_.failovers->end_own_sessions();
      return failovers::outcome::own_ended;
    } catch (const persistence::store_error&) {
      std::unique_lock lock{mutex_};
      if (!pause(lock, boot_now() + between_tries))
        return failovers::outcome::own_ended;
    }
  }
}

/// Whether these runs beat or not.
void cluster_member::end_removed_now() {
  std::set<std::string> names;
  {
    const std::lock_guard lock{mutex_};
    names = std::exchange(removed_, {});
  }
  for (const auto& name : names) {
    try {
      for (const auto run : in_.failovers->end_node(name))
        ended(node_id{run}, name);
      const std::lock_guard lock{mutex_};
      ended_removed_.insert(name);
    } catch (const persistence::store_error& why) {
      log::warning("a node that was removed is not ended yet, trying on", {{"node", name}, {"why", why.what()}});
      std::unique_lock lock{mutex_};
      removed_.insert(name);
      if (!pause(lock, boot_now() + between_tries))
        return;
    }
  }
}

void cluster_member::ended(node_id run, const std::string& name) {
  log::warning("a node was removed: its work is over", {{"node", name}, {"run", run.value}});
  std::function<void(node_id)> tell;
  {
    const std::lock_guard lock{mutex_};
    members_.found_gone(run);
    clears_ = true;
    tell = links_.ended;
  }
  if (tell)
    tell(run);
}

/// False: it is to be tried again.
bool cluster_member::end_presences() {
  try {
    if (const auto users = in_.failovers->end_presences(); users != 0)
      log::info("users of a lost node are not connected any more", {{"users", users}});
    return true;
  } catch (const persistence::store_error& why) {
    log::debug("users of a lost node are still shown as connected", {{"why", why.what()}});
    return false;
  }
}

} // namespace salond
