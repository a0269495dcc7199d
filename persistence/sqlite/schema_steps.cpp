#include "persistence/sqlite/schema_steps.hpp"
#include "persistence/rows.hpp"
#include "persistence/sqlite/schema.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence::sqlite {
namespace {

// A role and a policy are words, so that a person who looks into the file understands it.
// clients and salons never use a number again; the others may.
// There is no index on messages(client_id): each row of a group would touch another page of it, which costs two thirds
// of the rate of a big table. How an author's messages are found instead: `indexes` below.
// A private message's number is remembered outside until it is delivered, hence AUTOINCREMENT.
constexpr const char* first_tables = R"(
CREATE TABLE clients (
  client_id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL UNIQUE,
  username_key BLOB NOT NULL UNIQUE,
  alias TEXT NOT NULL,
  alias_key BLOB NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'disconnected',
  role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'moderator', 'administrator'))
) STRICT;

CREATE TABLE salons (
  salon_id INTEGER PRIMARY KEY AUTOINCREMENT,
  nom_salon TEXT NOT NULL,
  nom_key BLOB NOT NULL UNIQUE,
  policy TEXT NOT NULL CHECK (policy IN ('auto', 'open', 'approval')),
  last_seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE salons_adheres (
  id INTEGER PRIMARY KEY,
  username TEXT NOT NULL REFERENCES clients(username) ON DELETE CASCADE ON UPDATE CASCADE,
  salon_id INTEGER NOT NULL REFERENCES salons(salon_id),
  UNIQUE (username, salon_id)
) STRICT;
CREATE INDEX ix_adheres_salon ON salons_adheres(salon_id);

CREATE TABLE messages (
  message_id INTEGER PRIMARY KEY,
  client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  salon_id INTEGER NOT NULL REFERENCES salons(salon_id),
  seq INTEGER NOT NULL,
  contenu TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (salon_id, seq)
) STRICT;

CREATE TABLE private_messages (
  pm_id INTEGER PRIMARY KEY AUTOINCREMENT,
  from_client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  to_client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  contenu TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  delivered_ms INTEGER
) STRICT;
CREATE INDEX ix_pm_to ON private_messages(to_client_id, delivered_ms, from_client_id);
CREATE INDEX ix_pm_from ON private_messages(from_client_id);

CREATE TABLE join_requests (
  client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  salon_id INTEGER NOT NULL REFERENCES salons(salon_id) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (salon_id, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_requests_client ON join_requests(client_id);

CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_sessions_client ON sessions(client_id);
CREATE INDEX ix_sessions_expires ON sessions(expires_ms);

-- Outlives the account, hence no foreign key. until_ms NULL: for good.
CREATE TABLE bans (
  username_key BLOB PRIMARY KEY,
  username TEXT NOT NULL,
  until_ms INTEGER,
  created_ms INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  by_whom TEXT NOT NULL,
  from_where TEXT NOT NULL,
  what TEXT NOT NULL,
  to_whom TEXT NOT NULL,
  reason TEXT NOT NULL,
  result TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
)";

// What the administration needs. last_seen_ms NULL: never; archived_ms NULL: not archived.
constexpr const char* administration = R"(
ALTER TABLE clients ADD COLUMN last_seen_ms INTEGER;
ALTER TABLE salons ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE salons ADD COLUMN archived_ms INTEGER;

-- Which salons are given to which moderator.
CREATE TABLE moderators (
  client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  salon_id INTEGER NOT NULL REFERENCES salons(salon_id) ON DELETE CASCADE,
  PRIMARY KEY (client_id, salon_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_moderators_salon ON moderators(salon_id);

-- Accounts that wait for an administrator.
CREATE TABLE registrations (
  username_key BLOB PRIMARY KEY,
  username TEXT NOT NULL,
  alias_key BLOB NOT NULL UNIQUE,
  alias TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Decisions about join requests, to be told at the next login.
CREATE TABLE notices (
  client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  salon_id INTEGER NOT NULL REFERENCES salons(salon_id) ON DELETE CASCADE,
  accepted INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (client_id, salon_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_notices_salon ON notices(salon_id);
)";

// Who is a member by a moderator's own decision: a moderator's kick does not reach him.
constexpr const char* members_by_moderators =
    "ALTER TABLE salons_adheres ADD COLUMN by_moderator INTEGER NOT NULL DEFAULT 0";

// What usernames look like (docs/decisions/0013-lookalikes.md): skeletons of at most 255 bytes. Old names may look
// alike.
constexpr const char* looks = R"(
ALTER TABLE clients ADD COLUMN look_folded BLOB NOT NULL DEFAULT x'';
ALTER TABLE clients ADD COLUMN look_spelled BLOB NOT NULL DEFAULT x'';
CREATE INDEX ix_clients_look_folded ON clients(look_folded);
CREATE INDEX ix_clients_look_spelled ON clients(look_spelled);
ALTER TABLE registrations ADD COLUMN look_folded BLOB NOT NULL DEFAULT x'';
ALTER TABLE registrations ADD COLUMN look_spelled BLOB NOT NULL DEFAULT x'';
CREATE INDEX ix_registrations_look_folded ON registrations(look_folded);
CREATE INDEX ix_registrations_look_spelled ON registrations(look_spelled);
)";

// Where owners were, for 30 days; and from where somebody asked for an account.
constexpr const char* addresses = R"(
CREATE TABLE known_addresses (
  client_id INTEGER NOT NULL REFERENCES clients(client_id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (client_id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_known_addresses_last ON known_addresses(last_ms);
ALTER TABLE registrations ADD COLUMN address TEXT NOT NULL DEFAULT '';
)";

// An author's messages are found through one of eight parts of an index, in which each part grows at its end alone: a
// group of messages writes eight pages of it at most (docs/decisions/0026-an-authors-messages.md). It knows all that it
// is asked, so that the texts of other authors are not read. A foreign key would want an index of its own, and walk
// through the table for lack of it: so there is none, and sqlite_driver sees to what it did.
constexpr const char* indexes = R"(
CREATE INDEX ix_messages_author ON messages(client_id % 8, message_id, client_id);
CREATE INDEX ix_bans_until ON bans(until_ms);
CREATE INDEX ix_clients_role ON clients(role);
)";

// The same for private messages: each changed a page of its own in the index of authors, and in that of targets. One
// that is delivered leaves the index of those that wait, which is small, and changes no other.
constexpr const char* indexes_of_private_messages = R"(
DROP INDEX ix_pm_from;
DROP INDEX ix_pm_to;
CREATE INDEX ix_pm_from ON private_messages(from_client_id % 8, pm_id, from_client_id);
CREATE INDEX ix_pm_to ON private_messages(to_client_id % 8, pm_id, to_client_id);
CREATE INDEX ix_pm_waiting ON private_messages(to_client_id, from_client_id, bytes) WHERE delivered_ms IS NULL;
)";

// What names look like that are banned for good: they count as others do.
constexpr const char* looks_of_bans = R"(
ALTER TABLE bans ADD COLUMN look_folded BLOB NOT NULL DEFAULT x'';
ALTER TABLE bans ADD COLUMN look_spelled BLOB NOT NULL DEFAULT x'';
CREATE INDEX ix_bans_look_folded ON bans(look_folded);
CREATE INDEX ix_bans_look_spelled ON bans(look_spelled);
)";

// Accounts that are disabled, invitations, and who put somebody out. disabled_ms NULL: not disabled.
constexpr const char* invitations = R"(
ALTER TABLE clients ADD COLUMN disabled_ms INTEGER;
ALTER TABLE bans ADD COLUMN by_whom TEXT NOT NULL DEFAULT '';

CREATE TABLE invitations (
  invitation_id INTEGER PRIMARY KEY AUTOINCREMENT,
  code_hash BLOB NOT NULL UNIQUE,
  uses INTEGER NOT NULL,
  used INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  by_whom TEXT NOT NULL
) STRICT;

CREATE TABLE invitation_salons (
  invitation_id INTEGER NOT NULL REFERENCES invitations(invitation_id) ON DELETE CASCADE,
  salon_id INTEGER NOT NULL REFERENCES salons(salon_id) ON DELETE CASCADE,
  PRIMARY KEY (invitation_id, salon_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_invitation_salons_salon ON invitation_salons(salon_id);
)";

// From where nobody is let in: what protocol/words/address_range calls it. until_ms NULL: for good.
constexpr const char* address_bans = R"(
CREATE TABLE address_bans (
  network TEXT PRIMARY KEY,
  until_ms INTEGER,
  created_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by_whom TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_address_bans_until ON address_bans(until_ms);
)";

// The index of searches (persistence/sql/search_index.cpp): which messages of a part have three characters in a row.
// The lists of a gram in sixteen neighbouring parts stand side by side, where a search reads them at once; by their
// grams alone each list that is written would touch another page. What step 15 made is built anew.
constexpr const char* search_index = R"(
DROP TABLE IF EXISTS search_grams;
DROP TABLE IF EXISTS search_parts;

CREATE TABLE search_parts (
  salon_id INTEGER NOT NULL,
  part INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  state INTEGER NOT NULL,
  builder INTEGER NOT NULL,
  stretch INTEGER NOT NULL,
  PRIMARY KEY (salon_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_search_parts_state ON search_parts(state);

CREATE TABLE search_grams (
  salon_id INTEGER NOT NULL,
  stretch INTEGER NOT NULL,
  gram INTEGER NOT NULL,
  part INTEGER NOT NULL,
  seqs BLOB NOT NULL,
  PRIMARY KEY (salon_id, stretch, gram, part)
) STRICT, WITHOUT ROWID;
)";

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

void make_first_tables(database& db) {
  db.execute(first_tables);
  for (const auto& salon : seeded_salons) {
    const auto key = key_of(salon.name);
    db.run("INSERT INTO salons(nom_salon, nom_key, policy) VALUES (?, ?, ?)", salon.name, blob{key}, salon.policy);
  }
  db.execute("PRAGMA application_id=" + std::to_string(our_application_id));
}

/// Replaces a part of a table's definition. SQLite has no statement that drops a NOT NULL or a reference; this is what
/// its manual says to do instead of copying the table.
void rewrite_definition(database& db, const std::string& table, const std::string& from, const std::string& to) {
  db.execute("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, '" + from + "', '" + to
             + "') WHERE type = 'table' AND name = '" + table + "'; PRAGMA writable_schema=RESET");
}

constexpr const char* account_key = " REFERENCES clients(client_id) ON DELETE CASCADE";

void add_administration(database& db) {
  // Author and salon may be missing in messages of the replaced server, which a backup brings here from MySQL. This is
  // before the statements that make the schema's number another one.
  rewrite_definition(db, "messages", "client_id INTEGER NOT NULL", "client_id INTEGER");
  rewrite_definition(db, "messages", "salon_id INTEGER NOT NULL", "salon_id INTEGER");
  db.execute(administration);
}

// What waits for a user has a bound in bytes (max_bytes_of_one, ...): they stand in the index by which what
// waits is counted. Of a message that was delivered nobody asks it.
constexpr const char* mailbox_bytes = R"(
ALTER TABLE private_messages ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE private_messages SET bytes = min(length(CAST(contenu AS BLOB)), 262144) WHERE delivered_ms IS NULL;
DROP INDEX ix_pm_to;
CREATE INDEX ix_pm_to ON private_messages(to_client_id, delivered_ms, from_client_id, bytes);
)";

void add_mailbox_bytes(database& db) {
  db.execute(mailbox_bytes);
}

void tell_moderators_members(database& db) {
  db.execute(members_by_moderators);
}

void fill_looks_of(database& db, const std::string& table) {
  std::vector<named_row> rows;
  { // read to its end and closed before anything is written
    auto found = db.ask("SELECT username, username_key FROM " + table + " WHERE look_spelled = x''");
    rows = named_rows_in(found);
  }
  const auto update = "UPDATE " + table + " SET look_folded = ?, look_spelled = ? WHERE username_key = ?";
  for (const auto& row : rows) {
    const auto seen = skeletons_of(row.username);
    db.run(update, blob{seen.folded}, blob{seen.spelled}, blob{row.key});
  }
}

void add_looks(database& db) {
  db.execute(looks);
  fill_looks_of(db, "clients");
  fill_looks_of(db, "registrations");
}

void add_looks_of_bans(database& db) {
  db.execute(looks_of_bans);
  fill_looks_of(db, "bans");
}

void add_invitations(database& db) {
  db.execute(invitations);
}

void add_address_bans(database& db) {
  db.execute(address_bans);
}

// One process alone writes none; a backup of several nodes has them.
void add_node_of_audit(database& db) {
  db.execute("ALTER TABLE audit ADD COLUMN node TEXT");
}

void add_addresses(database& db) {
  db.execute(addresses);
}

// How long messages are kept: retention_days NULL: as configured; 0: for good. Of each thousand order numbers of a
// salon (0: of private messages) the time of the oldest message, as far as somebody looked: up to `looked`. `untold`:
// how many went of which the audit log has no line yet.
constexpr const char* retention = R"(
ALTER TABLE salons ADD COLUMN retention_days INTEGER;
CREATE TABLE message_ages (
  salon_id INTEGER NOT NULL,
  block INTEGER NOT NULL,
  oldest_ms INTEGER NOT NULL,
  PRIMARY KEY (salon_id, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_message_ages_oldest ON message_ages(salon_id, oldest_ms);
CREATE TABLE message_looks (
  salon_id INTEGER PRIMARY KEY,
  looked INTEGER NOT NULL,
  untold INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Accounts that are gone while their messages go, a piece at a time. gone_ms NULL: it is not gone; ended_ms NULL: some
-- are left.
ALTER TABLE clients ADD COLUMN gone_ms INTEGER;
CREATE TABLE departures (
  gone_id INTEGER PRIMARY KEY,
  since_ms INTEGER NOT NULL,
  receipt INTEGER NOT NULL DEFAULT 0,
  messages INTEGER NOT NULL DEFAULT 0,
  private_messages INTEGER NOT NULL DEFAULT 0,
  reached INTEGER NOT NULL DEFAULT 0,
  ended_ms INTEGER
) STRICT;
)";

void add_retention(database& db) {
  db.execute(retention);
}

// A message's number is remembered outside: who has a list of messages may have one deleted by it. SQLite gives the
// number behind the greatest there is, so that of the newest message would be used again once that is deleted.
constexpr const char* message_numbers = R"(
INSERT INTO sqlite_sequence(name, seq) SELECT 'messages', coalesce(max(message_id), 0) FROM messages;
CREATE TRIGGER messages_keep_numbers AFTER DELETE ON messages
WHEN old.message_id > coalesce((SELECT max(message_id) FROM messages), 0)
BEGIN UPDATE sqlite_sequence SET seq = max(seq, old.message_id) WHERE name = 'messages'; END;
)";

void add_indexes(database& db) {
  rewrite_definition(db, "messages", std::string("client_id INTEGER") + account_key, "client_id INTEGER");
  db.execute(indexes);
}

void ease_private_messages(database& db) {
  rewrite_definition(db, "private_messages", account_key, "");
  db.execute(indexes_of_private_messages);
}

} // namespace

// A step that was released is never changed: the next one mends it.
const std::vector<schema_step>& schema_steps() {
  static const std::vector<schema_step> all = {
      {"make the tables and the five salons", make_first_tables},
      {"add what the administration needs", add_administration},
      {"count the bytes of private messages that wait", add_mailbox_bytes},
      {"tell whom moderators made members", tell_moderators_members},
      {"remember what usernames look like", add_looks},
      {"add where owners were, and where registrations come from", add_addresses},
      {"add the indexes of authors, kicks and roles", add_indexes},
      {"remember what banned names look like", add_looks_of_bans},
      {"add invitations, disabled accounts, and who banned", add_invitations},
      {"nothing here: several nodes share MySQL or MariaDB alone", [](database&) {}},
      {"add bans of addresses and networks", add_address_bans},
      {"nothing here: the list of certificates is in the state folder", [](database&) {}},
      {"say in the audit log which node wrote", add_node_of_audit},
      {"say how long messages are kept, and which accounts are gone", add_retention},
      {"nothing here: the index of searches is made by step 18", [](database&) {}},
      {"use no message's number again", [](database& db) { db.execute(message_numbers); }},
      {"ease what a private message changes", ease_private_messages},
      {"add the index of searches", [](database& db) { db.execute(search_index); }}};
  return all;
}

void fill_looks(database& db) {
  for (const auto* table : {"clients", "registrations", "bans"})
    fill_looks_of(db, table);
}

} // namespace salond::persistence::sqlite
