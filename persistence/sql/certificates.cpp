// The list of certificates of a cluster: in databases that nodes share alone.
#include "persistence/contracts/certificates.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include <map>

namespace salond::persistence {
namespace {

class sql_certificates final : public feature<certificate_store> {
public:
  using feature::feature;

  std::vector<listed_certificate> all(const std::string& authority) const override {
    return all_in(db().ask("SELECT serial, holder, from_s, until_s, revoked_s FROM certificates WHERE authority = ? "
                           "ORDER BY serial",
                           {std::string_view(authority)}),
                  [](const query_result& row) -> listed_certificate {
                    return {row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4)};
                  });
  }

  // Most have nothing new, and wait for nobody.
  void merge(const std::string& authority, const std::vector<listed_certificate>& known, int64_t oldest_s) override {
    if (new_among(known, authority).empty())
      return;
    if (auto* others = db().among_nodes())
      others->lock_certificates();
    const auto fresh = new_among(known, authority); // as others left it
    if (fresh.empty())
      return;
    for (const auto& line : fresh)
      put(authority, line);
    db().run("DELETE FROM certificates WHERE authority = ? AND until_s < ?", {std::string_view(authority), oldest_s});
    tell_nodes({fact::kind::certificate});
  }

private:
  /// Those that are not listed, or not as revoked.
  std::vector<listed_certificate> new_among(const std::vector<listed_certificate>& known,
                                            const std::string& authority) const {
    std::map<std::string, bool> revoked;
    for (const auto& line : all(authority))
      revoked.emplace(line.serial, line.revoked_s != 0);
    std::vector<listed_certificate> fresh;
    for (const auto& line : known) {
      const auto listed = revoked.find(line.serial);
      if (listed == revoked.end() || (line.revoked_s != 0 && !listed->second))
        fresh.push_back(line);
    }
    return fresh;
  }

  /// A list may name a serial twice: once it is revoked it stays so, whatever the other line says.
  void put(const std::string& authority, const listed_certificate& line) {
    const auto listed =
        db().run("UPDATE certificates SET revoked_s = CASE WHEN revoked_s = 0 THEN ? ELSE revoked_s END "
                 "WHERE authority = ? AND serial = ?",
                 {line.revoked_s, std::string_view(authority), std::string_view(line.serial)});
    if (listed == 0)
      db().run("INSERT INTO certificates(authority, serial, holder, from_s, until_s, revoked_s) "
               "VALUES (?, ?, ?, ?, ?, ?)",
               {std::string_view(authority), std::string_view(line.serial), std::string_view(line.holder), line.from_s,
                line.until_s, line.revoked_s});
  }
};

} // namespace

bool was_removed(const std::vector<listed_certificate>& all, const std::string& holder, const std::string& serial) {
  bool listed = false, known = false, valid = false;
  for (const auto& line : all) {
    if (line.serial == serial && line.revoked_s != 0)
      return true;
    listed = listed || line.serial == serial;
    known = known || line.holder == holder;
    valid = valid || (line.holder == holder && line.revoked_s == 0);
  }
  return !listed && known && !valid;
}

std::unique_ptr<certificate_store> certificates_over(driver& on) {
  return std::make_unique<sql_certificates>(on);
}

} // namespace salond::persistence
