// Which node should be the home of which salon, and who may become it.
//
// The rows of the store say who is: one row a salon. What is computed here from the rows of the nodes only says whom to
// ask, so that nodes which read the rows at different times do no harm: whoever is asked looks at the salon's row.
#pragma once
#include "actors/rules/cluster/values.hpp"

namespace salond::rules::cluster {

/// How much a node is wanted for a salon (rendezvous hashing): when a node comes or goes, only the salons move that
/// want it most. By its name, so that a node that comes back gets its salons back.
uint64_t weight(salon_id salon, const std::string& node_name);

/// Who should be the salon's home: of those that serve and have at most a quarter more homes than their share, the one
/// with the greatest weight. Nothing when nobody serves.
std::optional<node_id> choose_home(salon_id salon, const std::vector<node_row>& rows);

/// What becomes of the row of a salon when `self` is to be its home: nothing while another that is not gone holds it.
/// A node that holds it already raises the epoch: what was listed and taken before is over. REQUIRES: the row is
/// locked, and `holder_gone` was read after that.
std::optional<home_row> claimed(const std::optional<home_row>& now, bool holder_gone, node_id self);

/// A salon that its home is to hand over.
struct move {
  salon_id salon;
  node_id to;
};
/// In one round a node hands over so many at most: with a round a second, so many a second.
constexpr size_t max_moves = 20;

/// What `self`, home of `mine`, should hand over so that all who serve have about the same number. Each computes the
/// same moves from the same rows and makes its own. Nothing while the greatest number is at most a quarter and one
/// above the least.
std::vector<move> moves(node_id self, const std::vector<salon_id>& mine, const std::vector<node_row>& rows);

} // namespace salond::rules::cluster
