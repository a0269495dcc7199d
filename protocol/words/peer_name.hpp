// What the holder of a certificate may be called, and a node, which has one.
#pragma once
#include <string_view>

namespace salond {

/// True for 1 to 64 of `a`–`z`, `0`–`9`, `.`, `_` and `-`: what can stand in a URI, a file name and a log line as it
/// is. An X.509 common name holds no more.
constexpr size_t max_peer_name_bytes = 64;
constexpr std::string_view peer_name_letters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr bool is_peer_name(std::string_view text) {
  return !text.empty() && text.size() <= max_peer_name_bytes
         && text.find_first_not_of(peer_name_letters) == std::string_view::npos;
}
/// The same as a person is told it who gave another one as NAME.
constexpr const char* peer_name_rule = "NAME has 1 to 64 of a-z, 0-9, dot, underscore and hyphen";

} // namespace salond
