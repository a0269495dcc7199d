// What the SERVER's parts call of one another: how it starts, watches, stops. Private to actors/server*.
#pragma once
#include "actors/server.hpp"

namespace salond {

using server_pointer = server_actor::stateful_pointer<server_state>;

// --- start (server_start.cpp) ---

/// All but the listeners.
void start_all(server_pointer self);
void start_bans(server_pointer self, std::vector<ban> out);
void start_passwords(server_pointer self);
void start_indexer(server_pointer self);
void start_admin(server_pointer self);
void start_retention(server_pointer self);
void start_listener(server_pointer self, size_t which);
/// All listeners, unless the node stops already.
void open_doors(server_pointer self);

// --- a node of several (server_node.cpp); nothing where there is one process alone ---

/// What the salons and the ban registry need: who has a salon's home, and the one list of certificates. REQUIRES:
/// persistence, relay and audience.
void start_sharing(server_pointer self);
/// What needs salons and bans: questions of operators, news, the pulse, and links last.
void start_node(server_pointer self);

// --- watch (server_watch.cpp) ---

void on_down(server_pointer self, const caf::down_msg& down);
void reopen_listener(server_pointer self, size_t which);
void restart_bans(server_pointer self);
/// Once nobody is let in any more, who asked whether all of it holds is handed on to the relay.
void settle_if_closed(server_pointer self);

// --- stop (server_stop.cpp) ---

void stop_in_order(server_pointer self);
/// Announces the stop. Said again, the last word counts; nobody is let in meanwhile.
void stop_later(server_pointer self, std::chrono::seconds after);
/// Asked again, the last word counts.
void begin_drain(server_pointer self, std::chrono::seconds over);
/// One step of a drain; behind the last one what is left is closed as in any stop.
void drain_on_now(server_pointer self);
/// Others go on with this run's work.
void leave_run(server_pointer self);
/// The last thing: all are sent home, and whoever waits for the end is told.
void end_of_node(server_pointer self, int status);

} // namespace salond
