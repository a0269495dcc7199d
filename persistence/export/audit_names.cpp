#include "persistence/export/audit_names.hpp"
#include "persistence/contracts/audit.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace salond::persistence {
namespace {

/// OLD of "OLD (NEW)", where NEW has this key; old names may hold a parenthesis themselves.
std::optional<std::string> name_before(const std::string& about, const std::string& new_key) {
  if (about.empty() || about.back() != ')')
    return std::nullopt;
  for (auto bracket = about.find(" ("); bracket != std::string::npos; bracket = about.find(" (", bracket + 1))
    if (key_of(about.substr(bracket + 2, about.size() - bracket - 3)) == new_key)
      return about.substr(0, bracket);
  return std::nullopt;
}

bool is_about_a_salon(const audit_line& line) {
  return std::any_of(std::begin(audited::about_salons), std::end(audited::about_salons),
                     [&](const audit_word& each) { return line.action == each.text; });
}

/// Whether it is "NAME" or "NAME (what about him)".
bool names(const std::string& about, const std::string& name, const std::string& key) {
  return about == name || about.rfind(name + " (", 0) == 0 || key_of(about.substr(0, about.find(" ("))) == key
         || key_of(about) == key;
}

} // namespace

audit_names::audit_names(const reading& db, const std::string& present, int64_t after)
    : names_{{present, key_of(present), std::numeric_limits<int64_t>::max()}} {
  constexpr size_t page = 1000;
  std::vector<std::pair<int64_t, std::string>> renames; // each about "OLD (NEW)"
  std::vector<std::pair<int64_t, std::string>> freed;   // names whose accounts were deleted
  std::vector<audit_line> lines;
  do {
    lines = db.audit.after(after, page);
    for (auto& line : lines) {
      after = line.id;
      if (line.action == audited::rename_user.text && line.result == "done")
        renames.emplace_back(line.id, std::move(line.to));
      else if ((line.action == audited::erase.text || line.action == audited::ban.text) && line.result == "done")
        freed.emplace_back(line.id, std::move(line.to));
    }
  } while (lines.size() == page);
  for (auto renaming = renames.rbegin(); renaming != renames.rend(); ++renaming)
    if (auto old = name_before(renaming->second, names_.front().key)) {
      auto key = key_of(*old);
      names_.insert(names_.begin(), {std::move(*old), std::move(key), renaming->first});
    }
  for (const auto& [line, whose] : freed)
    if (const auto* held = name_at(line); held && names(whose, held->text, held->key))
      freed_ = line;
}

/// How the account that has the name now was called then, if it was there.
const audit_names::name* audit_names::name_at(int64_t line) const {
  const auto found =
      std::find_if(names_.begin(), names_.end(), [&](const name& held) { return line <= held.last_line; });
  return found == names_.end() ? nullptr : &*found;
}

bool audit_names::concerns(const audit_line& line) const {
  const auto* found = name_at(line.id);
  return found
         && (key_of(line.by) == found->key || (!is_about_a_salon(line) && names(line.to, found->text, found->key)));
}

} // namespace salond::persistence
