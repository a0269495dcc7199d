// What nodes tell one another, as values. Each of these may be lost, late or doubled: they only make things quicker,
// and what is true is read in the store.
#pragma once
#include "actors/rules/cluster/values.hpp"
#include "protocol/words/fault.hpp"
#include "protocol/words/time.hpp"

namespace salond::rules::cluster {

/// Where a node is in a salon: it asks its home to list it, and to say from where on it will be told.
struct attach {
  salon_id salon;
  int64_t question = 0; ///< counts the questions of this node about this salon; the answer bears it
};

/// The home's answer: all of one moment.
struct attached {
  salon_id salon;
  int64_t question = 0;
  epoch_number epoch;
  int64_t last_seq = 0;             ///< of what is stored; what comes later is told in batches
  post_number taken;                ///< the last post of the asker that this home took
  std::vector<post_number> pending; ///< those among the taken that are neither stored nor refused yet
};

/// Asks who is attached to attach once more: this home has ended, or something is missing. Without an epoch: the
/// salon's home is not here.
struct attach_again {
  salon_id salon;
  epoch_number epoch;
};

/// A text on its way to its salon's home.
struct post {
  salon_id salon;
  epoch_number epoch; ///< of the home that it is meant for
  post_number number;
  post_number before; ///< the post of this node that the home has to have taken last
  user_id author;
  std::string text;
  std::string author_name = {}; ///< as the author was called when it was posted
};

/// A message of a salon.
struct stored_row {
  int64_t seq = 0;
  post_number number;
  user_id author;
  std::string text;
  moment at{};
  std::string author_name = {};
};

/// A post that is not stored and never will be.
struct refusal {
  post_number number;
  fault reason{};
};

/// What a home tells a node that is attached: messages that are stored, and behind them what its authors are refused.
struct batch {
  salon_id salon;
  epoch_number epoch;
  int64_t before = 0; ///< the seq of the message before these
  std::vector<stored_row> rows;
  std::vector<refusal> refused;
};

} // namespace salond::rules::cluster
