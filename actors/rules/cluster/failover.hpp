// Failover: ending a lost node's work in the store for certain, before anybody goes on with it.
//
// One transaction fences it: `gone` is set where the counter still is what was seen (so one of several nodes does it,
// and none when the lost one beat after all), and the marker that each of its groups moves is fenced. That waits for a
// group in commit. After this transaction no group of the lost node is stored any more; homes, members and order
// numbers are read after it, never before.
//
// A node that stopped may have left a transaction open that holds one of the two rows. So the first try does not wait:
// where a row is held, the sessions of the lost node are ended, and those of all that are gone, since one of these may
// have stopped half-way in a failover. The second try waits. A node that is lost, and not gone yet, may hold the rows
// in the same way: then the others who are lost come first, and the next round says whether this one still is, for it
// may have been kept from beating. Such a transaction may even be this node's own, where it lost the connection: it
// ends that session before anything else, and asks the next round, too.
#pragma once
#include "actors/rules/cluster/membership.hpp"
#include <algorithm>
#include <utility>

namespace salond::rules::cluster {

/// The failovers that one node makes, one at a time over one connection. It has nothing to do afterwards: a home whose
/// node is gone is free to be claimed by anybody, so the node may end at any moment.
class failovers {
public:
  /// What to do next in the store.
  struct step {
    membership::lost whom;
    bool end_own = false;              ///< only end this node's own session that was lost, however long that takes
    std::vector<node_id> end_sessions; ///< else end those of these runs, and wait for the rows; if none, do not wait
  };
  /// What came of a step.
  enum class outcome {
    fenced,
    not_so,    ///< it beat meanwhile, or is gone already
    blocked,   ///< somebody holds a row
    unknown,   ///< the connection was lost
    own_ended, ///< the session of that connection has ended
  };

  /// Who is lost, as a round found. What to do, unless something is under way.
  std::optional<step> round(std::vector<membership::lost> found) {
    waiting_ = std::move(found);
    if (under_way_)
      return std::nullopt;
    return next();
  }

  /// What to do after a step, if anything. REQUIRES: a step is under way.
  std::optional<step> answered(outcome result, const std::vector<node_row>& rows) {
    if (result == outcome::unknown)
      return step{*under_way_, true, {}};
    if (result == outcome::blocked && !std::exchange(waited_, true)) {
      step again{*under_way_, false, {under_way_->node}};
      for (const auto& row : rows)
        if (row.gone)
          again.end_sessions.push_back(row.id);
      return again;
    }
    const auto done = [over = under_way_->node](const membership::lost& lost) { return lost.node == over; };
    waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), done), waiting_.end());
    under_way_.reset();
    return next();
  }

private:
  std::optional<step> next() {
    waited_ = false;
    if (waiting_.empty())
      return std::nullopt;
    under_way_ = waiting_.front();
    return step{*under_way_, false, {}};
  }

  std::optional<membership::lost> under_way_;
  std::vector<membership::lost> waiting_;
  bool waited_ = false; ///< the second try was made
};

} // namespace salond::rules::cluster
