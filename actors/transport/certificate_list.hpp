// The text of a list of certificates: all that an authority issued, and what of it is revoked. A heading, and a line
// each: serial, holder, from, until, revoked (0: not).
#pragma once
#include "actors/transport/identity.hpp"
#include "actors/transport/pki.hpp"
#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace salond {

/// Lists forget a certificate so many seconds after its end.
constexpr std::time_t listed_after_expiry = 365 * 24 * 3600;

/// One line of the list of certificates.
struct issued_certificate {
  certificate_facts facts;
  std::optional<std::time_t> revoked; ///< when
  bool not_stored = false;            ///< it is revoked for this process alone, until the list can be written
};

/// What helps where a list or its authority is damaged, behind a sentence that says so.
inline constexpr auto bring_folder_back =
    "; bring its folder back from a copy. Without one, move the folder away: then there is a new authority, and every "
    "operator needs a new certificate";

/// Leaves out what ended so long ago that lists forget it.
std::string spell_list(const std::vector<issued_certificate>& all);
/// Throws pki_error where the text is no list, or a line of it is damaged. `from`: for the sentence.
std::vector<issued_certificate> parse_list(const std::string& text, const std::string& from);

/// Whether such a text is a certificate's number as lists have it.
bool is_serial(const std::string& text);
bool is_revoked(const std::vector<issued_certificate>& all, const std::string& serial);

} // namespace salond
