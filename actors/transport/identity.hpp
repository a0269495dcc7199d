// The holder of a certificate: one URI in it, `salond:KIND/NAME`. Nothing else of a certificate names anybody.
#pragma once
#include "protocol/words/peer_name.hpp"
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace salond {

/// What a certificate makes of its holder. An operator's role is the kind, so another role needs another certificate.
/// `chat` is the certificate that clients are shown on `tls://` ports: it opens no other port.
enum class peer_kind : uint8_t { node, administrator, moderator, chat };

/// "node", "administrator", "moderator" or "chat".
const char* to_string(peer_kind kind);

/// The kind of that name, if it is one.
std::optional<peer_kind> peer_kind_of(std::string_view text);

/// The kinds that give commands.
constexpr peer_kind operator_kinds[] = {peer_kind::administrator, peer_kind::moderator};
inline bool is_operator(peer_kind kind) {
  return kind == peer_kind::administrator || kind == peer_kind::moderator;
}

/// The holder of a certificate.
struct identity {
  peer_kind kind = peer_kind::moderator;
  std::string name;

  friend bool operator==(const identity& a, const identity& b) { return a.kind == b.kind && a.name == b.name; }
  friend bool operator!=(const identity& a, const identity& b) { return !(a == b); }
  friend bool operator<(const identity& a, const identity& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.name < b.name;
  }
};

/// "administrator/zoe": for logs and lists.
std::string to_string(const identity& holder);

/// The inverse of to_string(identity).
std::optional<identity> identity_of(std::string_view text);

/// "salond:administrator/zoe": as it stands in the certificate.
std::string to_uri(const identity& holder);

/// The inverse of to_uri(); nothing for any other text.
std::optional<identity> identity_of_uri(std::string_view uri);

/// What a certificate says.
struct certificate_facts {
  identity who;
  std::string serial; ///< upper-case hexadecimal; never the same for two certificates of an authority
  std::time_t from = 0;
  std::time_t until = 0;
};

/// The other end of a live connection.
struct peer {
  certificate_facts certificate;
  std::string address; ///< numeric, without the port

  const identity& who() const { return certificate.who; }
};

} // namespace salond
