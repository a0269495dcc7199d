// Who is connected, where owners of accounts were, and the tokens with which they come back.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence {

class session_store {
public:
  virtual ~session_store() = default;

  /// How somebody stands who logs in; nothing: there is no such account.
  virtual std::optional<standing> standing_of(user_id who, moment now) const = 0;
  /// The last `most` of them after `since`, oldest first.
  virtual std::vector<known_address> known_addresses(moment since, size_t most) const = 0;
  /// Whose the token is. wrong_credentials: nobody's, or it has expired.
  virtual outcome<user> find_token(const std::string& hash, moment now) const = 0;

  /// The same as somebody's who comes in now, and is then marked as connected unless he is banned, kicked or disabled:
  /// whoever writes to him from this moment on, on any node, finds him connected or is found by him.
  virtual std::optional<standing> receive(user_id who, moment now) = 0;
  /// The user's row becomes `connected`, and was last seen `now`. REQUIRES: he was received in this transaction.
  virtual void mark_connected(user_id who, moment now) = 0;
  using requests = offline_requests;
  /// The last connection of each of these users ended: `disconnected`, last seen `now`.
  virtual void close(const std::vector<user_id>& who, requests offline, moment now) = 0;
  /// No row stays `connected`.
  virtual void reset_presence(requests offline) = 0;

  static constexpr size_t max_known_addresses = 8; ///< of one account
  static constexpr auto address_life = std::chrono::hours{24 * 30};
  /// The user proved himself there. What is older than `address_life` goes, of every user, within an hour of such
  /// calls, and of this one all but the last `max_known_addresses`. REQUIRES: the account exists.
  virtual void remember_address(user_id who, const std::string& address, moment now) = 0;
  /// Tokens of one user that live at the same time: more than anybody has clients, fewer than fill a table.
  static constexpr int64_t max_tokens = 100;
  /// `hash`: 32 bytes. Ends what has expired (of a node: some of it) and, at `max_tokens`, the user's oldest.
  virtual void issue_token(user_id who, const std::string& hash, moment now, moment expires) = 0;
  /// It is used up.
  virtual void end_token(const std::string& hash) = 0;
  /// All that the user has.
  virtual void end_tokens(user_id who) = 0;
  /// Of a node: the others close the user's connections, or the one of that number; 0: all.
  virtual void end_elsewhere(user_id who, connection_id only) = 0;
  /// Of a node: the others stop in order, so many seconds after they learn it.
  virtual void stop_elsewhere(int64_t after_seconds) = 0;
};

} // namespace salond::persistence
