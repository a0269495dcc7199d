// The audit log as operators read it.
#include "persistence/contracts/audit.hpp"
#include "actors/admin/ask.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

constexpr size_t most_lines = 1000; ///< of one answer
// Lines that are looked at in one question; other questions have their turn in between.
constexpr int64_t lines_a_look = 5000;

/// Which lines; all of them where it says nothing.
struct line_filter {
  std::string user_key, word, result;
  time_span when;

  bool fits(const audit_line& line) const {
    const bool about = user_key.empty() || key_of(line.by) == user_key || names(line.to);
    return about && (word.empty() || present_audit_word(line.what) == word) && (result.empty() || line.result == result)
           && when.holds(line.at);
  }
  /// Whether it is about the user: "Zoé", or "Zoé (Général)".
  bool names(const std::string& to) const {
    const auto end = to.find(" (");
    return key_of(to) == user_key || (end != std::string::npos && key_of(to.substr(0, end)) == user_key);
  }
};

/// A walk through the log, in one direction, until enough lines are found.
struct log_walk {
  std::weak_ptr<admin_call> call;
  line_filter filter;
  size_t wanted = 50;
  bool forward = false;
  int64_t at = 0; ///< forward: the last line that was looked at; else the first one
  std::vector<audit_line> found;
};
using log_walk_ptr = std::shared_ptr<log_walk>;

void tell_lines(const admin_call_ptr& call, const std::vector<audit_line>& lines) {
  json list = json::array();
  for (const auto& one : lines) {
    json line{{"id", one.id}};
    line.update(audit_fields(one));
    list.push_back(std::move(line));
  }
  call->done(list);
}

/// Takes what fits out of the next lines; true: there is no more to look at.
bool take_lines(log_walk& walk, std::vector<audit_line>& lines) {
  const auto first = walk.at - lines_a_look;
  if (!walk.forward)
    std::reverse(lines.begin(), lines.end());
  for (auto& line : lines) {
    if (walk.found.size() == walk.wanted)
      return true;
    if ((walk.forward || line.id < walk.at) && walk.filter.fits(line))
      walk.found.push_back(std::move(line));
  }
  if (walk.forward) {
    walk.at = lines.empty() ? walk.at : lines.back().id;
    return lines.size() < static_cast<size_t>(lines_a_look);
  }
  walk.at = first;
  return first <= 1;
}

void look_on(const log_walk_ptr& walk) {
  const auto call = walk->call.lock();
  if (!call)
    return;
  const auto after = walk->forward ? walk->at : std::max<int64_t>(walk->at - lines_a_look - 1, 0);
  ask_to_read(
      call, [after](const reading& db) { return db.audit.after(after, static_cast<size_t>(lines_a_look) + 1); },
      [call, walk](std::vector<audit_line>& lines) {
        if (!take_lines(*walk, lines))
          return look_on(walk);
        if (!walk->forward)
          std::reverse(walk->found.begin(), walk->found.end());
        tell_lines(call, walk->found);
      });
}

/// Backwards from the line that `--before` names, or from the end.
void look_back(const log_walk_ptr& walk, const admin_call_ptr& call) {
  if (const auto before = call->said().number("--before")) {
    walk->at = *before;
    return look_on(walk);
  }
  ask_to_read(
      call, [](const reading& db) { return db.audit.tail(1); },
      [walk](const std::vector<audit_line>& last) {
        walk->at = last.empty() ? 1 : last.back().id + 1;
        look_on(walk);
      });
}

void show_log(const admin_call_ptr& call) {
  const auto& said = call->said();
  const auto when = span_meant(call);
  if (!when)
    return;
  const auto after = said.number("--after");
  if (after && said.has("--before"))
    return call->refuse(admin_verdict::wrong_usage, "give --after or --before, not both");
  auto walk = std::make_shared<log_walk>();
  walk->call = call;
  walk->filter = {key_of(said.get("--user")), std::string(present_audit_word(said.get("--command"))),
                  said.get("--result"), *when};
  walk->wanted = std::min(static_cast<size_t>(said.number("N").value_or(after ? int64_t{most_lines} : 50)), most_lines);
  walk->forward = after.has_value();
  walk->at = after.value_or(0);
  walk->forward ? look_on(walk) : look_back(walk, call);
}

} // namespace

void add_audit_commands(std::map<std::string_view, admin_command>& to) {
  to["log"] = show_log;
}

} // namespace salond
