// What operators ask of several rows at once, made of what every store answers.
#pragma once
#include "persistence/store.hpp"

namespace salond::persistence {

/// A membership of a salon.
struct member_row {
  std::string username;
  bool by_moderator = false; ///< a moderator added him
};

/// All of a salon's, in the order in which they came.
std::vector<member_row> members_of(store& db, salon_id salon);

/// The usernames of those whom a salon is given to.
std::vector<std::string> moderators_of(store& db, salon_id salon);

/// A part of an author's messages of a time.
struct deleted_part {
  size_t count = 0; ///< how many texts went
  table_row last;   ///< the last message that was looked at; empty: there are no more
};

/// Deletes the texts of those of the next `most` messages behind `after` that are from `since` on and before `until`;
/// no bound where there is none. REQUIRES: a transaction.
deleted_part delete_messages_of(store& db, user_id author, std::optional<moment> since, std::optional<moment> until,
                                const table_row& after, size_t most);

} // namespace salond::persistence
