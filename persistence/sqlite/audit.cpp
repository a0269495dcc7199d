// The audit log in SQLite: it only grows.
#include "persistence/column_words.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

#define SALOND_AUDIT_COLUMNS "audit_id, at_ms, by_whom, from_where, what, to_whom, reason, result"

std::vector<audit_line> lines_in(sqlite::query found) {
  std::vector<audit_line> result;
  while (found.next())
    result.push_back({found.integer(0), from_ms(found.integer(1)), found.text(2), found.text(3), found.text(4),
                      found.text(5), found.text(6), found.text(7)});
  return result;
}

} // namespace

std::vector<audit_line> sqlite_store::audit_after(int64_t id, size_t most) {
  return lines_in(db_->ask("SELECT " SALOND_AUDIT_COLUMNS " FROM audit WHERE audit_id > ? ORDER BY audit_id LIMIT ?",
                           id, limit_of(most)));
}

std::vector<audit_line> sqlite_store::audit_tail(size_t most) {
  auto result =
      lines_in(db_->ask("SELECT " SALOND_AUDIT_COLUMNS " FROM audit ORDER BY audit_id DESC LIMIT ?", limit_of(most)));
  std::reverse(result.begin(), result.end());
  return result;
}

void sqlite_store::note(const decision& why, const std::string& what, const std::string& to,
                        const std::string& result) {
  db_->run("INSERT INTO audit(at_ms, by_whom, from_where, what, to_whom, reason, result) VALUES (?, ?, ?, ?, ?, ?, ?)",
           to_ms(why.at), clipped(why.by), clipped(why.from), what, clipped(to), clipped(why.reason), result);
}

} // namespace salond::persistence
