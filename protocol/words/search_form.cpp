#include "protocol/words/search_form.hpp"
#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace salond {
namespace {

constexpr UChar32 unknown = 0xFFFD;

const icu::Normalizer2& normalizer(const icu::Normalizer2* (*which)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* result = which(status);
  if (U_FAILURE(status))
    throw std::runtime_error(std::string("ICU has no table for searching: ") + u_errorName(status));
  return *result;
}

/// What becomes of one character. The marks that go are those that have an order among each other: accents, points of
/// Hebrew, signs of Arabic. Vowels of Indian scripts, which are marks too, stay.
std::string form_of(UChar32 character) {
  static const auto& folding = normalizer(&icu::Normalizer2::getNFKCCasefoldInstance);
  static const auto& decomposing = normalizer(&icu::Normalizer2::getNFDInstance);
  UErrorCode status = U_ZERO_ERROR;
  const auto apart = decomposing.normalize(folding.normalize(icu::UnicodeString(character), status), status);
  if (U_FAILURE(status))
    throw std::runtime_error(std::string("ICU cannot fold a text: ") + u_errorName(status));
  icu::UnicodeString kept;
  for (int32_t place = 0; place < apart.length(); place = apart.moveIndex32(place, 1))
    if (const auto part = apart.char32At(place); u_getCombiningClass(part) == 0)
      kept.append(part);
  std::string result;
  kept.toUTF8String(result);
  return result;
}

/// What became of the characters that were met lately, by their last twelve bits: few texts have two that differ in the
/// others alone, and those cost ICU's work each time.
class known_forms {
public:
  const std::string& of(UChar32 character) {
    auto& place = all_[static_cast<size_t>(character) % all_.size()];
    if (place.of != character) {
      place.form = form_of(character);
      place.of = character;
    }
    return place.form;
  }

private:
  struct known {
    UChar32 of = -1;
    std::string form;
  };
  std::array<known, 4096> all_;
};

} // namespace

void append_search_form(std::string& to, std::string_view text) {
  static thread_local known_forms forms; // 160 KiB a thread that searches
  to.reserve(to.size() + text.size());
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t place = 0; place < size;) {
    if (const auto byte = data[place]; byte < 0x80) {
      to += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
      ++place;
      continue;
    }
    UChar32 character;
    U8_NEXT(data, place, size, character);
    to += forms.of(character < 0 ? unknown : character);
  }
}

std::string search_form(std::string_view text) {
  std::string result;
  append_search_form(result, text);
  return result;
}

std::vector<gram> grams_of(std::string_view form) {
  constexpr int bits = 21;                                 // of a character
  constexpr auto three = std::numeric_limits<gram>::max(); // 63 bits
  std::vector<gram> result;
  const auto* data = reinterpret_cast<const uint8_t*>(form.data());
  const auto size = static_cast<int32_t>(form.size());
  gram last = 0;
  int characters = 0;
  for (int32_t place = 0; place < size;) {
    UChar32 character;
    U8_NEXT_OR_FFFD(data, place, size, character);
    last = static_cast<gram>((static_cast<uint64_t>(last) << bits) & three) | character;
    if (++characters >= 3 && last != 0)
      result.push_back(last);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

} // namespace salond
