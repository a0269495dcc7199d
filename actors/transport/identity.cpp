#include "actors/transport/identity.hpp"

namespace salond {
namespace {

constexpr std::string_view scheme = "salond:";

} // namespace

const char* to_string(peer_kind kind) {
  switch (kind) {
  case peer_kind::node: return "node";
  case peer_kind::administrator: return "administrator";
  case peer_kind::moderator: return "moderator";
  case peer_kind::chat: return "chat";
  }
  return "unknown";
}

std::optional<peer_kind> peer_kind_of(std::string_view text) {
  for (const auto kind : {peer_kind::node, peer_kind::administrator, peer_kind::moderator, peer_kind::chat})
    if (text == to_string(kind))
      return kind;
  return std::nullopt;
}

std::string to_string(const identity& holder) {
  return std::string(to_string(holder.kind)) + '/' + holder.name;
}

std::optional<identity> identity_of(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  const auto kind = peer_kind_of(text.substr(0, slash));
  const auto name = text.substr(slash + 1);
  if (!kind || !is_peer_name(name))
    return std::nullopt;
  return identity{*kind, std::string(name)};
}

std::string to_uri(const identity& holder) {
  return std::string(scheme) + to_string(holder);
}

std::optional<identity> identity_of_uri(std::string_view uri) {
  if (uri.substr(0, scheme.size()) != scheme)
    return std::nullopt;
  return identity_of(uri.substr(scheme.size()));
}

} // namespace salond
