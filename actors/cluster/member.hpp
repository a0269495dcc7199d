// A node's membership: a thread that beats each second and reads all rows, and one that makes failovers, each over a
// connection of its own. Who is lost, and what follows, the plain rules say (actors/rules/cluster/membership.hpp,
// failover.hpp). Knows no CAF.
#pragma once
#include "actors/rules/cluster/failover.hpp"
#include "actors/rules/cluster/membership.hpp"
#include "actors/rules/cluster/reach.hpp"
#include "persistence/cluster/nodes.hpp"
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace salond {

/// Their numbers, as the store has them.
inline std::vector<int64_t> runs_of(const std::vector<rules::cluster::node_id>& ids) {
  std::vector<int64_t> result;
  for (const auto id : ids)
    result.push_back(id.value);
  return result;
}

/// A node as operators see it.
struct shown_node {
  persistence::stored_node row;
  bool doubtful = false; ///< its counter stands still, for this one; or it is this one, and cannot raise its own
};

/// What the links of a node are told by its membership, on threads of it. Each is quick.
struct membership_events {
  /// A round succeeded: all runs that are not gone, this one among them.
  std::function<void(const std::vector<persistence::stored_node>& living)> living;
  /// This node ended that run's work for certain.
  std::function<void(rules::cluster::node_id run)> ended;
  /// It was in doubt, and is not any more: what relied on its links is over.
  std::function<void()> sure;
};

/// Functions may be called on any thread.
class cluster_member {
public:
  /// Begins to beat.
  explicit cluster_member(persistence::joined_node in);
  /// stop().
  ~cluster_member();
  cluster_member(const cluster_member&) = delete;
  cluster_member& operator=(const cluster_member&) = delete;

  int64_t run() const { return run_; }

  /// Calls `tell` once, on a thread of this object or at once, when others go on with this run's work.
  void when_gone(std::function<void()> tell);
  /// Calls `take` on a thread of this object with what is new among the facts that all nodes must learn, in their
  /// order; until it answers true they are read again with each round. It is quick. REQUIRES: called once.
  void when_news(std::function<bool(const std::vector<persistence::stored_news>&)> take);
  /// Calls `tell`, on whatever thread, once this node has committed news: others are to be told, so that they read them
  /// soon. It is quick. REQUIRES: called once, before the node serves.
  void when_wrote(std::function<void()> tell);
  void wrote_news();
  /// There is something new to be read: the next round begins soon, and not only when a second is over. Any number of
  /// calls make few rounds.
  void read_soon();

  /// It is among the nodes, and does not serve before let_in().
  bool enters() const { return enters_.load(std::memory_order_relaxed); }
  /// It is to serve from its next round on. REQUIRES: enters().
  void let_in();
  /// Calls `tell` once, on a thread of this object or at once, when it serves.
  void when_serving(std::function<void()> tell);

  /// This node gives its salons and its clients away from its next round on, and is not to serve again.
  void drain();
  /// Ends the runs of nodes of these names, which were removed: all that there are. It goes on until the store took it.
  void end_removed(std::set<std::string> names);
  /// Ends these runs of one name now, and calls `tell` on a thread of this object when that is done: also where the
  /// list has it no longer as removed, since somebody lets a node of that name in at the same time. What that one runs
  /// is ended as well then, and comes back by itself.
  void end_runs_of(const std::string& name, std::function<void()> tell);

  /// Calls these from now on. REQUIRES: called once, before the node serves; all three are there.
  void tell_links(membership_events events);

  // --- what links hear ---
  /// Something came of that peer which only who lives says; and whether its rounds succeed, where it said that.
  void hear_peer(rules::cluster::node_id peer, std::optional<bool> beats);
  /// The link with it ended.
  void lose_peer(rules::cluster::node_id peer);
  /// A peer said that this run is gone, perhaps this one.
  void found_gone(rules::cluster::node_id run);
  bool knows_gone(rules::cluster::node_id run) const;
  /// Whether its own rounds succeed: what it says to its peers.
  bool beats() const;

  // --- what says that the node lives: as long as it does, it beats ---
  /// The I/O thread turns; what the node has, and whether its writer waits for work.
  void turned(const persistence::node_report& report, bool writer_waits);
  /// The writer's statement was answered, be it by an error.
  void writer_answered() { answered_.store(ticks_now(), std::memory_order_relaxed); }

  /// All nodes but those that are gone, as the last round read them.
  std::vector<shown_node> nodes() const;
  rules::cluster::membership::standing standing() const;
  /// As the last round that succeeded read them.
  std::vector<rules::cluster::node_row> rows() const;
  /// Whether this node is to be home of salons, and to have clients.
  persistence::node_state state() const { return state_.load(std::memory_order_relaxed); }
  /// Waits for what rounds say after an error of the store: whether this run is gone.
  bool is_gone_within(std::chrono::milliseconds patience);

  /// No beat any more. The run is gone then, as far as the database takes that: nobody has to take it for lost.
  void leave();
  /// No beat any more.
  void stop();

private:
  using failovers = rules::cluster::failovers;

  static int64_t ticks_now();
  void beat();
  instant next_round(instant began, instant full);
  void round(bool counts);
  void fail_round(bool counts);
  void take(const persistence::beaten& answer, instant began, bool counts);
  void look_at_standing();
  void tell_of_round(const persistence::beaten& answer, bool sure_again);
  void tell_if_gone();
  void try_to_change_state();
  void step_aside_or_back();
  bool drains() const;
  void begin_to_serve();
  void tell_if_serving();
  void begin_to_drain();
  bool is_to_be(persistence::node_state next, const std::vector<rules::cluster::node_row>& rows);
  void begin(std::optional<failovers::step> next);
  void make_failovers();
  failovers::outcome carry_out(const failovers::step& step);
  failovers::outcome end_own_sessions();
  bool end_presences();
  void end_removed_now();
  bool end_removed_now(const std::string& name);
  void ended(rules::cluster::node_id run, const std::string& name);
  bool somebody_left(const std::vector<persistence::stored_node>& now) const;
  /// False: it is to stop.
  bool pause(std::unique_lock<std::mutex>& lock, instant until);

  persistence::joined_node in_;
  const int64_t run_;
  std::atomic<int64_t> answered_;
  std::atomic<persistence::node_state> state_;
  std::atomic<bool> enters_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::function<void()> tell_gone_;    ///< not called yet
  std::function<void()> tell_serving_; ///< the same
  bool let_in_ = false;
  std::function<bool(const std::vector<persistence::stored_news>&)> take_news_;
  std::function<void()> tell_wrote_;
  bool hurries_ = false; ///< read_soon()
  membership_events links_;
  rules::cluster::liveness alive_;
  persistence::node_report report_;
  rules::cluster::membership members_;
  rules::cluster::reach reach_;
  rules::cluster::membership::standing told_standing_ = rules::cluster::membership::standing::fine;
  failovers failovers_;
  std::vector<persistence::stored_node> rows_;
  int64_t news_read_;
  std::optional<failovers::step> step_;                          ///< for the other thread
  bool clears_ = false;                                          ///< presences of runs that are gone
  std::set<std::string> removed_;                                ///< names of nodes whose runs are to end
  std::set<std::string> ended_removed_;                          ///< the same, done
  std::multimap<std::string, std::function<void()>> tell_ended_; ///< by name, not called yet
  bool drains_ = false;                                          ///< drain()
  std::thread failing_over_, beating_;                           ///< last: they use all the others
};

} // namespace salond
