#include "persistence/mysql/driver.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/mysql/cluster/joining.hpp"
#include "persistence/mysql/schema.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence {

using mysql::value;

namespace {

// Far below a read time-out on a slow disk, though all parts are one transaction.
constexpr int64_t rows_a_statement = 5000;

value value_of(const parameter& from) {
  if (const auto* number = std::get_if<int64_t>(&from))
    return *number;
  if (const auto* text = std::get_if<std::string_view>(&from))
    return std::string(*text);
  if (const auto* bytes = std::get_if<blob>(&from)) // the column says that these are no text
    return std::string(bytes->bytes);
  return nullptr;
}

std::vector<value> values_of(const parameter* first, size_t count) {
  std::vector<value> result;
  result.reserve(count);
  std::transform(first, first + count, std::back_inserter(result), value_of);
  return result;
}

class rows_of_mysql final : public query_result {
public:
  explicit rows_of_mysql(mysql::result found) : found_(std::move(found)) {}

  bool next() override { return found_.next(); }
  int64_t integer(int column) const override { return found_.integer(static_cast<unsigned>(column)); }
  std::string text(int column) const override { return found_.text(static_cast<unsigned>(column)); }
  size_t bytes(int column) const override { return text(column).size(); }
  bool is_null(int column) const override { return found_.is_null(static_cast<unsigned>(column)); }

private:
  mysql::result found_;
};

} // namespace

mysql_driver::mysql_driver(config::mysql_database where, mysql::tuning tuning, purpose purpose,
                           std::chrono::milliseconds patience, reporter warn)
    : where_(std::move(where)), tuning_(std::move(tuning)), purpose_(purpose), patience_(patience),
      warn_(std::move(warn)) {
  connect();
  read_settings();
  if (purpose_ == purpose::write)
    make_marker();
}

mysql_driver::~mysql_driver() = default;

std::unique_ptr<driver> mysql_driver::open_reader() {
  if (purpose_ == purpose::read)
    return nullptr;
  auto settings = tuning_;
  settings.answered = nullptr; // which is about the writer
  return std::make_unique<mysql_driver>(where_, settings, purpose::read, patience_, warn_);
}

std::string mysql_driver::describe() {
  return description_;
}

// What survives a power cut is the operator's choice, which is told and never changed.
void mysql_driver::read_settings() {
  std::string flush, doublewrite, log, sync;
  auto found = bare().ask("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit',"
                          " 'innodb_doublewrite', 'log_bin', 'sync_binlog')");
  while (found.next()) {
    const auto name = found.text(0);
    (name == "log_bin"              ? log
     : name == "sync_binlog"        ? sync
     : name == "innodb_doublewrite" ? doublewrite
                                    : flush) = found.text(1);
  }
  const bool synced = flush == "1" && doublewrite != "OFF" && doublewrite != "0" && (log != "ON" || sync == "1");
  description_ = bare().server() + (synced ? ", every commit synced: " : ", NOT every commit survives a power cut: ")
                 + mysql::address_of(where_);
  if (!synced && purpose_ == purpose::write)
    warn_("the database may lose commits in a power cut (innodb_flush_log_at_trx_commit=" + flush
          + ", innodb_doublewrite=" + doublewrite + ", log_bin=" + log + ", sync_binlog=" + sync
          + "); safe are 1, ON, and sync_binlog=1 where log_bin is ON");
}

void mysql_driver::make_marker() {
  if (tuning_.node_id == lone_writer) {
    batch_ = mysql::begin_alone(bare(), mysql::address_of(where_));
    return;
  }
  nodes_ = std::make_unique<salond::persistence::among_nodes>(*this, tuning_.node_id, tuning_.node_name);
  mysql::transaction look(bare());
  batch_ = bare().number("SELECT batch FROM writers WHERE node_id = ? FOR UPDATE", {tuning_.node_id}).value_or(0);
  look.commit();
}

// --- statements ---

std::unique_ptr<query_result> mysql_driver::ask_with(std::string_view statement, const parameter* first, size_t count) {
  return std::make_unique<rows_of_mysql>(db().ask(std::string(statement), values_of(first, count)));
}

int64_t mysql_driver::run_with(std::string_view statement, const parameter* first, size_t count) {
  return db().run(std::string(statement), values_of(first, count));
}

int64_t mysql_driver::last_insert_id() {
  return db().last_insert_id();
}

const sql_words& mysql_driver::words() const {
  static const auto all = [] {
    sql_words words;
    words.greater_of = "greatest"; // max() is of a column's rows alone
    words.lesser_of = "least";
    words.text_bytes = "LENGTH(contenu)";
    words.is_shown = "LENGTH(contenu) > 0"; // ' ' = '' in this collation
    words.in_this_order = " STRAIGHT_JOIN ";
    words.by_number = " FORCE INDEX (PRIMARY)";
    words.by_seq = " FORCE INDEX (uq_messages_seq)"; // else an old page may walk through all newer messages
    words.held = " LOCK IN SHARE MODE";
    words.keep_later = "ON DUPLICATE KEY UPDATE last_ms = GREATEST(last_ms, VALUES(last_ms))";
    words.has_timestamp = true; // of the replaced server, whose tools read it
    words.holds_answers = true; // the connector reads an answer to its end
    words.max_texts = 256;      // which are held together: 2 MiB, where frames have 8 KiB
    words.max_rows = 512;       // a multi-row INSERT is eight times as fast as single ones: each is a way to the server
    return words;
  }();
  return all;
}

