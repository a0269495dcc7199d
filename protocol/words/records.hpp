// What is kept: plain values, as the stores give and take them.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/time.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace salond {

/// What a user may do beside talking.
enum class role : uint8_t { user, moderator, administrator };

/// Who becomes a member of a salon by asking: everybody from registration on, everybody who asks, or whom an
/// administrator accepts.
enum class policy : uint8_t { automatic, open, approval };

/// An account.
struct user {
  user_id id;
  std::string username; ///< as stored, which is as shown
  std::string alias;
  std::string password_hash; ///< PHC form, or 64 hexadecimal digits (SHA-256, of the replaced server); else never right
  salond::role role = role::user;
};

/// A salon as stored.
struct salon_record {
  salon_id id;
  std::string name;
  salond::policy policy = policy::approval;
  int64_t last_seq = 0; ///< the highest order number ever used in it
  std::string topic{};  ///< may be empty
};

/// A message of a salon that is to be stored.
struct new_message {
  salon_id salon;
  user_id author;
  int64_t seq = 0; ///< its place in the salon's order, given by the salon
  std::string text;
  moment at;
  std::optional<int64_t> post = {}; ///< names it among all posts of all nodes; of a node alone
};

/// A message of a salon as stored.
struct chat_message {
  message_id id;
  int64_t seq = 0;
  std::string author;
  std::string text;
  moment at;

  friend bool operator==(const chat_message& a, const chat_message& b) {
    return a.id == b.id && a.seq == b.seq && a.author == b.author && a.text == b.text && a.at == b.at;
  }
};

/// A private message that waits for its target.
struct private_message {
  private_id id;
  std::string author;
  std::string text;
  moment at;

  friend bool operator==(const private_message& a, const private_message& b) {
    return a.id == b.id && a.author == b.author && a.text == b.text && a.at == b.at;
  }
};

/// Somebody who asked to belong to a salon and waits.
struct join_request {
  user_id user;
  std::string username;
  salon_id salon;
  moment at;
};

/// Somebody who asked for an account and waits for an administrator.
struct registration {
  std::string username, alias;
  moment at;
  std::string network; ///< from where; "" where that is no address, or not known
};

/// What became of a join request, for a user who has not been told yet.
struct decided_request {
  salon_id salon;
  std::string salon_name;
  bool accepted = false;
  moment at;
};

/// A username that is out; for good when there is no `until`.
struct ban {
  std::string key;      ///< of the username
  std::string username; ///< as it was spelled
  std::optional<moment> until;
  moment since{};
  std::string by{}; ///< "" where that was not noted yet
  std::string reason{};
};

/// Who decided something, from where and why: one line of the audit log, written in the transaction of its effect.
struct decision {
  std::string by;   ///< a username, or an operator's name
  std::string from; ///< address, or "salonctl"
  std::string reason;
  moment at;
  /// The account that decides: the session's, or the one that the operator's certificate belongs to; none has it where
  /// it is nobody's. What nobody may do to himself is told by it, never by a name.
  user_id account{};
  bool by_moderator = false; ///< an operator who has the rights of a moderator
};

} // namespace salond
