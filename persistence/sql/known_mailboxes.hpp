// Which user a name belongs to, and an upper bound of what waits in that user's mailbox, so that a private message asks
// the database for neither. A writer that is alone knows what it added, and whatever else happens to a mailbox makes it
// emptier.
#pragma once
#include "protocol/words/ids.hpp"
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace salond::persistence {

class known_mailboxes {
public:
  static constexpr size_t max_mailboxes = 4096; ///< where there are more, all are looked for again

  struct owner {
    user_id who;
    std::string username;
  };
  struct held {
    int64_t texts = 0, bytes = 0;
  };

  /// Null: not known.
  const owner* owner_of(const std::string& username_key) const {
    const auto known = owners_.find(username_key);
    return known == owners_.end() ? nullptr : &known->second;
  }
  const held* of(user_id who) const {
    const auto known = counts_.find(who);
    return known == counts_.end() ? nullptr : &known->second;
  }

  const owner& found(const std::string& username_key, owner whose) {
    if (owners_.size() >= max_mailboxes)
      owners_.clear();
    return owners_[username_key] = std::move(whose);
  }
  void counted(user_id who, held mail) {
    if (counts_.size() >= max_mailboxes)
      counts_.clear();
    counts_[who] = mail;
  }
  void added(user_id who, int64_t bytes) {
    if (const auto known = counts_.find(who); known != counts_.end()) {
      ++known->second.texts;
      known->second.bytes += bytes;
    }
  }

  /// A name is another's, or nobody's, from now on.
  void forget_owners() { owners_.clear(); }
  /// A transaction was undone: what was looked for in it may be otherwise.
  void clear() {
    owners_.clear();
    counts_.clear();
  }

private:
  std::unordered_map<std::string, owner> owners_; // by the keys of their names
  std::unordered_map<user_id, held> counts_;
};

} // namespace salond::persistence
