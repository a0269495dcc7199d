#include "persistence/mysql/accepted.hpp"
#include <algorithm>
#include <map>

namespace salond::persistence::mysql {
namespace {

struct found_part {
  std::string column; ///< empty: an expression
  int64_t prefix = 0; ///< so many characters of it, 0: all. Servers shorten what an engine has no room for
  bool ascending = true, ours = false;
  bool null_by_default = false; ///< a row of ours has nothing there
};
struct found_index {
  std::string table, name, kind;
  bool unique = false;
  std::vector<found_part> parts;
};

std::vector<found_index> indexes_of_the_four(connection& db) {
  auto found = db.ask("SELECT LOWER(s.TABLE_NAME), s.INDEX_NAME, s.INDEX_TYPE, s.NON_UNIQUE, LOWER(s.COLUMN_NAME),"
                      " s.SUB_PART, s.COLLATION, c.IS_NULLABLE = 'YES' AND COALESCE(c.COLUMN_DEFAULT, 'NULL') = 'NULL'"
                      " FROM information_schema.STATISTICS s LEFT JOIN information_schema.COLUMNS c"
                      " ON c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME"
                      " AND c.COLUMN_NAME = s.COLUMN_NAME WHERE s.TABLE_SCHEMA = DATABASE() AND s.TABLE_NAME IN"
                      " ('clients', 'salons', 'salons_adheres', 'messages') ORDER BY 1, 2, s.SEQ_IN_INDEX");
  std::vector<found_index> all;
  while (found.next()) {
    if (all.empty() || all.back().table != found.text(0) || all.back().name != found.text(1))
      all.push_back({found.text(0), found.text(1), found.text(2), found.integer(3) == 0, {}});
    all.back().parts.push_back({found.text(4), found.integer(5), found.text(6) == "A",
                                is_column_of_ours(found.text(0), found.text(4)), found.integer(7) != 0});
  }
  return all;
}

std::string number_of(const std::string& table) {
  static const std::map<std::string, std::string> all = {
      {"clients", "client_id"}, {"salons", "salon_id"}, {"salons_adheres", "id"}, {"messages", "message_id"}};
  return all.at(table);
}

bool is_primary_as_expected(const found_index& index) {
  return index.name == "PRIMARY" && index.parts.size() == 1 && index.parts[0].column == number_of(index.table)
         && index.parts[0].ascending;
}

/// The unique indexes that this take-over makes: where it did, an interrupted one goes on.
bool is_made_unique(catalog& look, const found_index& index) {
  struct made {
    const char *table, *name;
    std::vector<std::string> columns;
  };
  static const made all[] = {{"salons", "uq_salons_key", {"nom_key"}},
                             {"clients", "uq_clients_username", {"username"}},
                             {"clients", "uq_clients_username_key", {"username_key"}},
                             {"clients", "uq_clients_alias_key", {"alias_key"}},
                             {"salons_adheres", "uq_adheres", {"username", "salon_id"}},
                             {"messages", "uq_messages_seq", {"salon_id", "seq"}}};
  return std::any_of(std::begin(all), std::end(all), [&](const made& ours) {
    return index.table == ours.table && index.name == ours.name && look.has_unique(ours.table, ours.name, ours.columns)
           && look.find_column("clients", "username_key");
  });
}

// Those of a column once it is ours. A text without end has no whole index.
int64_t bytes_afterwards(const found_part& part) {
  constexpr int64_t bytes_a_character = 4;
  if (part.prefix > 0)
    return bytes_a_character * part.prefix;
  static const std::map<std::string, int64_t> all = {{"username", 2048},      {"alias", 2048},     {"nom_salon", 2048},
                                                     {"username_key", 2048},  {"alias_key", 2048}, {"nom_key", 2048},
                                                     {"password_hash", 1020}, {"status", 80},      {"role", 80},
                                                     {"policy", 40},          {"contenu", 1 << 24}};
  const auto found = all.find(part.column);
  return found == all.end() ? 8 : found->second;
}

template <class Predicate>
bool all_parts(const found_index& index, const Predicate& of) {
  return std::all_of(index.parts.begin(), index.parts.end(), of);
}
template <class Predicate>
bool any_part(const found_index& index, const Predicate& of) {
  return std::any_of(index.parts.begin(), index.parts.end(), of);
}

/// Whether a unique index never refuses a row that salond writes or changes.
bool refuses_nothing(const found_index& index) {
  const auto number = number_of(index.table);
  if (any_part(index, [&](const found_part& part) { return part.column == number; }))
    return true;
  return all_parts(index, [](const found_part& part) { return !part.ours; })
         && any_part(index, [](const found_part& part) { return part.null_by_default; });
}

// Why an index is not accepted, as a sentence goes on behind its name; empty: it is.
std::string objection_to(const found_index& index) {
  constexpr int64_t max_key = 3072;   // InnoDB's, in pages of 16 KiB
  constexpr int64_t max_prefix = 250; // names have 512 characters then, hashes 255
  const char* cure = ": drop it; it can be made again afterwards";
  if (index.kind != "BTREE")
    return "is of the kind " + index.kind + ", which may keep columns from changing" + cure;
  if (any_part(index, [](const found_part& part) { return part.column.empty(); }))
    return std::string("is made of an expression, which may keep columns from changing") + cure;
  if (index.unique && !refuses_nothing(index))
    return "is unique, and may refuse what the take-over or salond writes: drop it";
  if (all_parts(index, [](const found_part& part) { return !part.ours; }))
    return {};
  if (any_part(index, [](const found_part& part) { return !part.ours; }))
    return std::string("has columns of the replaced server's and others, whose lengths may not go together") + cure;
  if (any_part(index, [](const found_part& part) { return part.prefix > max_prefix; }))
    return std::string("holds more of a column's beginning than the column will have") + cure;
  int64_t bytes = 0;
  for (const auto& part : index.parts)
    bytes += bytes_afterwards(part);
  if (bytes > max_key)
    return "would be longer than InnoDB takes (3072 bytes) once texts are utf8mb4: drop it";
  return {};
}

} // namespace

void find_other_indexes(connection& db, std::vector<std::string>& found) {
  constexpr int64_t most = 50; // of 64 that a table may have: salond makes up to 7, now and later
  catalog look(db);
  std::map<std::string, int64_t> counts;
  std::set<std::string> without_number = {"clients", "salons", "salons_adheres", "messages"};
  for (const auto& index : indexes_of_the_four(db)) {
    if (is_primary_as_expected(index))
      without_number.erase(index.table);
    if (index.name == "PRIMARY" || is_made_unique(look, index))
      continue;
    ++counts[index.table];
    if (const auto why = objection_to(index); !why.empty())
      found.push_back("the index " + index.name + " of " + index.table + " " + why);
  }
  for (const auto& table : without_number)
    found.push_back("the table " + table
                    + " has another primary key than the replaced server's, its number: make that the key");
  for (const auto& [table, count] : counts)
    if (count > most)
      found.push_back("the table " + table + " has " + std::to_string(count) + " indexes, and there may be "
                      + std::to_string(most) + " beside the primary key: drop some");
}

} // namespace salond::persistence::mysql
