// What several nodes on one database name things by, and what they read of one another in it.
#pragma once
#include "protocol/words/ids.hpp"
#include <optional>
#include <string>
#include <vector>

namespace salond::rules::cluster {

/// One run of a node, from its start to its end: a row of the store. Never the same for two, across restarts too; a
/// greater one is younger.
using node_id = id<struct node_tag>;
/// Counts the homes of one salon. Whoever becomes its home, the same node anew included, raises it.
using epoch_number = id<struct epoch_tag>;
/// Names one post among all of all nodes, and is kept in its row once it is stored.
using post_number = id<struct post_tag>;

/// 2^40 posts of one run: 34 years at a thousand a second; that leaves 2^23 runs.
constexpr int post_count_bits = 40;

/// The `count`th post of a run, from 1 on. A later post has a greater number.
constexpr post_number number_of(node_id by, int64_t count) {
  return {(by.value << post_count_bits) | count};
}
/// Whose post it is.
constexpr node_id author_node(post_number which) {
  return {which.value >> post_count_bits};
}

/// What a node says of itself in its row.
enum class node_state {
  serving,
  draining, ///< takes no new connections and no homes, and gives away those that it has
  apart     ///< the same, since it does not reach somebody who serves; comes back by itself
};

/// One run of a node, as all read it in the store.
struct node_row {
  node_id id;
  std::string name;
  int64_t beat = 0;  ///< raised by itself each second, and by nobody else
  bool gone = false; ///< by itself or by who took it for lost; never taken back
  node_state state = node_state::serving;
  int64_t homes = 0;              ///< salons that it is the home of
  std::vector<node_id> unreached; ///< who has not answered it for long (reach.hpp)
};

/// Which run is, or was last, a salon's home, as the store has it.
struct home_row {
  node_id node;
  epoch_number epoch;

  friend bool operator==(const home_row& a, const home_row& b) { return a.node == b.node && a.epoch == b.epoch; }
};

/// The row of `which`; null where there is none.
inline const node_row* find(const std::vector<node_row>& rows, node_id which) {
  for (const auto& row : rows)
    if (row.id == which)
      return &row;
  return nullptr;
}

inline bool serves(const node_row& row) {
  return !row.gone && row.state == node_state::serving;
}

} // namespace salond::rules::cluster
