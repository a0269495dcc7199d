#include "persistence/export/audit_names.hpp"
#include "persistence/contracts/audit.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <limits>
#include <utility>

namespace salond::persistence {

audit_names::audit_names(const reading& db, const std::string& present)
    : names_{{present, std::numeric_limits<int64_t>::max()}} {
  constexpr size_t page = 1000;
  std::vector<std::pair<int64_t, std::string>> renames; // each about "OLD (NEW)"
  std::vector<audit_line> lines;
  int64_t last = 0;
  do {
    lines = db.audit.after(last, page);
    for (auto& line : lines) {
      last = line.id;
      if (line.what == audited::rename_user.text && line.result == "done")
        renames.emplace_back(line.id, std::move(line.to));
    }
  } while (lines.size() == page);
  for (auto one = renames.rbegin(); one != renames.rend(); ++one) {
    const auto& [id, about] = *one;
    const auto ending = " (" + names_.front().text + ")";
    if (about.size() > ending.size() && about.compare(about.size() - ending.size(), ending.size(), ending) == 0)
      names_.insert(names_.begin(), {about.substr(0, about.size() - ending.size()), id});
  }
}

bool audit_names::concerns(const audit_line& line) const {
  const auto found =
      std::find_if(names_.begin(), names_.end(), [&](const name& one) { return line.id <= one.last_line; });
  const auto& name = found->text;
  if (key_of(line.by) == key_of(name))
    return true;
  // "NAME" or "NAME (what about him)"; the names of the replaced server may hold a parenthesis themselves.
  return key_of(line.to.substr(0, line.to.find(" ("))) == key_of(name) || line.to == name
         || line.to.rfind(name + " (", 0) == 0;
}

} // namespace salond::persistence
