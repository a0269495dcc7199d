// Whom a node reaches, and who steps aside where two that live do not reach one another.
//
// A node writes into its row whom it has not heard for ten seconds. So all read the same, whoever's clock is right, and
// the answer is a function of the rows. Who applies it to itself locks the rows first: of two that do not reach one
// another exactly one steps aside.
#pragma once
#include "actors/rules/cluster/values.hpp"
#include "protocol/words/time.hpp"

namespace salond::rules::cluster {

/// When a node last heard of each of its peers.
class reach {
public:
  static constexpr auto unreached_after = std::chrono::seconds{10};
  /// For so long all links of who stepped aside have to hold.
  static constexpr auto holds_after = std::chrono::seconds{5};

  /// A ping came from it, a hello or a welcome.
  void hear(node_id peer, instant now);
  /// The link with it ended.
  void lose(node_id peer);
  /// There is a gap in the node's own rounds: what it has not heard says nothing, and who is lost could not be told.
  void forget() { peers_.clear(); }

  /// Who of those in `rows` that are not gone was not heard for long.
  std::vector<node_id> unreached(node_id self, const std::vector<node_row>& rows, instant now);
  /// Whether the links with all who serve have held.
  bool holds(node_id self, const std::vector<node_row>& rows, instant now) const;

private:
  struct peer {
    node_id id;
    instant heard{};
    std::optional<instant> since; ///< it is heard without a break
  };
  peer* find_peer(node_id which);

  std::vector<peer> peers_;
};

/// Who has to step aside, given the rows of all: of each two that serve and do not reach one another the one with fewer
/// links, then the younger.
std::vector<node_id> who_steps_aside(const std::vector<node_row>& rows);

/// Whether one that stepped aside may serve again, as far as the rows say: nobody serves that it does not reach.
bool may_return(const std::vector<node_row>& rows, node_id self);

} // namespace salond::rules::cluster
