// The state of each connection: half-open (not known yet), open, leaving (our last bytes). Also deadlines, the bounds
// on strangers, and the end of revoked peers. I/O thread only.
#pragma once
#include "actors/transport/dial_failure.hpp"
#include "actors/transport/tls_settings.hpp"
#include "actors/transport/transport_limits.hpp"
#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <string>

namespace salond {

class tls_socket;

/// All connections of one kind: of operators, or of nodes.
class peer_connections {
public:
  /// The list that a connection is in, and its entry there. Each connection has one place.
  struct place {
    std::list<tls_socket*>* list = nullptr;
    std::list<tls_socket*>::iterator entry;
    std::chrono::steady_clock::time_point since;
  };

  /// `refusals`: the log's words for those that did not get in.
  peer_connections(const transport_limits& limits, transport_log& log, transport_counters& counters,
                   const char* refusals);

  /// Takes in a connection that we opened. Nobody is pushed out for it.
  void add_dialled(tls_socket& socket);

  /// Takes in a connection that was accepted. Above the limits another goes: the oldest that has not said a byte, else
  /// the oldest; of the same address, if that has too many. So a flood pushes out itself, and the silent ones first.
  /// REQUIRES: not inside a handler of the broker.
  void add_accepted(tls_socket& socket);

  /// The peer is known.
  void mark_open(tls_socket& socket);

  /// Our last bytes are on their way.
  void mark_closing(tls_socket& socket);

  /// Takes the connection out of its list, if it is in one.
  void forget(tls_socket& socket);

  /// Counts a connection that did not get in; there is one log line a reason and sweep.
  void refused(const std::string& why);

  /// Counts a failed handshake of an address.
  void handshake_failed(const std::string& address);

  /// True when an address fails so often that its connections are closed at accept.
  bool shuts_out(const std::string& address) const;

  /// Ends connections that are over their deadline, expired, or revoked. REQUIRES: not inside a handler of the broker.
  void sweep(const tls_settings* settings);

  /// Ends all, in whatever state they are. REQUIRES: not inside a handler of the broker.
  void end_all(const dial_failure& why);

  /// Gives up on all that are leaving: at the end nobody waits for a peer.
  void abort_leaving();

private:
  void enter(tls_socket& socket, std::list<tls_socket*>& list);
  void make_room(const tls_socket& newcomer);
  void sweep_open(const tls_settings* settings);
  void report_refusals();

  const transport_limits& limits_;
  transport_log& log_;
  transport_counters& counters_;
  const char* refusals_text_;
  std::list<tls_socket*> half_open_, open_, leaving_; ///< the oldest first; each leaves before it ends
  std::map<std::string, size_t> half_open_by_address_, failures_;
  std::map<std::string, size_t> refusals_;
};

} // namespace salond
