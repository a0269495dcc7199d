// The table of nodes in MySQL and MariaDB: rows, beats and failovers (persistence/cluster/nodes.hpp).
#pragma once
#include "persistence/cluster/nodes.hpp"
#include "persistence/mysql/cluster/locks.hpp"

namespace salond::persistence::mysql {

/// All rows of `nodes`, by rising number.
std::vector<stored_node> read_nodes(connection& on);

/// As the column `state` has it.
std::string word_of(node_state state);

/// One transaction of a failover, up to its COMMIT (docs/decisions/0032-homes-and-the-fence.md). `beat`: nothing where
/// the run's process has ended for certain. Where somebody holds a row it waits as the session's variables say, or not
/// at all.
node_failovers::fencing fence_run(connection& on, int64_t run, std::optional<int64_t> beat, bool waits);

/// The run is gone, and whatever holds its rows is ended. `beat`: as fence_run()'s.
void end_run(connection& on, const stored_node& node, std::optional<int64_t> beat);

/// Ends all sessions of a run.
void end_sessions_of(connection& on, int64_t run);

/// Nobody is connected with a run that is gone any more; answers how many users were.
int64_t end_presences_of_gone(connection& on, bool keep_requests);

/// How patient the connections beside a store are: less than others are before they take a node for lost.
tuning patience_of_beats(tuning like);

/// REQUIRES: `joined` is the connection with which the run joined, which holds its lock.
std::unique_ptr<node_beats> make_beats(const config::mysql_database& where, const tuning& like, int64_t run,
                                       std::unique_ptr<connection> joined);
/// Connects when it is first needed.
std::unique_ptr<node_failovers> make_failovers(const config::mysql_database& where, const tuning& like, int64_t run,
                                               bool keep_requests);

} // namespace salond::persistence::mysql
