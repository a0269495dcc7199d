#include "persistence/mysql/keys_takeover.hpp"
#include <algorithm>
#include <cctype>

namespace salond::persistence::mysql {
namespace {

constexpr const char* four_tables[] = {"clients", "salons", "salons_adheres", "messages"};

/// A foreign key of ours, and the column that only a take-over beyond the drop of the old keys has made.
struct made_key {
  const char* table;
  foreign_key is;
  const char *stage_table, *stage_column;
};
const made_key made_keys[] = {
    {"salons_adheres",
     {"fk_adheres_username", "username", "clients", "username", true, true},
     "clients",
     "username_key"},
    {"salons_adheres", {"fk_adheres_salon", "salon_id", "salons", "salon_id", false, false}, "clients", "username_key"},
    {"messages", {"fk_messages_client", "client_id", "clients", "client_id", true, false}, "messages", "seq"},
    {"messages", {"fk_messages_salon", "salon_id", "salons", "salon_id", false, false}, "messages", "seq"},
};

bool was_made(catalog& look, const std::string& table, const foreign_key& found) {
  return std::any_of(std::begin(made_keys), std::end(made_keys), [&](const made_key& key) {
    return table == key.table && found == key.is && look.find_column(key.stage_table, key.stage_column);
  });
}

/// All keys of a table that this take-over makes.
bool has_keys(catalog& look, const std::string& table) {
  const auto there = look.foreign_keys(table);
  return std::all_of(std::begin(made_keys), std::end(made_keys), [&](const made_key& key) {
    return table != key.table || std::find(there.begin(), there.end(), key.is) != there.end();
  });
}

// The names that our indexes on old tables have, those that later steps make among them.
const std::set<std::string> made_indexes = {"uq_salons_key",           "uq_clients_username", "uq_clients_username_key",
                                            "uq_clients_alias_key",    "ix_clients_role",     "ix_clients_look_folded",
                                            "ix_clients_look_spelled", "uq_adheres",          "ix_adheres_salon",
                                            "uq_messages_seq",         "ix_messages_client"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text;
}

/// The indexes that an ALTER of the table drops. Users and salons keep those that others made, but for the replaced
/// server's and those whose names we need.
std::vector<std::string> dropped_indexes(catalog& look, const std::string& table) {
  const bool keeps = table == "clients" || table == "salons";
  const auto plain = keeps ? std::set<std::string>{} : look.plain_indexes(table);
  std::vector<std::string> dropped;
  for (const auto& name : look.indexes(table))
    if (plain.count(name) != 0 || made_indexes.count(lower(name)) != 0
        || (table == "clients" && lower(name) == "idx_username"))
      dropped.push_back(name);
  return dropped;
}

/// Those that the replaced server made by itself or for its foreign keys: nobody misses them.
std::set<std::string> old_indexes(connection& db, const std::string& table) {
  auto found = db.ask("SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND"
                      " TABLE_NAME = ? GROUP BY INDEX_NAME HAVING COUNT(*) = 1 AND MIN(COLUMN_NAME) IN ('username',"
                      "'salon_id','client_id')",
                      {table});
  std::set<std::string> all;
  while (found.next())
    all.insert(found.text(0));
  return all;
}

// An old table may have a row format whose keys are shorter than ours.
#define SALOND_DYNAMIC ", ROW_FORMAT=DYNAMIC"

} // namespace

void drop_foreign_keys(connection& db) {
  catalog look(db);
  for (const auto* table : four_tables) {
    std::string changes;
    for (const auto& key : look.foreign_keys(table))
      if (!was_made(look, table, key))
        changes += (changes.empty() ? " DROP FOREIGN KEY `" : ", DROP FOREIGN KEY `") + key.name + "`";
    if (!changes.empty())
      db.execute(std::string("ALTER TABLE ") + table + changes);
  }
}

std::string drops_of_indexes(connection& db, const std::string& table) {
  catalog look(db);
  std::string dropped;
  for (const auto& name : dropped_indexes(look, table))
    dropped += ", DROP INDEX `" + name + "`";
  return dropped;
}

void describe_dropped_indexes(connection& db, const reporter& report) {
  catalog look(db);
  if (look.find_column("clients", "username_key"))
    return; // told when the take-over began, and some are ours by now
  for (const auto* table : four_tables) {
    const auto old = old_indexes(db, table);
    for (const auto& name : dropped_indexes(look, table))
      if (old.count(name) == 0)
        report("take-over: the index " + name + " of " + table + " goes; it can be made again afterwards");
  }
}

void add_constraints(connection& db) {
  catalog look(db);
  if (!look.has_unique("salons", "uq_salons_key", {"nom_key"}))
    db.execute(std::string("ALTER TABLE salons MODIFY nom_key VARBINARY(2048) NOT NULL, MODIFY policy VARCHAR(10)"
                           " NOT NULL, ADD UNIQUE KEY uq_salons_key (nom_key)" SALOND_DYNAMIC)
               + drops_of_indexes(db, "salons"));
  if (!look.has_unique("clients", "uq_clients_username_key", {"username_key"})) {
    db.run("UPDATE clients SET status = 'disconnected' WHERE status IS NULL");
    db.execute(std::string("ALTER TABLE clients MODIFY username_key VARBINARY(2048) NOT NULL,"
                           " MODIFY alias_key VARBINARY(2048) NOT NULL,"
                           " MODIFY status VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"
                           " DEFAULT 'disconnected', ADD UNIQUE KEY uq_clients_username (username),"
                           " ADD UNIQUE KEY uq_clients_username_key (username_key),"
                           " ADD UNIQUE KEY uq_clients_alias_key (alias_key)" SALOND_DYNAMIC)
               + drops_of_indexes(db, "clients"));
  }
  if (look.has_unique("salons_adheres", "uq_adheres", {"username", "salon_id"}) && has_keys(look, "salons_adheres"))
    return;
  db.execute("ALTER TABLE salons_adheres ADD UNIQUE KEY uq_adheres (username, salon_id),"
             " ADD KEY ix_adheres_salon (salon_id), ADD CONSTRAINT fk_adheres_username FOREIGN KEY (username)"
             " REFERENCES clients (username) ON DELETE CASCADE ON UPDATE CASCADE,"
             " ADD CONSTRAINT fk_adheres_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id)" SALOND_DYNAMIC
             + drops_of_indexes(db, "salons_adheres"));
}

bool constraints_are_made(connection& db) {
  catalog look(db);
  return look.has_unique("salons", "uq_salons_key", {"nom_key"})
         && look.has_unique("clients", "uq_clients_username_key", {"username_key"})
         && look.has_unique("salons_adheres", "uq_adheres", {"username", "salon_id"})
         && has_keys(look, "salons_adheres");
}

bool messages_are_done(connection& db) {
  catalog look(db);
  return look.has_unique("messages", "uq_messages_seq", {"salon_id", "seq"}) && has_keys(look, "messages");
}

bool is_foreign_key_of_ours(const std::string& name) {
  static const std::set<std::string> others = {"fk_pm_from",
                                               "fk_pm_to",
                                               "fk_requests_client",
                                               "fk_requests_salon",
                                               "fk_sessions_client",
                                               "fk_moderators_client",
                                               "fk_moderators_salon",
                                               "fk_notices_client",
                                               "fk_notices_salon",
                                               "fk_known_addresses_client",
                                               "fk_presences_client",
                                               "fk_invitation_salons_invitation",
                                               "fk_invitation_salons_salon"};
  return others.count(lower(name)) != 0
         || std::any_of(std::begin(made_keys), std::end(made_keys),
                        [&](const made_key& key) { return lower(name) == key.is.name; });
}

} // namespace salond::persistence::mysql
