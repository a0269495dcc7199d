// What operators ask of several rows at once, made of what every store answers.
#pragma once
#include "persistence/store.hpp"

namespace salond::persistence {

/// A membership of a salon.
struct member_row {
  std::string username;
  bool by_moderator = false; ///< a moderator added him
};

/// Some of a salon's, in the order in which they came, and where to go on; no row: these were the last.
struct member_page {
  std::vector<member_row> members;
  table_row last;
};
member_page members_after(store& db, salon_id salon, const table_row& after);

/// The usernames of those whom a salon is given to.
std::vector<std::string> moderators_of(store& db, salon_id salon);

/// A part of an author's messages of a time.
struct deleted_part {
  size_t count = 0; ///< how many texts went
  table_row last;   ///< the last message that was looked at; empty: there are no more
};

/// Which of an author's messages: no bound where there is none.
struct messages_meant {
  std::optional<moment> since, until; ///< from the one on, before the other
  int64_t below = 0;                  ///< with lower numbers
};
/// The number of the message that is posted next.
int64_t next_message(store& db);
/// Deletes the texts of those of the next `most` messages behind `after` that are meant. REQUIRES: a transaction.
deleted_part delete_messages_of(store& db, user_id author, const messages_meant& which, const table_row& after,
                                size_t most);

/// The registrations that are meant, the oldest first.
std::vector<registration> registrations_of(store& db, const registration_filter& which);

/// What became of registrations that were to be accepted.
struct accepted_registrations {
  std::vector<registered_user> made;
  std::vector<std::string> refused; ///< whose names are taken now: they go on waiting
};
/// Accepts those of these that still wait. REQUIRES: a transaction.
accepted_registrations accept_registrations(store& db, const std::vector<registration>& which, const decision& why);

} // namespace salond::persistence
