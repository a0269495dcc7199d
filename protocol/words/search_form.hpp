// What a search compares of a text, and the pieces by which an index finds it.
// docs/decisions/0054-an-index-behind-the-posts.md has the reasons.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

/// `text` so that what differs in case, in accents, or in how its characters are put together becomes the same bytes:
/// NFKC_Casefold of each character, decomposed, without combining marks. A text holds another for who searches where
/// its form holds that one's. It takes a time that grows with the length alone, whatever the text is made of; the form
/// of the worst text is eleven times as long. Bytes that are not UTF-8 become U+FFFD.
std::string search_form(std::string_view text);
void append_search_form(std::string& to, std::string_view text);

/// Three characters in a row, as one number above 0.
using gram = int64_t;

/// Each gram of a search form once, in rising order; none where the form has fewer than three characters. REQUIRES:
/// UTF-8.
std::vector<gram> grams_of(std::string_view form);

} // namespace salond
