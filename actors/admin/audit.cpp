// The audit log as operators read it.
#include "persistence/contracts/audit.hpp"
#include "actors/admin/ask.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/export/audit_names.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

constexpr size_t max_lines = 1000; ///< of one answer
// Lines that are looked at in one question; other questions have their turn in between.
constexpr int64_t lines_a_look = 5000;

/// Further words of the audit log for commands that decide about several kinds of things, beside those of their rows.
constexpr std::pair<audit_word, audit_word> further_words[] = {{audited::accept, audited::accept_registration},
                                                               {audited::accept, audited::accept_registrations},
                                                               {audited::reject, audited::reject_registration},
                                                               {audited::reject, audited::reject_registrations},
                                                               {audited::ban, audited::ban_name},
                                                               {audited::ban, audited::ban_address},
                                                               {audited::unban, audited::unban_address}};

/// The lines that are wanted; an empty field allows all.
struct line_filter {
  std::optional<audit_names> user;
  std::string word, result;
  time_span when;

  bool fits(const audit_line& line) const {
    return (!user || user->concerns(line)) && (word.empty() || is_of_command(line.action))
           && (result.empty() || line.result == result) && when.holds(line.at);
  }
  bool is_of_command(const std::string& action) const {
    return present_audit_word(action) == word
           || std::any_of(std::begin(further_words), std::end(further_words), [&](const auto& further) {
                return further.first.text == word && further.second.text == action;
              });
  }
};

/// A walk through the log, in one direction, until one line more is found than is wanted.
struct log_walk {
  line_filter filter;
  size_t wanted = 50;
  bool forward = false;
  bool tells_cut = false; ///< whether more lines than are wanted are worth a word
  int64_t place = 0;      ///< forward: the last line that was looked at; else the first one
  int64_t newest = 0;     ///< backward: the line at which it began, or one before
  std::vector<audit_line> found;
};
using log_walk_ptr = std::shared_ptr<log_walk>;

/// The line behind which `--follow` goes on: every line that fits and stands before it was told.
int64_t last_looked_at(const log_walk& walk, bool cut) {
  if (!walk.forward)
    return walk.newest;
  return cut ? walk.found.back().id : walk.place;
}

void tell_lines(const admin_call_ptr& call, log_walk& walk) {
  const bool cut = walk.found.size() > walk.wanted;
  if (cut)
    walk.found.pop_back();
  if (cut && walk.tells_cut)
    call->cut_off();
  if (!walk.forward)
    std::reverse(walk.found.begin(), walk.found.end());
  json list = json::array();
  for (const auto& written : walk.found) {
    json line{{"id", written.id}};
    line.update(audit_fields(written));
    if (call->parts().member && written.node.empty())
      line["node"] = nullptr; // the columns of a table are those of its first line
    list.push_back(std::move(line));
  }
  if (call->said().has("--follow"))
    list = json{{"lines", list}, {"last", last_looked_at(walk, cut)}};
  call->done(list);
}

/// Whether all lines behind this one, in the walk's direction, are of another time.
bool leaves_its_time(const log_walk& walk, const audit_line& line) {
  const auto& span = walk.filter.when;
  return walk.forward ? span.until && line.at > *span.until + clock_jump
                      : span.since && line.at + clock_jump < *span.since;
}

/// Takes the lines that fit out of the next ones. True: there is no more to look at.
bool take_lines(log_walk& walk, std::vector<audit_line>& lines) {
  const auto first = walk.place - lines_a_look;
  if (!walk.forward)
    std::reverse(lines.begin(), lines.end());
  const auto last = lines.empty() ? walk.place : lines.back().id;
  for (auto& line : lines) {
    if (!walk.forward && line.id >= walk.place)
      continue;
    if (leaves_its_time(walk, line)) {
      walk.place = walk.forward ? last : first;
      return true;
    }
    if (!walk.filter.fits(line))
      continue;
    walk.found.push_back(std::move(line));
    if (walk.found.size() > walk.wanted)
      return true;
  }
  walk.place = walk.forward ? last : first;
  return walk.forward ? lines.size() < static_cast<size_t>(lines_a_look) : first <= 1;
}

void look_on(const admin_call_ptr& call, const log_walk_ptr& walk) {
  const auto after = walk->forward ? walk->place : std::max<int64_t>(walk->place - lines_a_look - 1, 0);
  ask_to_read_on(
      call, [after](const reading& db) { return db.audit.after(after, static_cast<size_t>(lines_a_look)); },
      [call, walk](std::vector<audit_line>& lines) {
        take_lines(*walk, lines) ? tell_lines(call, *walk) : look_on(call, walk);
      });
}

/// Backwards from the line that `--before` names, or from the end: no line stands behind that.
void look_back(const admin_call_ptr& call, const log_walk_ptr& walk) {
  ask_to_read(
      call, [](const reading& db) { return db.audit.tail(1); },
      [call, walk](const std::vector<audit_line>& last) {
        walk->newest = last.empty() ? 0 : last.back().id;
        walk->place = std::min(call->said().number("--before").value_or(walk->newest + 1), walk->newest + 1);
        walk->wanted == 0 ? tell_lines(call, *walk) : look_on(call, walk);
      });
}

void walk_through(const admin_call_ptr& call, const log_walk_ptr& walk) {
  walk->forward ? look_on(call, walk) : look_back(call, walk);
}

/// The names that somebody has now and had before, as far as the lines behind `after` say so.
audit_names names_of(const reading& db, const std::string& typed, int64_t after) {
  const auto account = db.accounts.find(key_of(typed));
  return {db, account ? account->username : typed, after};
}

void show_log(const admin_call_ptr& call) {
  const auto& said = call->said();
  const auto when = span_meant(call);
  if (!when)
    return;
  const auto after = said.number("--after");
  if (after && said.has("--before"))
    return call->refuse(admin_verdict::wrong_usage, "give --after or --before, not both");
  if (said.has("--follow") && said.has("--before"))
    return call->refuse(admin_verdict::wrong_usage, "give --follow or --before, not both");
  const auto wished = static_cast<size_t>(said.number("N").value_or(after ? int64_t{max_lines} : 50));
  auto walk = std::make_shared<log_walk>();
  walk->filter = {std::nullopt, std::string(present_audit_word(said.get("--command"))), said.get("--result"), *when};
  walk->wanted = std::min(wished, max_lines);
  walk->forward = after.has_value();
  walk->tells_cut = walk->forward || wished > max_lines;
  walk->place = after.value_or(0);
  if (!said.has("--user"))
    return walk_through(call, walk);
  ask_to_read_long(
      call, [typed = said.get("--user"), from = walk->place](const reading& db) { return names_of(db, typed, from); },
      [call, walk](audit_names& user) {
        walk->filter.user = std::move(user);
        walk_through(call, walk);
      });
}

} // namespace

void add_audit_commands(std::map<std::string_view, admin_command>& to) {
  to["log"] = show_log;
}

} // namespace salond
