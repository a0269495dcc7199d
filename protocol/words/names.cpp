#include "protocol/words/names.hpp"
#include <stdexcept>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace salond {
namespace {

constexpr size_t most_key_bytes = 2048; // the column is VARBINARY(2048): InnoDB indexes at most 3,072 bytes
constexpr int most_name_characters = 64;

bool forbidden_in_names(UChar32 c) {
  if (c == ':' || c == '(' || c == ')')
    return true;
  switch (u_charType(c)) {
  case U_CONTROL_CHAR:
  case U_FORMAT_CHAR:
  case U_SURROGATE:
  case U_UNASSIGNED:
  case U_LINE_SEPARATOR:
  case U_PARAGRAPH_SEPARATOR: return true;
  default: return false;
  }
}

std::string fold(std::string_view name) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* folder = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status))
    throw std::runtime_error(std::string("ICU has no NFKC_Casefold: ") + u_errorName(status));
  const auto text = icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())});
  std::string folded;
  folder->normalize(text, status).toUTF8String(folded);
  if (U_FAILURE(status))
    throw std::runtime_error(std::string("ICU cannot fold a name: ") + u_errorName(status));
  return folded;
}

} // namespace

std::string key_of(std::string_view name) {
  auto key = fold(name);
  if (key.size() > most_key_bytes)
    key = name;
  key.erase(key.find_last_not_of(' ') + 1);
  return key;
}

bool is_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const auto size = static_cast<int32_t>(bytes.size());
  for (int32_t at = 0; at < size;) {
    UChar32 c = data[at];
    if (c < 0x80) {
      ++at;
      continue;
    }
    U8_NEXT(data, at, size, c);
    if (c < 0)
      return false;
  }
  return true;
}

std::string shown(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    const auto from = at;
    UChar32 c;
    U8_NEXT(data, at, size, c);
    if (c < 0)
      result += "\xEF\xBF\xBD";
    else if (c != '\t' && (c < 0x20 || (c >= 0x7F && c < 0xA0)))
      result += ' ';
    else
      result.append(text, static_cast<size_t>(from), static_cast<size_t>(at - from));
  }
  return result;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.size() > 4 * most_name_characters)
    return false;
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  int characters = 0;
  for (int32_t at = 0; at < size;) {
    UChar32 c;
    U8_NEXT(data, at, size, c);
    if (c < 0 || forbidden_in_names(c) || ++characters > most_name_characters)
      return false;
    if ((at == size || characters == 1) && u_isUWhiteSpace(c))
      return false; // "no space at either end" holds for all of Unicode's spaces
  }
  const auto folded = fold(text);
  return !folded.empty() && folded.front() != ' ' && folded.back() != ' ' && folded.size() <= most_key_bytes;
}

bool is_reserved(std::string_view username) {
  const auto key = key_of(username);
  return key == "inscription" || key == "resume" || key == "admin" || key == "server";
}

bool is_password(std::string_view text) {
  constexpr size_t most_bytes = 1024; // docs/text-protocol.md, "First frame of a connection"
  return !text.empty() && text.size() <= most_bytes;
}

} // namespace salond
