// A salon at its home, as far as other nodes see it: which are attached, which posts it took and has answered. What is
// stored, by whom it may be posted and in which order is the salon's own affair (actors/rules/salon.hpp).
//
// A node is listed *before* it is told up to where the salon is stored; so each message is either among those that it
// reads in the store then, or in a batch that it is told later. The posts of a node form a chain: each names the one
// before, and is taken if that is the last that was taken. So a post that is lost stops those behind it, and no order
// is changed by sending again.
#pragma once
#include "actors/rules/cluster/frames.hpp"

namespace salond::rules::cluster {

/// One epoch of a salon. The home's own node is attached like any other.
class home {
public:
  /// `last_seq`: read after the home was claimed, in the same transaction at the earliest.
  home(salon_id salon, epoch_number epoch, int64_t last_seq) : salon_(salon), epoch_(epoch), last_seq_(last_seq) {}

  salon_id salon() const { return salon_; }
  epoch_number epoch() const { return epoch_; }

  /// Lists the node, then answers where the salon is.
  attached hear(node_id from, const attach& question);
  /// What it says is lost from now on; what it had posted is remembered.
  void detach(node_id which);
  /// Nobody is attached any more: this node was in doubt.
  void detach_all();
  /// Its run is over: it is not listed, and will not post.
  void forget(node_id which);
  std::vector<node_id> listed() const;

  enum class verdict {
    taken,   ///< to be stored or refused, in the order in which posts are taken
    ignored, ///< of another epoch, or taken before
    missing  ///< one before it was lost: the node is to attach again
  };
  verdict take(node_id from, const post& posted);

  /// What came of posts that were taken: messages, in their order, which are stored for certain; and refusals.
  void decide(const std::vector<stored_row>& stored, const std::vector<refusal>& refused);
  /// The same as it is told to one who is listed: all messages, and what its own posts were refused. Nothing if there
  /// is nothing to tell it. `before`: last_seq() of before they were decided.
  std::optional<batch> batch_for(node_id which, int64_t before, const std::vector<stored_row>& stored,
                                 const std::vector<refusal>& refused) const;
  int64_t last_seq() const { return last_seq_; }

  /// It is to be handed over: takes nothing from now on.
  void close() { closed_ = true; }
  bool closed() const { return closed_; }
  /// The handing-over failed. All are to attach again, since what they sent meanwhile was not taken.
  void reopen() { closed_ = false; }
  /// Whether all that was taken is decided: not before then its row may name another.
  bool drained() const { return undecided_ == 0; }

private:
  /// What is known of one run.
  struct author {
    node_id node;
    bool listed = false;
    post_number taken;
    std::vector<post_number> pending;
  };
  author* find_author(node_id which);
  author& at(node_id which);
  void settle(post_number which);

  salon_id salon_;
  epoch_number epoch_;
  int64_t last_seq_;
  bool closed_ = false;
  size_t undecided_ = 0;        ///< of all that was taken
  std::vector<author> authors_; ///< as many as there are nodes
};

} // namespace salond::rules::cluster
