// Names of users and salons, and texts: what may be one, and which two are the same.
// With lookalikes.hpp and search_form.hpp the only user of ICU. Rules: docs/text-protocol.md, "Names".
#pragma once
#include "protocol/words/outcome.hpp"
#include <string>
#include <string_view>

namespace salond {

/// What makes two names the same: NFKC_Casefold, without spaces at its end; at most 2,048 bytes.
/// A name whose folded form is longer (only names of the replaced server can be) is its own key, and so is what
/// is_too_long_for_names(): that is not folded.
std::string key_of(std::string_view name);

/// True for what cannot be a name, not even one of the replaced server: their columns hold 512 characters. To fold a
/// text takes a time that grows with the square of its length, so that what somebody typed is measured before.
bool is_too_long_for_names(std::string_view text);

/// NFKC_Casefold of a text of any length: of none that somebody typed.
std::string folded(std::string_view text);

/// True for well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::string_view bytes);

/// `text` with each control character (Unicode Cc) but tab, and each line or paragraph separator, replaced by a space,
/// so that nothing shown can look like a frame or a line of its own. Bytes that are not UTF-8 become U+FFFD.
std::string shown(std::string_view text);
void append_shown(std::string& to, std::string_view text);

/// `text` as it may stand in a log or on a terminal: controls, format characters (but the two joiners of words) and
/// separators of lines as `\x1b`, `\u202e` or `\U000e0001`, bytes that are not UTF-8 as `\xff`; a backslash in front of
/// each ASCII character of `besides`.
std::string escaped(std::string_view text, std::string_view besides = {});

/// True when `text` may be a new username, alias or salon name: 1 to 64 characters, each of which shows something
/// (no control, format, unassigned or default ignorable character, no white space but U+0020), none of them `:` `(` or
/// `)` or what folds to one or looks like one; no space at either end, no mark without a base, not `{` `[` or `"`
/// first; its key fits its column.
bool is_name(std::string_view text);

/// True when `text` may be a password: 1 to 1,024 bytes, nothing else is asked of it.
bool is_password(std::string_view text);

/// True when `text` may become a password: in UTF-8, and without a line end, which a client that ends its frames so
/// could never send.
bool is_new_password(std::string_view text);

} // namespace salond
