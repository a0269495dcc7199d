// Taking over a node that is lost: how its work in the store is ended for certain, before anybody goes on with it.
//
// One transaction fences it: `gone` is set where the counter still is what was seen (so one of several takers wins, and
// none does when it beat after all), and the marker that each of the lost node's groups moves is fenced. That waits for
// a group in commit. After this transaction no group of the lost node is stored any more; homes, members and order
// numbers are read after it, never before.
//
// A node that stopped may have left a transaction open that holds one of the two rows. Then sessions are ended in the
// store: of the lost node, and of all that are gone, since one of these may have been a taker that stopped half-way.
#pragma once
#include "actors/rules/cluster/membership.hpp"
#include <algorithm>

namespace salond::rules::cluster {

/// The take-overs that one node has under way. It has nothing to do afterwards: a home whose node is gone is free to be
/// claimed by anybody, so a taker may end at any moment.
class take_overs {
public:
  /// What came of the transaction.
  enum class outcome {
    fenced,
    not_so,  ///< it beat meanwhile, or is gone already
    blocked, ///< somebody holds a row
    unknown  ///< the store was lost: the next rounds will tell
  };
  /// What to do next in the store, for one lost node.
  struct step {
    membership::lost whom;
    std::vector<node_id> end_sessions; ///< of these first
  };

  /// Found with a round. The first step, unless this one is under way already.
  std::optional<step> begin(membership::lost whom) {
    if (std::find(under_way_.begin(), under_way_.end(), whom.node) != under_way_.end())
      return std::nullopt;
    under_way_.push_back(whom.node);
    return step{whom, {}};
  }

  /// The answer to a step. Nothing: it is over. `rows`: as read last.
  std::optional<step> answered(membership::lost whom, outcome how, const std::vector<node_row>& rows) {
    if (how != outcome::blocked) {
      under_way_.erase(std::remove(under_way_.begin(), under_way_.end(), whom.node), under_way_.end());
      return std::nullopt;
    }
    step next{whom, {whom.node}};
    for (const auto& row : rows)
      if (row.gone)
        next.end_sessions.push_back(row.id);
    return next;
  }

private:
  std::vector<node_id> under_way_;
};

} // namespace salond::rules::cluster
