// Names of users and salons: what may be one, and which two are the same.
// The only user of ICU. Rules: docs/text-protocol.md, "Names".
#pragma once
#include "protocol/words/outcome.hpp"
#include <string>
#include <string_view>

namespace salond {

/// What makes two names the same: NFKC_Casefold, without spaces at its end; at most 2,048 bytes.
/// A name whose folded form is longer (only names of the replaced server can be) is its own key.
std::string key_of(std::string_view name);

/// True for well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::string_view bytes);

/// `text` with each control character (Unicode Cc) but tab replaced by a space, so that nothing shown can look like a
/// frame of its own. Bytes that are not UTF-8 become U+FFFD.
std::string shown(std::string_view text);

/// True when `text` may be a new username, alias or salon name: 1 to 64 characters, none of them control, format,
/// surrogate, unassigned, line or paragraph separator, `:` `(` or `)`, no space at either end; its key fits its column.
bool is_name(std::string_view text);

/// True for usernames that nobody can register over the wire: INSCRIPTION, RESUME, admin, server, in any case.
bool is_reserved(std::string_view username);

/// True when `text` may be a password: 1 to 1,024 bytes, nothing else is asked of it.
bool is_password(std::string_view text);

} // namespace salond
