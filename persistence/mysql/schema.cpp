#include "persistence/mysql/schema.hpp"
#include "persistence/rows.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence::mysql {

// Names compare by their keys, which are bytes: no two servers have a collation in common that could do it, and
// utf8mb4_bin holds 'x' and 'x ' for equal. A username of the replaced server has up to 255 characters and may be given
// numbers behind; 512 characters are as many as an index and a key have room for.
// A server's default row format may have room for keys of 767 bytes only.
#define SALOND_TABLE_OPTIONS " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
const char* const table_options = SALOND_TABLE_OPTIONS;

const char* const create_versions =
    "CREATE TABLE IF NOT EXISTS schema_version (version INT PRIMARY KEY, name VARCHAR(100) NOT NULL,"
    " applied_ms BIGINT NOT NULL)" SALOND_TABLE_OPTIONS;

// What the take-over changed, as it was before, so that an operator can go back: a field's old value is written again,
// a leading space is put before its text again, a deleted membership is inserted again.
const char* const create_repairs =
    "CREATE TABLE IF NOT EXISTS migration_repairs (table_name VARCHAR(64) NOT NULL, row_id BIGINT NOT NULL,"
    " field VARCHAR(64) NOT NULL, old_value MEDIUMTEXT NULL, new_value MEDIUMTEXT NULL,"
    " PRIMARY KEY (table_name, row_id, field))" SALOND_TABLE_OPTIONS;
const char* const create_deleted_memberships =
    "CREATE TABLE IF NOT EXISTS migration_deleted_memberships (id BIGINT PRIMARY KEY, username VARCHAR(512) NULL,"
    " salon_id BIGINT NULL)" SALOND_TABLE_OPTIONS;

