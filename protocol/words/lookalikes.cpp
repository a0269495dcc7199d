#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <set>
#include <stdexcept>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>
#include <utility>

namespace salond {
namespace {

constexpr size_t max_bytes = 255; // the columns are VARBINARY(255); who looks alike for so long looks alike
constexpr int max_rounds = 4;     // until nothing changes any more: in practice two

const USpoofChecker* checker() {
  static const USpoofChecker* const opened = [] {
    UErrorCode status = U_ZERO_ERROR;
    auto* result = uspoof_open(&status);
    if (U_FAILURE(status))
      throw std::runtime_error(std::string("ICU has no table of lookalikes: ") + u_errorName(status));
    return result;
  }();
  return opened;
}

/// The prototype of each character in place of it, as UTS 39 has it.
std::string prototypes(const std::string& text) {
  std::string result(4 * text.size() + 64, '\0');
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    const auto size = uspoof_getSkeletonUTF8(checker(), 0, text.data(), static_cast<int32_t>(text.size()),
                                             result.data(), static_cast<int32_t>(result.size()), &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status))
      throw std::runtime_error(std::string("ICU cannot tell what a name looks like: ") + u_errorName(status));
    const auto fits = static_cast<size_t>(size) <= result.size();
    result.resize(static_cast<size_t>(size));
    if (fits)
      return result;
  }
}

/// What looks like a colon or a bracket, though ICU's table does not say so (looked for in Unicode 15). A sign that a
/// script has for itself is none behind a letter of that script: visargas, and the ends of words in Ethiopic.
bool has_unknown_parts(std::string_view name) {
  const auto text = icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())});
  UChar32 before = ' ';
  for (int32_t place = 0; place < text.length(); place = text.moveIndex32(place, 1)) {
    const auto c = text.char32At(place);
    if ((c >= 0x276A && c <= 0x276B) || (c >= 0x2985 && c <= 0x2988) || (c >= 0x2E28 && c <= 0x2E29))
      return true; // MEDIUM FLATTENED, WHITE and Z NOTATION IMAGE, DOUBLE parentheses
    const auto parts = u_getIntPropertyValue(c, UCHAR_INDIC_SYLLABIC_CATEGORY) == U_INSC_VISARGA || c == 0x0F7F
                       || c == 0x1361 || (c >= 0x1365 && c <= 0x1366);
    if (parts && u_getIntPropertyValue(c, UCHAR_SCRIPT) != u_getIntPropertyValue(before, UCHAR_SCRIPT))
      return true;
    before = c;
  }
  return false;
}

/// Several spaces look like one, or hardly otherwise.
std::string with_single_spaces(const std::string& text) {
  std::string result;
  for (const auto c : text)
    if (c != ' ' || result.empty() || result.back() != ' ')
      result += c;
  return result;
}

/// A capital's prototype may be another letter's, so case is folded after it, and that may have a prototype again.
std::string whole_skeleton(std::string text) {
  for (int round = 0; round < max_rounds; ++round) {
    auto next = folded(prototypes(text)); // of any length: a prototype may be several characters
    next.erase(next.find_last_not_of(' ') + 1);
    if (next == text)
      break;
    text = std::move(next);
  }
  return with_single_spaces(text);
}

std::string skeleton(std::string text) {
  auto result = whole_skeleton(std::move(text));
  if (result.size() > max_bytes)
    result.resize(max_bytes);
  return result;
}

std::set<std::string> skeletons_of_reserved() {
  std::set<std::string> result;
  for (const auto* name :
       {"inscription", "INSCRIPTION", "Inscription", "resume", "RESUME", "Resume", "invite", "INVITE", "Invite",
        "admin", "ADMIN", "Admin", "server", "SERVER", "Server", "local", "LOCAL", "Local",
        // what the audit log has in the place of a name
        "everybody", "Everybody", "EVERYBODY", "configuration", "Configuration", "CONFIGURATION", "several accounts",
        "Several accounts", "SEVERAL ACCOUNTS"}) {
    const auto looks = skeletons_of(name);
    result.insert({looks.folded, looks.spelled});
  }
  return result;
}

} // namespace

skeletons skeletons_of(std::string_view name) {
  return {skeleton(key_of(name)), skeleton(std::string(name))};
}

bool look_alike(const skeletons& a, const skeletons& b) {
  return a.folded == b.folded || a.folded == b.spelled || a.spelled == b.folded || a.spelled == b.spelled;
}

bool looks_parted(std::string_view name) {
  if (has_unknown_parts(name))
    return true;
  const auto key = key_of(name);
  for (const auto& text : {key, whole_skeleton(key), whole_skeleton(std::string(name))})
    if (text.find_first_of(":()") != std::string::npos)
      return true;
  return false;
}

bool is_reserved(std::string_view username) {
  static const auto reserved = skeletons_of_reserved();
  const auto looks = skeletons_of(username);
  static const auto invitation = skeletons_of("invitation").folded + ' '; // the audit log has them by number
  if (looks.folded.rfind(invitation, 0) == 0)
    return true;
  return reserved.count(looks.folded) != 0 || reserved.count(looks.spelled) != 0;
}

} // namespace salond