// --- accounts ---

bool mysql_driver::has_account(user_id who) {
  if (known_authors_.count(who))
    return true;
  if (!bare().number("SELECT 1 FROM clients WHERE client_id = ? AND gone_ms IS NULL",
                     {who.value})) // nothing appended could change it
    return false;
  known_authors_.insert(who);
  return true;
}

// A cascade over many rows would be one statement, and might take longer than an answer is waited for.
void mysql_driver::delete_in_parts(const char* statement, user_id who) {
  while (db().run(statement, {who.value, rows_a_statement}) == rows_a_statement) {
  }
}

void mysql_driver::delete_account(user_id who) {
  delete_in_parts("DELETE FROM messages WHERE client_id = ? ORDER BY message_id LIMIT ?", who);
  delete_in_parts("DELETE FROM private_messages WHERE from_client_id = ? ORDER BY pm_id LIMIT ?", who);
  delete_in_parts("DELETE FROM private_messages WHERE to_client_id = ? ORDER BY pm_id LIMIT ?", who);
  // Memberships, requests and tokens go with the account, by their foreign keys.
  db().run("DELETE FROM clients WHERE client_id = ?", {who.value});
  known_authors_.erase(who);
}

/// What the user was called when the take-over came, and is called now.
std::set<std::string> mysql_driver::names_in_repairs(const user& who) {
  std::set<std::string> names{who.username};
  auto found = db().ask("SELECT old_value, new_value FROM migration_repairs WHERE table_name = 'clients' AND row_id = ?"
                        " AND field = 'username'",
                        {who.id.value});
  while (found.next())
    for (const auto& name : {found.text(0), found.text(1)})
      names.insert(name);
  return names;
}

/// Whether an old spelling means the user, and not somebody who has just that name.
bool mysql_driver::is_nobody_elses(const std::string& spelling, const user& who) {
  return !bare().number("SELECT 1 FROM clients WHERE username_key = ? AND client_id <> ?",
                        {key_of(spelling), who.id.value});
}

/// The rows of a take-over that have one of the names, as the replaced server compared them.
void mysql_driver::forget_spellings(const std::set<std::string>& names, const user& who) {
  const std::string like = " COLLATE utf8mb4_unicode_ci = ?";
  for (const auto& name : names) {
    std::set<std::string> spellings;
    auto found = db().ask("SELECT username FROM migration_deleted_memberships WHERE username" + like
                              + " UNION SELECT old_value FROM migration_repairs WHERE table_name = 'salons_adheres' AND"
                                " old_value"
                              + like
                              + " UNION SELECT new_value FROM migration_repairs WHERE table_name = 'salons_adheres' AND"
                                " new_value"
                              + like,
                          {name, name, name});
    while (found.next())
      spellings.insert(found.text(0));
    for (const auto& spelling : spellings)
      if (is_nobody_elses(spelling, who)) {
        db().run("DELETE FROM migration_deleted_memberships WHERE username = ?", {spelling});
        db().run("DELETE FROM migration_repairs WHERE table_name = 'salons_adheres' AND (old_value = ? OR new_value ="
                 " ?)",
                 {spelling, spelling});
      }
  }
}

void mysql_driver::forget_beside(const user& who) {
  const auto have = mysql::catalog(bare()).tables();
  if (have.count("migration_repairs") != 0 && have.count("migration_deleted_memberships") != 0)
    forget_spellings(names_in_repairs(who), who);
  if (have.count("migration_repairs") != 0) {
    db().run("DELETE r FROM migration_repairs r JOIN messages m ON m.message_id = r.row_id "
             "WHERE r.table_name = 'messages' AND m.client_id = ?",
             {who.id.value});
    db().run("DELETE r FROM migration_repairs r JOIN salons_adheres a ON a.id = r.row_id "
             "WHERE r.table_name = 'salons_adheres' AND a.username = ?",
             {who.username});
    db().run("DELETE FROM migration_repairs WHERE table_name = 'clients' AND row_id = ?", {who.id.value});
  }
}

void mysql_driver::fill_looks() {
  mysql::fill_looks(db());
}

// --- numbers ---

int64_t mysql_driver::next_number(const stored_table& of) {
  return db()
      .number("SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
              {std::string(of.name)})
      .value_or(1);
}

void mysql_driver::count_from(const stored_table& of, int64_t next) {
  next_private_ = 0;
  connect();
  bare().execute("ALTER TABLE " + std::string(of.name)
                 + " AUTO_INCREMENT = " + std::to_string(std::max<int64_t>(1, next)));
}

} // namespace salond::persistence
