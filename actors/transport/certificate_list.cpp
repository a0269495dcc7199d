#include "actors/transport/certificate_list.hpp"
#include <algorithm>
#include <sstream>

namespace salond {
namespace {

constexpr const char* list_heading = "salond certificates 1"; // another number for another form

/// Nothing: the line is damaged.
std::optional<issued_certificate> parse_line(const std::string& line) {
  std::istringstream words{line};
  std::string serial, who, rest;
  std::time_t from = 0, until = 0, revoked = 0;
  words >> serial >> who >> from >> until >> revoked;
  const auto holder = identity_of(who);
  if (words.fail() || words >> rest || !holder || !is_serial(serial))
    return std::nullopt;
  issued_certificate issued{{*holder, serial, from, until}, std::nullopt};
  if (revoked != 0)
    issued.revoked = revoked;
  return issued;
}

} // namespace

bool is_serial(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}

std::string spell_list(const std::vector<issued_certificate>& all) {
  std::ostringstream text;
  text << list_heading << '\n';
  const auto oldest = std::time(nullptr) - listed_after_expiry;
  for (const auto& each : all)
    if (const auto& facts = each.facts; facts.until > oldest)
      text << facts.serial << ' ' << to_string(facts.who) << ' ' << facts.from << ' ' << facts.until << ' '
           << each.revoked.value_or(0) << '\n';
  return text.str();
}

std::vector<issued_certificate> parse_list(const std::string& text, const std::string& from) {
  std::vector<issued_certificate> all;
  std::istringstream lines{text};
  std::string line;
  if (!std::getline(lines, line) || line != list_heading)
    throw pki_error("not a list of certificates: " + from + bring_folder_back);
  while (std::getline(lines, line)) {
    auto issued = parse_line(line);
    if (!issued)
      throw pki_error(from + " is damaged at \"" + line + '"' + bring_folder_back);
    all.push_back(std::move(*issued));
  }
  return all;
}

bool is_revoked(const std::vector<issued_certificate>& all, const std::string& serial) {
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& issued) { return issued.facts.serial == serial && issued.revoked.has_value(); });
}

} // namespace salond
