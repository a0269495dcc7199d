// A salon as a node sees it whose clients hear it: up to where they were told, and what they are to be told next. What
// is told is one unbroken piece of the salon's history, whatever becomes of frames, links and homes.
//
// It asks the salon's home to be listed, and is answered up to where the salon is stored. It reads from the store what
// lies between, and then takes batches. Each batch names the message before its first: where that was not told, or the
// epoch is another, it begins anew. What was told before is left out.
#pragma once
#include "actors/rules/cluster/frames.hpp"
#include <utility>

namespace salond::rules::cluster {

class subscription {
public:
  /// So many batches are kept while the store is read; above it the home is asked once more.
  static constexpr size_t max_kept = 64;

  /// `told`: the last message that its first client was told or knows of, read in the store at the login.
  subscription(salon_id salon, int64_t told) : salon_(salon), told_(told) {}

  enum class phase {
    detached, ///< its home is to be found
    asking,
    reading, ///< the messages between told() and what the home answered
    following
  };
  phase state() const { return phase_; }
  salon_id salon() const { return salon_; }
  int64_t told() const { return told_; }
  epoch_number epoch() const { return epoch_; }

  /// The question for the home. Whatever is under way is over.
  attach ask();
  /// What is to be read in the store: the messages behind `after`, up to `to`. None, it may be; caught_up() is next.
  struct range {
    int64_t question = 0;
    int64_t after = 0, to = 0;
    bool empty() const { return to <= after; }
  };
  /// The home answered. Nothing: that was an older question.
  std::optional<range> answered(const attached& answer);
  /// The messages of the range were read, as far as they are still there, and are to be told; then kept() is next.
  /// False: they were read for an older question, and are told later.
  bool caught_up(const range& read);
  /// Batches that came meanwhile, to be heard in this order.
  std::vector<batch> kept() { return std::exchange(kept_, {}); }

  enum class verdict {
    tell,    ///< what is left of it: what was told before has been taken out of it
    nothing, ///< kept, or of an older epoch
    again    ///< something is missing, or the home has changed: to be attached again
  };
  verdict hear(batch& told);
  /// The home asks for it, or has ended. True: to be attached again.
  bool hear(const attach_again& again);
  /// Its home, or the link to it, is lost.
  void detach();

private:
  salon_id salon_;
  int64_t told_;
  phase phase_ = phase::detached;
  int64_t question_ = 0;
  epoch_number epoch_; ///< of the home that answered last
  std::vector<batch> kept_;
};

} // namespace salond::rules::cluster