namespace {

constexpr const char* four_tables[] = {
    "CREATE TABLE IF NOT EXISTS clients (client_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " username VARCHAR(512) NOT NULL, username_key VARBINARY(2048) NOT NULL, alias VARCHAR(512) NOT NULL,"
    " alias_key VARBINARY(2048) NOT NULL, password_hash VARCHAR(255) NOT NULL,"
    " status VARCHAR(20) NOT NULL DEFAULT 'disconnected', role VARCHAR(20) NOT NULL DEFAULT 'user',"
    " UNIQUE KEY uq_clients_username (username), UNIQUE KEY uq_clients_username_key (username_key),"
    " UNIQUE KEY uq_clients_alias_key (alias_key))",
    "CREATE TABLE IF NOT EXISTS salons (salon_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " nom_salon VARCHAR(512) NOT NULL, nom_key VARBINARY(2048) NOT NULL, policy VARCHAR(10) NOT NULL,"
    " last_seq BIGINT NOT NULL DEFAULT 0, UNIQUE KEY uq_salons_key (nom_key))",
    "CREATE TABLE IF NOT EXISTS salons_adheres (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " username VARCHAR(512) NOT NULL, salon_id INT NOT NULL, UNIQUE KEY uq_adheres (username, salon_id),"
    " KEY ix_adheres_salon (salon_id), CONSTRAINT fk_adheres_username FOREIGN KEY (username)"
    " REFERENCES clients (username) ON DELETE CASCADE ON UPDATE CASCADE,"
    " CONSTRAINT fk_adheres_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id))",
    // Author and salon may be NULL in rows of the replaced server, and so may its timestamp.
    "CREATE TABLE IF NOT EXISTS messages (message_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, client_id INT NULL,"
    " salon_id INT NULL, contenu MEDIUMTEXT NOT NULL, timestamp TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,"
    " seq BIGINT NOT NULL, created_ms BIGINT NOT NULL, UNIQUE KEY uq_messages_seq (salon_id, seq),"
    " KEY ix_messages_client (client_id), CONSTRAINT fk_messages_client FOREIGN KEY (client_id)"
    " REFERENCES clients (client_id) ON DELETE CASCADE,"
    " CONSTRAINT fk_messages_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id))",
};

constexpr const char* other_tables[] = {
    "CREATE TABLE IF NOT EXISTS private_messages (pm_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " from_client_id INT NOT NULL, to_client_id INT NOT NULL, contenu MEDIUMTEXT NOT NULL,"
    " created_ms BIGINT NOT NULL, delivered_ms BIGINT NULL, KEY ix_pm_to (to_client_id, delivered_ms, pm_id),"
    " KEY ix_pm_from (from_client_id), CONSTRAINT fk_pm_from FOREIGN KEY (from_client_id)"
    " REFERENCES clients (client_id) ON DELETE CASCADE, CONSTRAINT fk_pm_to FOREIGN KEY (to_client_id)"
    " REFERENCES clients (client_id) ON DELETE CASCADE)",
    "CREATE TABLE IF NOT EXISTS join_requests (client_id INT NOT NULL, salon_id INT NOT NULL,"
    " created_ms BIGINT NOT NULL, PRIMARY KEY (salon_id, client_id), KEY ix_requests_client (client_id),"
    " CONSTRAINT fk_requests_client FOREIGN KEY (client_id) REFERENCES clients (client_id) ON DELETE CASCADE,"
    " CONSTRAINT fk_requests_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id) ON DELETE CASCADE)",
    // Outlives the account, hence no foreign key. until_ms NULL: for good.
    "CREATE TABLE IF NOT EXISTS bans (username_key VARBINARY(2048) NOT NULL PRIMARY KEY,"
    " username VARCHAR(512) NOT NULL, until_ms BIGINT NULL, created_ms BIGINT NOT NULL, reason TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sessions (token_hash BINARY(32) NOT NULL PRIMARY KEY, client_id INT NOT NULL,"
    " created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL, KEY ix_sessions_client (client_id),"
    " KEY ix_sessions_expires (expires_ms), CONSTRAINT fk_sessions_client FOREIGN KEY (client_id)"
    " REFERENCES clients (client_id) ON DELETE CASCADE)",
    "CREATE TABLE IF NOT EXISTS audit (audit_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, at_ms BIGINT NOT NULL,"
    " by_whom TEXT NOT NULL, from_where TEXT NOT NULL, what VARCHAR(40) NOT NULL, to_whom TEXT NOT NULL,"
    " reason TEXT NOT NULL, result VARCHAR(40) NOT NULL)",
    "CREATE TABLE IF NOT EXISTS writers (node_id BIGINT NOT NULL PRIMARY KEY, batch BIGINT NOT NULL DEFAULT 0,"
    " fenced TINYINT NOT NULL DEFAULT 0)",
};

// What the administration needs. last_seen_ms NULL: never; archived_ms NULL: not archived.
struct added_column {
  const char *table, *name, *definition;
};
constexpr added_column administration_columns[] = {
    {"clients", "last_seen_ms", "BIGINT NULL"},
    {"salons", "topic", "VARCHAR(4096) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT ''"},
    {"salons", "archived_ms", "BIGINT NULL"},
};
constexpr const char* administration_tables[] = {
    // Which salons are given to which moderator.
    "CREATE TABLE IF NOT EXISTS moderators (client_id INT NOT NULL, salon_id INT NOT NULL,"
    " PRIMARY KEY (client_id, salon_id), KEY ix_moderators_salon (salon_id),"
    " CONSTRAINT fk_moderators_client FOREIGN KEY (client_id) REFERENCES clients (client_id) ON DELETE CASCADE,"
    " CONSTRAINT fk_moderators_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id) ON DELETE CASCADE)",
    // Accounts that wait for an administrator.
    "CREATE TABLE IF NOT EXISTS registrations (username_key VARBINARY(2048) NOT NULL PRIMARY KEY,"
    " username VARCHAR(512) NOT NULL, alias_key VARBINARY(2048) NOT NULL, alias VARCHAR(512) NOT NULL,"
    " password_hash VARCHAR(255) NOT NULL, created_ms BIGINT NOT NULL,"
    " UNIQUE KEY uq_registrations_alias_key (alias_key))",
    // Decisions about join requests, to be told at the next login.
    "CREATE TABLE IF NOT EXISTS notices (client_id INT NOT NULL, salon_id INT NOT NULL, accepted TINYINT NOT NULL,"
    " created_ms BIGINT NOT NULL, PRIMARY KEY (client_id, salon_id), KEY ix_notices_salon (salon_id),"
    " CONSTRAINT fk_notices_client FOREIGN KEY (client_id) REFERENCES clients (client_id) ON DELETE CASCADE,"
    " CONSTRAINT fk_notices_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id) ON DELETE CASCADE)",
};

void add_column(connection& db, catalog& look, const added_column& column) {
  if (!look.find_column(column.table, column.name))
    db.execute(std::string("ALTER TABLE ") + column.table + " ADD " + column.name + " " + column.definition);
}

/// A step would take a table of somebody else's for its own; one that has just these columns is what an interrupted
/// step left.
void refuse_others(catalog& look, const char* table, const std::set<std::string>& columns) {
  const auto have = look.columns(table);
  if (!have.empty() && have != columns)
    throw store_error(store_error::kind::setup, std::string("there is a table ") + table
                                                    + " that is not salond's, which needs the name: RENAME TABLE "
                                                    + table + " TO another name");
}

void add_administration(connection& db) {
  catalog look(db);
  for (const auto& column : administration_columns)
    add_column(db, look, column);
  for (const auto* table : administration_tables)
    db.execute(std::string(table) + table_options);
}

// What waits for a user has a bound in bytes (max_bytes_of_one, ...): they stand in the index by which what
// waits is counted. Of a message that was delivered nobody asks it. The new index comes first: the foreign key needs
// one of the two.
void add_mailbox_bytes(connection& db) {
  catalog look(db);
  if (!look.find_column("private_messages", "bytes"))
    db.execute("ALTER TABLE private_messages ADD bytes INT NOT NULL DEFAULT 0");
  db.execute("UPDATE private_messages SET bytes = LEAST(LENGTH(contenu), 262144) WHERE delivered_ms IS NULL");
  if (!look.has_index("private_messages", "ix_pm_mailbox"))
    db.execute("ALTER TABLE private_messages"
               " ADD KEY ix_pm_mailbox (to_client_id, delivered_ms, from_client_id, bytes)");
  if (look.has_index("private_messages", "ix_pm_to"))
    db.execute("ALTER TABLE private_messages DROP KEY ix_pm_to");
}

/// Who is a member by a moderator's own decision: a moderator's kick does not reach him.
void tell_moderators_members(connection& db) {
  catalog look(db);
  if (!look.find_column("salons_adheres", "by_moderator"))
    db.execute("ALTER TABLE salons_adheres ADD by_moderator TINYINT NOT NULL DEFAULT 0");
}

// What usernames look like (docs/decisions/0013-lookalikes.md): skeletons of at most 255 bytes. Old names may look
// alike.
void fill_looks_of(connection& db, const std::string& table) {
  std::vector<named_row> rows;
  { // read to its end and closed before anything is written
    auto found = db.ask("SELECT username, username_key FROM " + table + " WHERE look_spelled = ''");
    rows = named_rows_in(found);
  }
  for (const auto& row : rows) {
    const auto looks = skeletons_of(row.username);
    db.run("UPDATE " + table + " SET look_folded = ?, look_spelled = ? WHERE username_key = ?",
           {looks.folded, looks.spelled, row.key});
  }
}

void add_looks_to(connection& db, const std::vector<std::string>& tables) {
  catalog look(db);
  for (const auto& table : tables)
    if (!look.find_column(table, "look_spelled"))
      db.execute("ALTER TABLE " + table
                 + " ADD look_folded VARBINARY(255) NOT NULL DEFAULT '',"
                   " ADD look_spelled VARBINARY(255) NOT NULL DEFAULT '',"
                   " ADD KEY ix_"
                 + table + "_look_folded (look_folded), ADD KEY ix_" + table + "_look_spelled (look_spelled)");
  transaction all(db);
  for (const auto& table : tables)
    fill_looks_of(db, table);
  all.commit();
}

void add_looks(connection& db) {
  add_looks_to(db, {"clients", "registrations"});
}

// Names that are banned for good count as others do.
void add_looks_of_bans(connection& db) {
  add_looks_to(db, {"bans"});
}

// Where owners were, for 30 days; and from where somebody asked for an account.
void add_addresses(connection& db) {
  catalog look(db);
  add_column(db, look,
             {"registrations", "address", "VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT ''"});
  refuse_others(look, "known_addresses", {"client_id", "address", "last_ms"});
  db.execute(std::string("CREATE TABLE IF NOT EXISTS known_addresses (client_id INT NOT NULL,"
                         " address VARCHAR(64) NOT NULL, last_ms BIGINT NOT NULL, PRIMARY KEY (client_id, address),"
                         " KEY ix_known_addresses_last (last_ms), CONSTRAINT fk_known_addresses_client"
                         " FOREIGN KEY (client_id) REFERENCES clients (client_id) ON DELETE CASCADE)")
             + table_options);
}

// Accounts that are disabled, invitations, and who put somebody out. disabled_ms NULL: not disabled.
constexpr added_column invitation_columns[] = {{"clients", "disabled_ms", "BIGINT NULL"},
                                               {"bans", "by_whom", "VARCHAR(512) NOT NULL DEFAULT ''"}};
constexpr const char* invitation_tables[] = {
    "CREATE TABLE IF NOT EXISTS invitations (invitation_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " code_hash BINARY(32) NOT NULL, uses BIGINT NOT NULL, used BIGINT NOT NULL, created_ms BIGINT NOT NULL,"
    " expires_ms BIGINT NOT NULL, by_whom TEXT NOT NULL, UNIQUE KEY uq_invitations_code (code_hash))",
    "CREATE TABLE IF NOT EXISTS invitation_salons (invitation_id BIGINT NOT NULL, salon_id INT NOT NULL,"
    " PRIMARY KEY (invitation_id, salon_id), KEY ix_invitation_salons_salon (salon_id),"
    " CONSTRAINT fk_invitation_salons_invitation FOREIGN KEY (invitation_id)"
    " REFERENCES invitations (invitation_id) ON DELETE CASCADE, CONSTRAINT fk_invitation_salons_salon"
    " FOREIGN KEY (salon_id) REFERENCES salons (salon_id) ON DELETE CASCADE)",
};

void add_invitations(connection& db) {
  catalog look(db);
  refuse_others(look, "invitations",
                {"invitation_id", "code_hash", "uses", "used", "created_ms", "expires_ms", "by_whom"});
  refuse_others(look, "invitation_salons", {"invitation_id", "salon_id"});
  for (const auto& column : invitation_columns)
    add_column(db, look, column);
  for (const auto* table : invitation_tables)
    db.execute(std::string(table) + table_options);
}

// The foreign key of a message's author has its index already.
void add_indexes(connection& db) {
  catalog look(db);
  if (!look.has_index("bans", "ix_bans_until"))
    db.execute("ALTER TABLE bans ADD KEY ix_bans_until (until_ms)");
  if (!look.has_index("clients", "ix_clients_role"))
    db.execute("ALTER TABLE clients ADD KEY ix_clients_role (role)");
}

// What several nodes on one database share (docs/decisions/0037-nodes-in-the-database.md). A run's number is never used
// again, and is greater than that of the lone writer's row of `writers`, which is 1.
constexpr const char* node_tables[] = {
    "CREATE TABLE IF NOT EXISTS nodes (node_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64) NOT NULL,"
    " endpoint VARCHAR(300) NOT NULL, version VARCHAR(40) NOT NULL, folder VARCHAR(64) NOT NULL,"
    " state VARCHAR(10) NOT NULL DEFAULT 'serving', beat BIGINT NOT NULL DEFAULT 0, gone TINYINT NOT NULL DEFAULT 0,"
    " homes BIGINT NOT NULL DEFAULT 0, connections BIGINT NOT NULL DEFAULT 0, users BIGINT NOT NULL DEFAULT 0,"
    " unreached TEXT NOT NULL, news_read BIGINT NOT NULL DEFAULT 0, since_ms BIGINT NOT NULL)" SALOND_TABLE_OPTIONS
    " AUTO_INCREMENT=2",
    // Which run stores in a salon. No foreign keys: whoever changes a row has to wait for nobody but its holder.
    "CREATE TABLE IF NOT EXISTS homes (salon_id INT NOT NULL PRIMARY KEY, node_id BIGINT NOT NULL,"
    " epoch BIGINT NOT NULL, KEY ix_homes_node (node_id))" SALOND_TABLE_OPTIONS,
    // With which runs a user is connected.
    "CREATE TABLE IF NOT EXISTS presences (client_id INT NOT NULL, node_id BIGINT NOT NULL,"
    " PRIMARY KEY (client_id, node_id), KEY ix_presences_node (node_id), CONSTRAINT fk_presences_client"
    " FOREIGN KEY (client_id) REFERENCES clients (client_id) ON DELETE CASCADE)" SALOND_TABLE_OPTIONS,
    // What all nodes must learn, numbered in the order of commits: `counters` has the last number.
    "CREATE TABLE IF NOT EXISTS news (news_id BIGINT NOT NULL PRIMARY KEY, node_id BIGINT NOT NULL,"
    " what VARCHAR(20) NOT NULL, client_id BIGINT NOT NULL, salon_id BIGINT NOT NULL,"
    " name VARCHAR(512) NOT NULL)" SALOND_TABLE_OPTIONS,
    // Rows that are locked so that what needs them comes one after the other.
    "CREATE TABLE IF NOT EXISTS counters (name VARCHAR(20) NOT NULL PRIMARY KEY,"
    " value BIGINT NOT NULL DEFAULT 0)" SALOND_TABLE_OPTIONS,
    "INSERT IGNORE INTO counters(name) VALUES ('news'), ('names'), ('administrators')",
    "INSERT IGNORE INTO writers(node_id) VALUES (1)", // the lone writer's: joining locks it
};

// A message's `post` names it among all that nodes have taken; NULL where no node did.
void add_nodes(connection& db) {
  catalog look(db);
  refuse_others(look, "nodes",
                {"node_id", "name", "endpoint", "version", "folder", "state", "beat", "gone", "homes", "connections",
                 "users", "unreached", "news_read", "since_ms"});
  refuse_others(look, "homes", {"salon_id", "node_id", "epoch"});
  refuse_others(look, "presences", {"client_id", "node_id"});
  refuse_others(look, "news", {"news_id", "node_id", "what", "client_id", "salon_id", "name"});
  refuse_others(look, "counters", {"name", "value"});
  for (const auto* statement : node_tables)
    db.execute(statement);
  add_column(db, look, {"messages", "post", "BIGINT NULL"});
}

// From where nobody is let in: what protocol/words/address_range calls it. until_ms NULL: for good.
void add_address_bans(connection& db) {
  catalog look(db);
  refuse_others(look, "address_bans", {"network", "until_ms", "created_ms", "reason", "by_whom"});
  db.execute("CREATE TABLE IF NOT EXISTS address_bans (network VARCHAR(64) NOT NULL PRIMARY KEY, until_ms BIGINT NULL,"
             " created_ms BIGINT NOT NULL, reason TEXT NOT NULL, by_whom VARCHAR(512) NOT NULL,"
             " KEY ix_address_bans_until (until_ms))" SALOND_TABLE_OPTIONS);
}

// Which certificates the nodes of a cluster issued, and which are revoked; `authority` names the key that signed them.
void add_certificates(connection& db) {
  catalog look(db);
  refuse_others(look, "certificates", {"authority", "serial", "holder", "from_s", "until_s", "revoked_s"});
  db.execute("CREATE TABLE IF NOT EXISTS certificates (authority VARCHAR(64) NOT NULL, serial VARCHAR(64) NOT NULL,"
             " holder VARCHAR(200) NOT NULL, from_s BIGINT NOT NULL, until_s BIGINT NOT NULL,"
             " revoked_s BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (authority, serial),"
             " KEY ix_certificates_holder (authority, holder))" SALOND_TABLE_OPTIONS);
  db.execute("INSERT IGNORE INTO counters(name) VALUES ('certificates')");
}

// Which node wrote a line of the audit log; NULL: one process alone.
void add_node_of_audit(connection& db) {
  catalog look(db);
  add_column(db, look, {"audit", "node", "VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL"});
}

// How long messages are kept: retention_days NULL: as configured; 0: for good. Of each thousand order numbers of a
// salon (0: of private messages) the time of the oldest message, as far as somebody looked: up to `looked`. `untold`:
// how many went of which the audit log has no line yet.
void add_retention(connection& db) {
  catalog look(db);
  refuse_others(look, "message_ages", {"salon_id", "block", "oldest_ms"});
  refuse_others(look, "message_looks", {"salon_id", "looked", "untold"});
  db.execute("CREATE TABLE IF NOT EXISTS message_ages (salon_id INT NOT NULL, block BIGINT NOT NULL,"
             " oldest_ms BIGINT NOT NULL, PRIMARY KEY (salon_id, block),"
             " KEY ix_message_ages_oldest (salon_id, oldest_ms))" SALOND_TABLE_OPTIONS);
  db.execute("CREATE TABLE IF NOT EXISTS message_looks (salon_id INT NOT NULL PRIMARY KEY, looked BIGINT NOT NULL,"
             " untold BIGINT NOT NULL DEFAULT 0)" SALOND_TABLE_OPTIONS);
  add_column(db, look, {"salons", "retention_days", "BIGINT NULL"});
  // Accounts that are gone while their messages go, a piece at a time. gone_ms NULL: it is not gone; ended_ms NULL:
  // some are left.
  refuse_others(look, "departures",
                {"gone_id", "since_ms", "receipt", "messages", "private_messages", "reached", "ended_ms"});
  db.execute("CREATE TABLE IF NOT EXISTS departures (gone_id INT NOT NULL PRIMARY KEY, since_ms BIGINT NOT NULL,"
             " receipt BIGINT NOT NULL DEFAULT 0, messages BIGINT NOT NULL DEFAULT 0,"
             " private_messages BIGINT NOT NULL DEFAULT 0, reached BIGINT NOT NULL DEFAULT 0,"
             " ended_ms BIGINT NULL)" SALOND_TABLE_OPTIONS);
  add_column(db, look, {"clients", "gone_ms", "BIGINT NULL"});
}

// The index of searches (persistence/sql/search_index.cpp): which messages of a part have three characters in a row.
// What step 15 made, by parts alone, is built anew. The table with the new column is made before the other one, so that
// a step that was interrupted tells them apart.
void add_search_index(connection& db) {
  catalog look(db);
  if (look.columns("search_parts").count("stretch") == 0) {
    refuse_others(look, "search_parts", {"salon_id", "part", "ends", "messages", "state", "builder"});
    refuse_others(look, "search_grams", {"salon_id", "part", "gram", "seqs"});
    db.execute("DROP TABLE IF EXISTS search_grams");
    db.execute("DROP TABLE IF EXISTS search_parts");
  } else {
    refuse_others(look, "search_parts", {"salon_id", "part", "ends", "messages", "state", "builder", "stretch"});
    refuse_others(look, "search_grams", {"salon_id", "stretch", "gram", "part", "seqs"});
  }
  db.execute("CREATE TABLE IF NOT EXISTS search_parts (salon_id INT NOT NULL, part BIGINT NOT NULL,"
             " ends BIGINT NOT NULL, messages BIGINT NOT NULL, state TINYINT NOT NULL, builder BIGINT NOT NULL,"
             " stretch BIGINT NOT NULL, PRIMARY KEY (salon_id, part), KEY ix_search_parts_state "
             "(state))" SALOND_TABLE_OPTIONS);
  db.execute("CREATE TABLE IF NOT EXISTS search_grams (salon_id INT NOT NULL, stretch BIGINT NOT NULL,"
             " gram BIGINT NOT NULL, part BIGINT NOT NULL, seqs MEDIUMBLOB NOT NULL,"
             " PRIMARY KEY (salon_id, stretch, gram, part))" SALOND_TABLE_OPTIONS);
}

struct seeded_salon {
  const char* name;
  const char* policy;
};
// The replaced server's salons, in the order of its numbers 1 to 5.
constexpr seeded_salon seeded_salons[] = {{"Général", "auto"},
                                          {"Blabla", "open"},
                                          {"Comptabilité", "approval"},
                                          {"Informatique", "approval"},
                                          {"Marketing", "approval"}};

struct step {
  const char* name;
  void (*run)(connection&);
};
// Step n is the n-th; the first makes an empty database ours, and the take-over ends where it ends. A step that was
// released is never changed: the next one mends it. From step 11 on nodes of the version before may be at work
// meanwhile (they are upgraded one after the other), so a step only adds: tables, and columns that have a default.
constexpr step steps[] = {{"make the tables and the five salons", create_all},
                          {"add what the administration needs", add_administration},
                          {"count the bytes of private messages that wait", add_mailbox_bytes},
                          {"tell whom moderators made members", tell_moderators_members},
                          {"remember what usernames look like", add_looks},
                          {"add where owners were, and where registrations come from", add_addresses},
                          {"add the indexes of kicks and roles", add_indexes},
                          {"remember what banned names look like", add_looks_of_bans},
                          {"add invitations, disabled accounts, and who banned", add_invitations},
                          {"add what several nodes share", add_nodes},
                          {"add bans of addresses and networks", add_address_bans},
                          {"add the list of certificates", add_certificates},
                          {"say in the audit log which node wrote", add_node_of_audit},
                          {"say how long messages are kept, and which accounts are gone", add_retention},
                          {"nothing here: the index of searches is made by step 17", [](connection&) {}},
                          {"nothing here: SQLite alone used the numbers of messages again", [](connection&) {}},
                          {"add the index of searches", add_search_index}};

} // namespace

