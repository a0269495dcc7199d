#include "protocol/words/names.hpp"
#include "protocol/words/lookalikes.hpp"
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace salond {
namespace {

constexpr size_t max_key_bytes = 2048; // the column is VARBINARY(2048): InnoDB indexes at most 3,072 bytes
constexpr int max_name_characters = 64;
constexpr int max_old_name_characters = 512; // the columns are VARCHAR(512)

/// Characters that show nothing, though no property of Unicode says so (looked for in Unicode 15).
bool is_blank_without_property(UChar32 c) {
  switch (c) {
  case 0x2800:  // BRAILLE PATTERN BLANK: a pattern without a dot, a symbol by its category
  case 0xFFFC:  // OBJECT REPLACEMENT CHARACTER: stands for a picture that is not there
  case 0x13441: // EGYPTIAN HIEROGLYPH FULL BLANK, a letter by its category
  case 0x13442: // EGYPTIAN HIEROGLYPH HALF BLANK
  case 0x16FE4: // KHITAN SMALL SCRIPT FILLER: keeps a place free
  case 0x1D159: // MUSICAL SYMBOL NULL NOTEHEAD: the head of a note that has none
    return true;
  default: return false;
  }
}

bool forbidden_in_names(UChar32 c) {
  if ((U_GET_GC_MASK(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CS_MASK | U_GC_CN_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK))
      != 0)
    return true;
  return (c != ' ' && u_isUWhiteSpace(c)) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)
         || is_blank_without_property(c);
}

bool is_mark(UChar32 c) {
  return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

/// A mark that joins two characters of its script and is not seen; elsewhere it joins nothing.
bool joins_unseen(UChar32 c) {
  const auto category = u_getIntPropertyValue(c, UCHAR_INDIC_SYLLABIC_CATEGORY);
  return category == U_INSC_INVISIBLE_STACKER || category == U_INSC_NUMBER_JOINER
         || c == 0x2D7F; // TIFINAGH CONSONANT JOINER, of which that property knows nothing
}

bool same_script(UChar32 a, UChar32 b) {
  return u_getIntPropertyValue(a, UCHAR_SCRIPT) == u_getIntPropertyValue(b, UCHAR_SCRIPT);
}

/// Whether each character may stand where it does: a mark needs a base, a joiner what it joins. `text` ends with 0.
bool holds_together(const UChar32* text) {
  UChar32 before = ' ';
  for (; *text != 0; before = *text++) {
    if (is_mark(*text) && before == ' ')
      return false;
    if (joins_unseen(*text) && !(same_script(before, text[0]) && same_script(text[0], text[1])))
      return false;
  }
  return true;
}

} // namespace

std::string folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* folder = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status))
    throw std::runtime_error(std::string("ICU has no NFKC_Casefold: ") + u_errorName(status));
  const auto units = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  std::string result;
  folder->normalize(units, status).toUTF8String(result);
  if (U_FAILURE(status))
    throw std::runtime_error(std::string("ICU cannot fold a name: ") + u_errorName(status));
  return result;
}

bool is_too_long_for_names(std::string_view text) {
  if (text.size() <= size_t{max_old_name_characters}) // as almost all that is typed
    return false;
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  return text.size() > size_t{4 * max_old_name_characters}
         || std::count_if(text.begin(), text.end(), begins_character) > max_old_name_characters;
}

std::string key_of(std::string_view name) {
  auto key = is_too_long_for_names(name) ? std::string(name) : folded(name);
  if (key.size() > max_key_bytes)
    key = name;
  key.erase(key.find_last_not_of(' ') + 1);
  return key;
}

bool is_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const auto size = static_cast<int32_t>(bytes.size());
  for (int32_t place = 0; place < size;) {
    UChar32 c = data[place];
    if (c < 0x80) {
      ++place;
      continue;
    }
    U8_NEXT(data, place, size, c);
    if (c < 0)
      return false;
  }
  return true;
}

namespace {

bool is_line_end_or_control(UChar32 c) {
  return (c != '\t' && (c < 0x20 || (c >= 0x7F && c < 0xA0))) || c == 0x2028 || c == 0x2029;
}

} // namespace

void append_shown(std::string& to, std::string_view text) {
  to.reserve(to.size() + text.size());
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  int32_t as_it_is = 0; // from here on nothing is replaced; it is appended as one piece
  for (int32_t place = 0; place < size;) {
    if (data[place] >= 0x20 && data[place] < 0x7F) { // most bytes are
      ++place;
      continue;
    }
    const auto from = place;
    UChar32 c;
    U8_NEXT(data, place, size, c);
    if (c >= 0 && !is_line_end_or_control(c))
      continue;
    to.append(text, static_cast<size_t>(as_it_is), static_cast<size_t>(from - as_it_is));
    to += c < 0 ? "\xEF\xBF\xBD" : " ";
    as_it_is = place;
  }
  to.append(text, static_cast<size_t>(as_it_is), std::string_view::npos);
}

std::string shown(std::string_view text) {
  std::string result;
  append_shown(result, text);
  return result;
}

namespace {

/// What a terminal obeys, or what hides in a line: controls, format characters, line and paragraph separators.
bool misleads(UChar32 c) {
  constexpr UChar32 zero_width_non_joiner = 0x200C,
                    zero_width_joiner = 0x200D; // they are part of how words are spelled
  return c != zero_width_non_joiner && c != zero_width_joiner
         && (U_GET_GC_MASK(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK)) != 0;
}

void append_code(std::string& to, const char* form, UChar32 code) {
  char text[16];
  std::snprintf(text, sizeof text, form, static_cast<unsigned>(code));
  to += text;
}

} // namespace

std::string escaped(std::string_view text, std::string_view besides) {
  std::string result;
  result.reserve(text.size());
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t place = 0; place < size;) {
    auto from = place;
    UChar32 c;
    U8_NEXT(data, place, size, c);
    if (c < 0) {
      for (; from < place; ++from)
        append_code(result, "\\x%02x", data[from]);
    } else if (misleads(c)) {
      append_code(result, c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    } else {
      if (c < 0x80 && besides.find(static_cast<char>(c)) != std::string_view::npos)
        result += '\\';
      result.append(text, static_cast<size_t>(from), static_cast<size_t>(place - from));
    }
  }
  return result;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 4 * max_name_characters)
    return false;
  if (text.front() == ' ' || text.back() == ' ' || text.front() == '{' || text.front() == '[' || text.front() == '"')
    return false;
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  UChar32 characters[max_name_characters + 1] = {};
  int count = 0;
  for (int32_t place = 0; place < size;) {
    UChar32 c;
    U8_NEXT(data, place, size, c);
    if (c < 0 || forbidden_in_names(c) || count == max_name_characters)
      return false;
    characters[count++] = c;
  }
  if (!holds_together(characters))
    return false;
  const auto key = folded(text);
  return !key.empty() && key.front() != ' ' && key.back() != ' ' && key.size() <= max_key_bytes && !looks_parted(text);
}

bool is_password(std::string_view text) {
  constexpr size_t max_bytes = 1024; // docs/text-protocol.md, "First frame of a connection"
  return !text.empty() && text.size() <= max_bytes;
}

bool is_new_password(std::string_view text) {
  return is_password(text) && text.find_first_of("\r\n") == std::string_view::npos && is_utf8(text);
}

} // namespace salond
