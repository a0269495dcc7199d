// Private messages, which wait for their user.
#pragma once
#include "persistence/answers.hpp"
#include <functional>

namespace salond::persistence {

/// A private message that was told, and to whom.
struct marked_private {
  user_id target;
  private_id id;
};

class private_message_store {
public:
  virtual ~private_message_store() = default;

  using room_check = std::function<bool(const mailbox&)>;
  /// What an author finds in the mailbox of whom a key names; nothing: nobody has it. Its counts are what is there at
  /// most, and exact where `is_full` says so of them.
  virtual std::optional<mailbox> mailbox_of(const std::string& target_key, user_id author,
                                            const room_check& is_full) const = 0;
  /// Undelivered, oldest first.
  virtual private_page waiting_for(user_id who) const = 0;
  /// Those of these users for whom some wait.
  virtual std::vector<user_id> with_mail(const std::vector<user_id>& of) const = 0;
  /// Those for these users that were marked as delivered `since` then or later.
  virtual std::vector<marked_private> marked_since(const std::vector<user_id>& of, moment since) const = 0;
  /// Of a node: the newest private message of all, whosever it is; nothing where one process alone writes.
  virtual std::optional<private_id> newest() const = 0;
  /// Whether another node has a connection of the user, which may have been told what waits. Of two that
  /// come in at the same moment, on two nodes, neither sees the other: both are told.
  virtual bool may_be_told_elsewhere(user_id who) const = 0;
  /// Those of them that are still there, delivered or not. REQUIRES: rising numbers that make up a piece.
  virtual std::vector<private_message> at(user_id who, const std::vector<private_id>& which) const = 0;

  /// What one text counts as at most, however long: a mailbox that is empty takes any.
  static constexpr int64_t max_bytes_of_one = 256 << 10;
  /// REQUIRES: both exist.
  virtual private_id insert(user_id author, user_id target, const std::string& text, moment now) = 0;
  virtual void mark_delivered(const std::vector<private_id>& which, moment now) = 0;
  /// Of a node: the others look for what waits for the user, where he is connected with them.
  virtual void tell_elsewhere(user_id who) = 0;
};

} // namespace salond::persistence
