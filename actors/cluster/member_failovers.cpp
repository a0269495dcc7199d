// What a node does to runs that are lost, and to nodes that were removed: the thread that fences them.
#include "actors/cluster/boot_clock.hpp"
#include "actors/cluster/member.hpp"
#include "config/log.hpp"
#include "persistence/store.hpp"

namespace salond {
namespace {

using rules::cluster::node_id;
using std::chrono::milliseconds;

constexpr milliseconds between_tries{300};

} // namespace

void cluster_member::end_removed(std::set<std::string> names) {
  {
    const std::lock_guard lock{mutex_};
    std::set<std::string> done;
    for (const auto& name : ended_removed_)
      if (names.erase(name) != 0) // else it was added again since
        done.insert(name);
    ended_removed_ = std::move(done);
    for (const auto& [name, tell] : tell_ended_)
      names.insert(name);
    removed_ = std::move(names);
  }
  changed_.notify_all();
}

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
    const auto outcome = carry_out(step);
    lock.lock();
    const auto tell_ended = links_.ended;
    if (outcome == failovers::outcome::fenced) {
      log::warning("a node was lost: its work is over, and its users log in elsewhere",
                   {{"run", step.whom.node.value}});
      members_.found_gone(step.whom.node);
      clears_ = true;
    }
    begin(failovers_.answered(outcome, members_.rows()));
    if (outcome == failovers::outcome::fenced && tell_ended) {
      lock.unlock();
      tell_ended(step.whom.node);
      lock.lock();
    }
  }
}

cluster_member::failovers::outcome cluster_member::carry_out(const failovers::step& step) {
  using fencing = persistence::node_failovers::fencing;
  if (step.end_own)
    return end_own_sessions();
  try {
    const bool waits = !step.end_sessions.empty();
    if (waits)
      in_.failovers->end_sessions(runs_of(step.end_sessions));
    switch (in_.failovers->fence(step.whom.node.value, step.whom.beat, waits)) {
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
  for (const auto& name : names)
    if (!end_removed_now(name))
      return;
}

/// False: this object ends. Who asks meanwhile waits for the next time.
bool cluster_member::end_removed_now(const std::string& name) {
  decltype(tell_ended_) waiting;
  {
    const std::lock_guard lock{mutex_};
    for (auto next = tell_ended_.find(name); next != tell_ended_.end(); next = tell_ended_.find(name))
      waiting.insert(tell_ended_.extract(next));
  }
  try {
    for (const auto run : in_.failovers->end_node(name))
      ended(node_id{run}, name);
  } catch (const persistence::store_error& why) {
    log::warning("a node that was removed is not ended yet, trying on", {{"node", name}, {"why", why.what()}});
    std::unique_lock lock{mutex_};
    removed_.insert(name);
    tell_ended_.merge(waiting);
    return pause(lock, boot_now() + between_tries);
  }
  {
    const std::lock_guard lock{mutex_};
    ended_removed_.insert(name);
  }
  for (const auto& [known, tell] : waiting)
    tell();
  return true;
}

void cluster_member::end_runs_of(const std::string& name, std::function<void()> tell) {
  {
    const std::lock_guard lock{mutex_};
    tell_ended_.emplace(name, std::move(tell));
    removed_.insert(name);
  }
  changed_.notify_all();
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
