// Decides which frames of CAF's network protocol (BASP) may pass. BASP itself trusts every peer: it may end any actor,
// forge answers, spawn, or take gigabytes. The gate knows no socket, no actor and no CAF: bytes in, a verdict out.
#pragma once
#include "actors/transport/identity.hpp"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

namespace salond {

/// What a port lets in, or what we take from a peer that we dial.
struct port_rules {
  /// How far a peer reaches: to the published actor with listed messages (an operator), or to any actor with any
  /// message but CAF's own (another node; the server, as its tool sees it).
  enum class reach : uint8_t { published_actor, every_actor };

  std::set<peer_kind> kinds; ///< whose certificates are good here
  std::string name;          ///< and of whom exactly, if not empty
  port_rules::reach reach = reach::published_actor;
  std::set<std::string> types;   ///< the messages that may come, as registered; "a+b" for one of two values
  uint64_t published = 0;        ///< the published actor's number; publish() fills it in
  size_t max_payload = 64 << 10; ///< bytes a message; values multiply in memory (empty strings a hundredfold)
  size_t max_unsent = 4 << 20;   ///< bytes that wait for a peer that does not read
  size_t max_senders = 256;      ///< living actors that send over one connection; each costs us a proxy
};

/// Reads the frames of one connection, header and payload in turn, and says why to hang up.
class gate {
public:
  static constexpr size_t header_size = 32;
  static constexpr size_t node_id_size = 32; ///< of a node id on the wire

  /// Our end of the connection.
  enum class side : uint8_t { accepted, dialled };

  /// Why a frame is refused: a literal. Null: it may pass.
  using refusal = const char*;

  /// REQUIRES: `our_node` has node_id_size bytes, as on the wire.
  gate(std::shared_ptr<const port_rules> rules, side end, std::string our_node);

  /// Judges a header. REQUIRES: header_size bytes; everything so far has passed.
  refusal header(const char* bytes);

  /// Judges the payload that belongs to the last header. REQUIRES: payload_size() bytes, and that is not 0.
  refusal payload(const char* bytes);

  /// Bytes that follow the last header.
  size_t payload_size() const { return payload_size_; }

  /// The peer's node id as on the wire; empty before its handshake.
  const std::string& peer_node() const { return their_node_; }

  /// True when the last payload must also be readable to its end. CAF hands a message that it cannot read to the actor
  /// as an empty one; an operator's message must not become empty.
  bool must_be_whole() const { return !wide() && operation_ == operation::direct_message; }

private:
  /// As numbered in BASP of CAF 0.17.6.
  enum class operation : uint8_t {
    server_handshake = 0,
    client_handshake = 1,
    direct_message = 2,
    routed_message = 3,
    monitor_message = 4,
    down_message = 5,
    heartbeat = 6,
  };
  struct addressing {
    uint64_t data, from, to;
  };

  bool wide() const { return rules_->reach == port_rules::reach::every_actor; }
  operation expected_greeting() const;
  refusal handshake_header();
  refusal message_header(const addressing& addressed);
  refusal operator_header(const addressing& addressed);
  refusal handshake_payload(std::string_view bytes);
  refusal message_payload(std::string_view bytes) const;
  refusal notice_payload(std::string_view bytes) const;
  refusal types_of_message(std::string_view types) const;

  std::shared_ptr<const port_rules> rules_;
  side side_;
  std::string our_node_, their_node_;
  operation operation_ = operation::heartbeat;
  size_t payload_size_ = 0;
  bool response_ = false;
  int handshakes_ = 0;
  std::unordered_set<uint64_t> senders_;
};

} // namespace salond
