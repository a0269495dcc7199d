// What the parts of the checker share: the record put in order, and what was found wrong.
#pragma once
#include "tests/cluster/checker.hpp"
#include "tests/cluster/disturbances.hpp"
#include <map>
#include <optional>

namespace salond::faults {

/// One showing or telling of a text to a connection.
struct sight {
  int64_t connection, at_us;
  bool as_it_was_said; ///< not as history
};

/// All that became of one text that somebody sent.
struct message {
  bool is_private = false;
  std::string author, where;
  int64_t connection = 0;
  int64_t sent_us = 0;
  std::optional<int64_t> refused_us;
  std::optional<int64_t> answered_us; ///< shown to its own connection; a private one: answered as stored
  std::vector<sight> seen;
  std::vector<int64_t> rows; ///< its places

  /// When it was first known to be stored, if ever.
  std::optional<int64_t> known_us() const;
};

/// A connection's life, with what concerns salons in its order.
struct life {
  std::string client, node;
  int64_t asked_us = 0; ///< when its login began
  int64_t in_us = 0;
  int64_t out_us = never;
  std::string end; ///< "quit", "left", "closed"; empty: it never ended
  std::vector<const event*> events;
};

struct history {
  explicit history(const std::vector<event>& record);

  std::map<std::string, message> messages;              ///< by text
  std::map<std::string, std::vector<std::string>> rows; ///< of each salon, in its order
  std::map<std::string, size_t> place_of;               ///< of a text in its salon's rows
  std::map<int64_t, life> connections;
  std::vector<event> kicks;
  std::vector<event> strange; ///< of texts that nobody sent
  int64_t end_us = 0;

private:
  void take(const event& event);
  void take_text(const event& event);
  void take_connection(const event& event);
};

struct findings {
  const history& known;
  const disturbances& troubles;
  const bounds& within;
  std::vector<violation> all;

  void add(broken promise, const std::string& text);
  /// "u1 on node a, connection 7".
  std::string who(int64_t connection) const;
};

/// "12.345 s".
std::string seconds_of(int64_t us);
int64_t us_of(double seconds);

void check_messages(findings& found);
void check_pieces(findings& found);
void check_privates(findings& found);
void check_kicks(findings& found);

} // namespace salond::faults
