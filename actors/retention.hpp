// RETENTION: removes what accounts that are gone have left, and messages that are too old
// (docs/decisions/0053-messages-that-are-too-old.md). A run looks at each salon that does not keep its messages for
// good, and at the private ones, begins some seconds after the start, and again and again. It writes a piece at a time,
// each a transaction's last work, and lets the others have their turn in between. What is left undone the next run
// does, be it after a restart.
#pragma once
#include "actors/cluster/member.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/retention.hpp"
#include "actors/retention_board.hpp"
#include "actors/rules/retention.hpp"
#include "persistence/contracts/retention.hpp"
#include <functional>
#include <unordered_map>

namespace salond {

struct retention_parts {
  store_actor store;
  std::shared_ptr<retention_board> board;
  std::shared_ptr<cluster_member> member = nullptr; ///< of a node
};

/// One look at all salons.
struct retention_run {
  std::unordered_map<salon_id, int64_t> homes; ///< of a node: which run has it, or had it last
  std::vector<persistence::aged_series> page;  ///< of salons, and behind the last one the private messages
  size_t next = 0;                             ///< in the page
  salon_id after;                              ///< the last one of the page
  bool is_last = false;                        ///< no page comes behind it
  moment before;                               ///< what is older goes, of the one that is in work
};

/// The days that operators gave salons, by rising number.
using given_days = std::vector<std::pair<salon_id, int64_t>>;

struct retention_state {
  static inline const char* name = "retention";
  retention_parts parts;
  std::optional<retention_run> run; ///< nothing: none is in work
  bool works = false;               ///< a look is in work
  std::function<void()> go_on;      ///< with what, once others had their turn
  rules::piece_size pieces;
  rules::trusted_clock clock;
  bool knows_clock = false;   ///< it was told when the clock was last believed
  given_days days;            ///< that operators gave, at the last look
  std::optional<instant> ran; ///< when the last one ended
  instant not_before =
      instant::min();         ///< nothing is begun before, since the last run failed, but at an operator's word
  uint64_t changes = 0;       ///< that it knew of
  int64_t newest_private = 0; ///< which there was at the last run
};

retention_actor::behavior_type retention(retention_actor::stateful_pointer<retention_state> self,
                                         retention_parts parts);

} // namespace salond
