// The audit log: it only grows.
#include "persistence/contracts/audit.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

#define SALOND_AUDIT_COLUMNS "audit_id, at_ms, by_whom, from_where, what, to_whom, reason, result, node"

audit_line line_in(const query_result& row) {
  return {row.integer(0), from_ms(row.integer(1)),
          row.text(2),    row.text(3),
          row.text(4),    row.text(5),
          row.text(6),    row.text(7),
          row.text(8)};
}

class sql_audit final : public feature<audit_store> {
public:
  using feature::feature;

  std::vector<audit_line> after(int64_t id, size_t most) const override {
    return all_in(db().ask("SELECT " SALOND_AUDIT_COLUMNS " FROM audit WHERE audit_id > ? ORDER BY audit_id LIMIT ?",
                           {id, limit_of(most)}),
                  line_in);
  }

  std::vector<audit_line> tail(size_t most) const override {
    auto result =
        all_in(db().ask("SELECT " SALOND_AUDIT_COLUMNS " FROM audit ORDER BY audit_id DESC LIMIT ?", {limit_of(most)}),
               line_in);
    std::reverse(result.begin(), result.end());
    if (const auto* others = db().among_nodes()) {
      const auto& open = others->noted();
      result.insert(result.end(), open.begin(), open.end());
      result.erase(result.begin(), result.end() - static_cast<std::ptrdiff_t>(std::min(most, result.size())));
    }
    return result;
  }

  void note(const decision& why, audit_word command, const std::string& to, const std::string& result) override {
    auto line = line_of(why, command, to, result);
    if (auto* others = db().among_nodes())
      return others->note(std::move(line));
    write_audit(db(), {line});
  }

  int64_t note_numbered(const decision& why, audit_word command, const std::string& to,
                        const std::string& result) override {
    auto line = line_of(why, command, to, result);
    auto* others = db().among_nodes();
    others ? others->note_at_once(std::move(line)) : write_audit(db(), {line});
    return db().last_insert_id();
  }

private:
  static audit_line line_of(const decision& why, audit_word command, const std::string& to, const std::string& result) {
    return {
        0,      why.at, clipped(why.by), clipped(why.from), std::string(command.text), clipped(to), clipped(why.reason),
        result, {}};
  }
};

} // namespace

std::unique_ptr<audit_store> audit_over(driver& on) {
  return std::make_unique<sql_audit>(on);
}

} // namespace salond::persistence
