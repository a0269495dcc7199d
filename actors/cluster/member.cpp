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

// Another's counter that stood still for one round more than a late one.
constexpr int rounds_of_doubt = 2;

} // namespace

cluster_member::cluster_member(persistence::joined_node in)
    : in_(std::move(in)), run_(in_.run), answered_(ticks_now()), state_(in_.state),
      enters_(in_.state == persistence::node_state::apart), members_(node_id{run_}, boot_now()),
      news_read_(in_.last_news), failing_over_([this] { make_failovers(); }), beating_([this] { beat(); }) {}

cluster_member::~cluster_member() {
  stop();
}

int64_t cluster_member::ticks_now() {
  return boot_now().time_since_epoch().count();
}

void cluster_member::turned(const persistence::node_report& report, bool writer_waits) {
  const std::lock_guard lock{mutex_};
  alive_.turned = boot_now();
  alive_.writer_waits = writer_waits;
  report_ = report;
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
  for (auto* thread : {&beating_, &failing_over_})
    if (thread->joinable())
      thread->join();
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

void cluster_member::let_in() {
  {
    const std::lock_guard lock{mutex_};
    let_in_ = hurries_ = true;
  }
  changed_.notify_all();
}

void cluster_member::when_serving(std::function<void()> tell) {
  {
    const std::lock_guard lock{mutex_};
    tell_serving_ = std::move(tell);
  }
  tell_if_serving();
}

void cluster_member::tell_if_serving() {
  std::function<void()> tell;
  {
    const std::lock_guard lock{mutex_};
    if (!enters())
      tell = std::exchange(tell_serving_, nullptr);
  }
  if (tell)
    tell();
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

} // namespace salond
