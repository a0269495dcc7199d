// The named locks that sessions of salond hold as long as the server has not ended them, by which exactly these
// sessions are found and ended. A session's number is another's after a while; a lock's name is not.
#pragma once
#include "persistence/mysql/connection.hpp"

namespace salond::persistence::mysql {

/// What a session of a run is for.
enum class session_kind : uint8_t { writer, beats, failover };
constexpr session_kind session_kinds[] = {session_kind::writer, session_kind::beats, session_kind::failover};

/// The lock of a run's session of that kind in this database, as an expression of SQL. A server's locks are one space
/// for all databases, hence the database's name in it.
std::string lock_of(session_kind kind, int64_t run);

/// Why this salond may not write to a database to which the session of another one writes alone.
std::string another_writes(const std::string& address, int64_t session);

/// Ends the session that holds a lock, if there is one; answers whether there was, for the server may need a moment.
bool end_session_with(connection& on, const std::string& lock_expression);
/// The same of a lock whose name is a value, as connection::session_lock() is one.
bool end_session_holding(connection& on, const std::string& lock);

} // namespace salond::persistence::mysql
