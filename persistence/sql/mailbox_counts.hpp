// What mailboxes hold at most, so that not every private message has its target's counted: whoever writes alone knows
// what he added, and whatever else happens to a mailbox makes it emptier.
#pragma once
#include "protocol/words/ids.hpp"
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace salond::persistence {

class mailbox_counts {
public:
  static constexpr size_t max_mailboxes = 4096; ///< where there are more, all are counted again

  struct held {
    int64_t texts = 0, bytes = 0;
  };

  /// Null: not known.
  const held* of(user_id who) const {
    const auto known = all_.find(who);
    return known == all_.end() ? nullptr : &known->second;
  }
  void counted(user_id who, held what) {
    if (all_.size() >= max_mailboxes)
      all_.clear();
    all_[who] = what;
  }
  void added(user_id who, int64_t bytes) {
    if (const auto known = all_.find(who); known != all_.end()) {
      ++known->second.texts;
      known->second.bytes += bytes;
    }
  }
  /// A transaction was undone: what was counted in it may be less than what is there.
  void clear() { all_.clear(); }

private:
  std::unordered_map<user_id, held> all_;
};

} // namespace salond::persistence
