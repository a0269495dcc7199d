// The take-over's indexes and foreign keys. Those of the old database may have any name, those of ours among them: what
// is ours is told by what it is, and by the stage that the take-over has reached.
#pragma once
#include "persistence/mysql/schema.hpp"

namespace salond::persistence::mysql {

/// Drops the foreign keys of the four tables but for those that this take-over has made. The others compare by the old
/// collation and keep columns from changing; those that belong come back with add_constraints() and the messages.
void drop_foreign_keys(connection& db);

/// Makes the indexes and foreign keys of users, salons and memberships that are not there yet. REQUIRES: the names are
/// repaired.
void add_constraints(connection& db);

/// Whether all of these are there.
bool constraints_are_made(connection& db);

/// Whether the messages have their indexes and foreign keys: the last that happens to them.
bool messages_are_done(connection& db);

/// How an ALTER goes on to drop the table's old indexes: the replaced server's, those whose names we need, and of
/// memberships and messages all that are not unique. REQUIRES: none of them is ours.
std::string drops_of_indexes(connection& db, const std::string& table);

/// Tells which indexes that others made go so. REQUIRES: nothing was changed, or this is a take-over begun again.
void describe_dropped_indexes(connection& db, const reporter& report);

/// Whether a foreign key's name is one that a table of ours has or gets: the server wants such names to be unique in a
/// database.
bool is_foreign_key_of_ours(const std::string& name);

} // namespace salond::persistence::mysql
