#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/obstacles.hpp"
#include "persistence/mysql/rows.hpp"
#include "persistence/mysql/schema.hpp"
#include "persistence/mysql/takeover.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

mysql_store::mysql_store(config::mysql_database where, mysql::tuning how, purpose what,
                         std::chrono::milliseconds patience, reporter report)
    : where_(std::move(where)), how_(std::move(how)), purpose_(what), patience_(patience), report_(std::move(report)) {
  connect();
  read_settings();
  if (purpose_ == purpose::write)
    make_marker();
}

mysql_store::~mysql_store() = default;

std::unique_ptr<store> mysql_store::reader() {
  if (purpose_ == purpose::read)
    return nullptr;
  if (readers_.empty())
    open_readers(1);
  auto next = std::move(readers_.back());
  readers_.pop_back();
  return next;
}

void mysql_store::open_readers(size_t count) {
  while (readers_.size() < count)
    readers_.push_back(std::make_unique<mysql_store>(where_, how_, purpose::read, patience_, report_));
}

std::string mysql_store::describe() {
  return description_;
}

// What survives a power cut is the operator's choice, which is told and never changed.
void mysql_store::read_settings() {
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
    report_("warning: the database may lose commits in a power cut (innodb_flush_log_at_trx_commit=" + flush
            + ", innodb_doublewrite=" + doublewrite + ", log_bin=" + log + ", sync_binlog=" + sync
            + "); safe are 1, ON, and sync_binlog=1 where log_bin is ON");
}

void mysql_store::make_marker() {
  mysql::transaction all(bare());
  const auto batch = bare().number("SELECT batch FROM writers WHERE node_id = ? FOR UPDATE", {how_.node_id});
  if (!batch)
    bare().run("INSERT INTO writers(node_id, batch) VALUES (?, 0)", {how_.node_id});
  batch_ = batch.value_or(0);
  all.commit();
}

// --- start ---

void mysql_store::reset_presence(requests what) {
  db().run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected'");
  if (what == requests::end)
    db().run("DELETE FROM join_requests");
}

administrator_state mysql_store::administrators() {
  auto found = db().ask("SELECT password_hash FROM clients WHERE role = 'administrator'");
  auto state = administrator_state::none;
  while (found.next()) {
    if (can_match(found.text(0)))
      return administrator_state::can_log_in;
    state = administrator_state::locked;
  }
  return state;
}

user mysql_store::make_administrator(const std::string& username, const std::string& password_hash) {
  const auto key = key_of(username);
  end_ban(key); // or the way in that this is would be closed
  auto found = find_user(key);
  if (!found)
    return insert_user({username, free_alias(username), password_hash, role::administrator});
  db().run("UPDATE clients SET role = 'administrator', password_hash = ? WHERE client_id = ?",
           {password_hash, found->id.value});
  end_tokens(found->id);
  found->role = role::administrator;
  found->password_hash = password_hash;
  return *found;
}

// An account of the server's own making must not fail because somebody else is called so already.
std::string mysql_store::free_alias(const std::string& wanted) {
  auto alias = wanted;
  for (int n = 2; is_alias_taken(key_of(alias)); ++n)
    alias = wanted + "-" + std::to_string(n);
  return alias;
}

// --- opening ---

namespace {

[[noreturn]] void refuse_foreign(const config::mysql_database& where, const mysql::finding& found) {
  const auto address = mysql::address_of(where);
  if (found.what == mysql::condition::newer)
    throw store_error(store_error::kind::setup, "the database " + address + " was made by a newer salond (schema "
                                                    + std::to_string(found.version)
                                                    + "); install that one or restore a backup");
  throw store_error(store_error::kind::setup,
                    "the database " + address + " is neither empty, nor ours, nor the replaced server's: " + found.why
                        + "; name another one in `db`. Nothing was changed");
}

// An ALTER of a big table may take minutes, so nothing there may time out but the way to the server.
mysql::tuning unhurried(mysql::tuning how) {
  how.read_timeout = std::chrono::hours(24);
  how.lock_wait_timeout = std::chrono::minutes(2);
  return how;
}

void make_ready(const config::mysql_database& where, const reporter& report, const mysql::tuning& how) {
  mysql::connection db(where, unhurried(how));
  if (mysql::recognise(db).what == mysql::condition::foreign)
    refuse_foreign(where, mysql::recognise(db)); // before we wait for anything
  const mysql::migration_lock lock(db);
  const auto found = mysql::recognise(db);
  switch (found.what) {
  case mysql::condition::foreign:
  case mysql::condition::newer: refuse_foreign(where, found);
  case mysql::condition::replaced:
  case mysql::condition::taking_over: mysql::apply_takeover(db, report); return mysql::migrate(db, 1, report);
  case mysql::condition::empty:
  case mysql::condition::ours:
    if (!mysql::steps_after(found.version).empty())
      mysql::refuse_obstacles(mysql::obstacles_to_any_change(db));
    return mysql::migrate(db, found.version, report);
  }
}

// Errors of the way to the database as open() promises them.
template <class What>
auto opened(const config::mysql_database& where, What what) {
  try {
    return what();
  } catch (const mysql::error& why) {
    throw mysql::at_start(why, mysql::address_of(where));
  }
}

} // namespace

std::unique_ptr<store> open_mysql(const config::mysql_database& where, const open_options& options,
                                  const mysql::tuning& how) {
  return opened(where, [&] {
    make_ready(where, options.report, how);
    auto opened =
        std::make_unique<mysql_store>(where, how, mysql_store::purpose::write, options.patience, options.report);
    opened->open_readers(readers_opened);
    return opened;
  });
}

std::vector<std::string> dry_run_mysql(const config::mysql_database& where, const open_options&) {
  return opened(where, [&]() -> std::vector<std::string> {
    mysql::connection db(where, unhurried({}));
    const auto found = mysql::recognise(db);
    switch (found.what) {
    case mysql::condition::foreign:
    case mysql::condition::newer: refuse_foreign(where, found);
    case mysql::condition::replaced: return mysql::describe_takeover(db);
    case mysql::condition::taking_over:
      mysql::refuse_obstacles(mysql::obstacles_to_takeover(db));
      return {"take-over: finish the one that was interrupted"};
    case mysql::condition::empty:
    case mysql::condition::ours: break;
    }
    auto steps = mysql::steps_after(found.version);
    if (!steps.empty())
      mysql::refuse_obstacles(mysql::obstacles_to_any_change(db));
    return steps;
  });
}

} // namespace salond::persistence
