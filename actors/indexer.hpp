// INDEXER: builds the index of searches behind the posts, part by part, step by step
// (docs/decisions/0054-an-index-behind-the-posts.md). One mechanism serves new messages, a database that has none yet,
// and parts in which something was deleted.
//
// A step is one question to the store, or one transaction, of some milliseconds. The pause behind it is as long; where
// others wait for the store, nine times as long: so the index takes a tenth of a busy store's time at most. A node
// builds for the salons whose home it is; where two build at once, the store sees to it that one of them writes.
#pragma once
#include "actors/cluster/member.hpp"
#include "actors/interfaces/indexer.hpp"
#include "actors/interfaces/persistence.hpp"
#include "persistence/contracts/search_index.hpp"
#include <deque>
#include <map>

namespace salond {

/// A part in work.
struct indexed_part {
  enum class phase : uint8_t { begin, clear, read, put, finish };

  explicit indexed_part(const persistence::message_span& which) : span(which), next(which.first), lists(which.first) {}

  persistence::message_span span;
  phase at = phase::begin;
  gram next_to_clear = 0;
  int64_t next; ///< the texts from there on are not read yet
  size_t messages = 0;
  persistence::gram_lists lists;
  std::vector<persistence::gram_list> ready; ///< to be written
  size_t written = 0;                        ///< of these
};

struct indexer_state {
  static inline const char* name = "indexer";
  store_actor store;
  std::shared_ptr<cluster_member> member; ///< null where there is one process alone
  int64_t builder = 0;                    ///< no other indexer has that number

  // A round: what is to be built anew, then salon after salon.
  bool knows_due = false, round_is_over = false;
  salon_id asked_up_to;
  std::deque<persistence::message_span> parts;
  std::deque<persistence::salon_reach> salons;
  std::map<salon_id, int64_t> too_few; ///< salons that have no further part, up to that order number
  persistence::message_span checked;   ///< in turn, one a round

  std::unique_ptr<indexed_part> work; ///< null: none is in work
};

/// `member`: null where there is one process alone.
indexer_actor::behavior_type indexer(indexer_actor::stateful_pointer<indexer_state> self, store_actor store,
                                     std::shared_ptr<cluster_member> member);

} // namespace salond
