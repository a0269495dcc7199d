// Who may write to a database: any number of nodes, or one salond without --cluster, never both.
#pragma once
#include "persistence/mysql/cluster/table.hpp"
#include "persistence/mysql/open.hpp"

namespace salond::persistence::mysql {

/// The nodes that have stopped and are not gone yet. Throws `setup` where one lives, which takes four seconds to see.
/// Changes nothing.
std::vector<stored_node> stopped_nodes(connection& on, const std::string& address);

/// The session of a salond without --cluster that writes to this database; one that is about to end has two seconds.
std::optional<int64_t> who_writes_alone(connection& on);

/// Throws `setup` where a node lives, which takes four seconds to see; those that have stopped are gone then. Nothing
/// where no node ever joined.
void refuse_living_nodes(connection& on, const std::string& address);

/// The lone writer's marker, which writes from now on; the mark of its last transaction. Throws `setup` where a node
/// has joined. REQUIRES: the lone writer's lock is held.
int64_t begin_alone(connection& on, const std::string& address);

/// Joins as a new run: a former run of the same state folder is gone then, at once, and whoever has the same name, or
/// may not be beside this one, where it does not live any more. Throws `setup` with a sentence for people. REQUIRES:
/// the schema is the newest.
joined_node join_nodes(const config::mysql_database& where, const node_entry& who, const open_options& options,
                       const tuning& settings);

} // namespace salond::persistence::mysql
