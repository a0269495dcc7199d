// For whom something is to be done, in one round after the other: whoever asks for it while a round is open waits for
// the next one, which is for all of them. Pure: the caller does the work, and says when a round is over.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/time.hpp"
#include <set>
#include <utility>
#include <vector>

namespace salond::rules {

class rounds {
public:
  /// For these users; for everybody where none is named. True: a round is to begin, with take().
  bool want(const std::vector<user_id>& whose, instant now) {
    everybody_ = everybody_ || whose.empty();
    wanted_.insert(whose.begin(), whose.end());
    return now >= not_before_ && !std::exchange(open_, true);
  }
  /// For whom the round is; everybody where none is named. REQUIRES: want() or over() said that one is to begin.
  std::vector<user_id> take() {
    std::vector<user_id> result;
    if (!std::exchange(everybody_, false))
      result.assign(wanted_.begin(), wanted_.end());
    wanted_.clear();
    return result;
  }
  /// True: the next round is to begin.
  bool over() { return open_ = everybody_ || !wanted_.empty(); }
  /// It came to nothing. Its caller wants it again then; before that no round begins.
  void failed(instant again_at) {
    open_ = false;
    not_before_ = again_at;
  }

private:
  std::set<user_id> wanted_;
  instant not_before_{};
  bool everybody_ = false, open_ = false;
};

} // namespace salond::rules