void fill_looks(connection& db) {
  for (const auto* table : {"clients", "registrations", "bans"})
    fill_looks_of(db, table);
}

void create_new_tables(connection& db) {
  for (const auto* table : other_tables)
    db.execute(std::string(table) + table_options);
}

void record_version(connection& db, int64_t version, const std::string& name) {
  db.run("INSERT INTO schema_version(version, name, applied_ms) "
         "VALUES (?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
         {version, name});
}

void create_all(connection& db) {
  db.execute(create_versions);
  for (const auto* table : four_tables)
    db.execute(std::string(table) + table_options);
  create_new_tables(db);
  transaction all(db);
  int64_t id = 0;
  for (const auto& salon : seeded_salons)
    db.run("INSERT INTO salons(salon_id, nom_salon, nom_key, policy) VALUES (?, ?, ?, ?)",
           {++id, std::string(salon.name), key_of(salon.name), std::string(salon.policy)});
  record_version(db, 1, steps[0].name);
  all.commit();
}

std::vector<std::string> steps_after(int64_t version) {
  std::vector<std::string> result;
  for (auto number = version; number < static_cast<int64_t>(std::size(steps)); ++number)
    result.push_back("schema " + std::to_string(number + 1) + ": " + steps[number].name);
  return result;
}

void migrate(connection& db, int64_t version, const reporter& report) {
  for (auto number = version; number < static_cast<int64_t>(std::size(steps)); ++number) {
    steps[number].run(db);
    if (number > 0)
      record_version(db, number + 1, steps[number].name); // the first writes its own, together with the salons
    report("schema " + std::to_string(number + 1) + ": " + steps[number].name);
  }
}

} // namespace salond::persistence::mysql
