// Transactions in MySQL and MariaDB: what is tried again, and how the outcome of a commit is found out.
#include "persistence/backup/tables.hpp"
#include "persistence/mysql/cluster/locks.hpp"
#include "persistence/mysql/driver.hpp"
#include <algorithm>
#include <set>
#include <utility>

namespace salond::persistence {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds first_pause{20}, max_pause{1000};
constexpr int deadlock = 1213, taken_already = 1062, not_there_any_more = 1452;

std::set<int64_t> authors_of(const mysql::row_batch& posts) {
  std::set<int64_t> authors;
  for (size_t row = 0; row < posts.rows(); ++row)
    authors.insert(std::get<int64_t>(posts.at(row, 0)));
  return authors;
}

} // namespace

// --- connection ---

mysql::connection& mysql_driver::bare() {
  if (!connection_)
    throw mysql::error(2006, "the database is not connected");
  return *connection_;
}

mysql::connection& mysql_driver::db() {
  flush();
  return bare();
}

void mysql_driver::drop_connection() noexcept {
  if (!connection_)
    return;
  ghosts_.push_back(connection_->session_lock());
  connection_.reset();
}

void mysql_driver::connect() {
  if (connection_)
    return;
  auto fresh = std::make_unique<mysql::connection>(where_, tuning_);
  connection_ = std::move(fresh);
  try {
    end_ghosts();
    if (purpose_ == purpose::write) {
      take_place();
      bare().execute("SET SESSION autocommit = 0"); // a transaction begins by itself: one way less to the server
    }
  } catch (...) {
    drop_connection();
    throw;
  }
}

// A session whose connection broke may still be at work in the server, and hold its locks.
void mysql_driver::end_ghosts() {
  for (auto ghost = ghosts_.begin(); ghost != ghosts_.end();)
    if (mysql::end_session_holding(bare(), *ghost))
      ++ghost; // until it is seen to have ended
    else
      ghost = ghosts_.erase(ghost);
}

// One process writes with a marker; the marker and what is remembered here are only true as long as that holds.
void mysql_driver::take_place() {
  const auto name = mysql::lock_of(mysql::session_kind::writer, tuning_.node_id);
  auto& on = bare();
  // A process that ended a moment ago may hold the place a moment longer; the read time-out must not end the wait.
  const auto limit = tuning_.read_timeout.count();
  const auto wait = std::to_string(limit == 0 ? 2 : std::clamp<int64_t>(limit - 1, 0, 2));
  if (on.number("SELECT GET_LOCK(" + name + ", " + wait + ")") == 1)
    return;
  const auto holder = on.number("SELECT IS_USED_LOCK(" + name + ")");
  for (const auto& ghost : ghosts_)
    if (on.number("SELECT IS_USED_LOCK(?)", {ghost}) == holder)
      throw mysql::error(2013, "our lost session has not ended yet");
  if (!holder)
    throw mysql::error(2013, "the writer's place is not free yet");
  const auto kind = description_.empty() ? store_error::kind::setup : store_error::kind::fatal;
  throw store_error(kind, mysql::another_writes(mysql::address_of(where_), *holder));
}

void mysql_driver::lost(const mysql::error& why) {
  if (outage_since_)
    return;
  outage_since_ = steady_clock::now();
  warn_("the database (" + mysql::address_of(where_) + ") does not take this now, trying again: " + why.what());
}

void mysql_driver::regained() {
  if (!outage_since_)
    return;
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - *outage_since_);
  outage_since_.reset();
  warn_("the database is back after " + std::to_string(took.count()) + " ms");
}

void mysql_driver::pause(milliseconds& length) {
  std::unique_lock lock{stop_mutex_};
  stop_.wait_for(lock, length, [this] { return given_up_; });
  length = std::min(2 * length, max_pause);
}

bool mysql_driver::given_up() {
  std::lock_guard lock{stop_mutex_};
  return given_up_;
}

void mysql_driver::give_up() {
  {
    std::lock_guard lock{stop_mutex_};
    given_up_ = true;
  }
  stop_.notify_all();
}

void mysql_driver::refuse_after(instant deadline, const mysql::error& why) {
  if (given_up() || steady_clock::now() >= deadline)
    throw store_error(store_error::kind::unavailable, why.what());
}

// --- transactions ---

void mysql_driver::transact(const std::function<void()>& work) {
  if (purpose_ == purpose::read)
    throw store_error(store_error::kind::refused, "this store only reads");
  const auto deadline = steady_clock::now() + patience_;
  bool met_others = false;
  for (auto length = first_pause;; pause(length)) {
    try {
      run_once(work);
      return end_transaction();
    } catch (const mysql::error& why) {
      undo(why);
      known_authors_.clear();
      if (among_nodes() && is_of_others(why) && !std::exchange(met_others, true))
        continue; // what another node did meanwhile is seen now: one request is refused, and not the group
      const bool in_doubt = commit_sent_ && why.left().unknown;
      if (!in_doubt && !why.may_pass())
        throw;
      if (!among_nodes() || why.code() != deadlock) // of two nodes one gives way: no outage
        lost(why);
      if (in_doubt) {
        if (settle() == attempt::committed)
          return end_transaction();
        continue; // once more at least, for the database is there again
      }
      refuse_after(deadline, why);
    } catch (...) {
      roll_back();
      known_authors_.clear();
      throw;
    }
  }
}

void mysql_driver::run_once(const std::function<void()>& work) {
  commit_sent_ = false;
  drop_pending();
  connect();
  if (nodes_)
    nodes_->begin();
  // First, so that it holds the row's lock until the end: whoever asks the marker waits for us.
  if (bare().run("UPDATE writers SET batch = ? WHERE node_id = ? AND batch = ? AND fenced = 0",
                 {batch_ + 1, tuning_.node_id, batch_})
      != 1)
    refuse_marker();
  work();
  flush();
  has_news_ = nodes_ && nodes_->write_rest();
  commit_sent_ = true;
  bare().execute("COMMIT");
  commit_sent_ = false;
  ++batch_;
}

/// It is committed; what follows among nodes may be done behind any later one as well.
void mysql_driver::end_transaction() {
  regained();
  if (!nodes_)
    return;
  if (has_news_ && tuning_.wrote_news)
    tuning_.wrote_news();
  nodes_->committed();
  const auto execute = [this](const std::string& statement) { bare().execute(statement); };
  try {
    if (nodes_->look_again(execute) && tuning_.wrote_news)
      tuning_.wrote_news();
  } catch (const mysql::error& why) {
    undo(why);
  }
}

/// The marker is not what we left, or may not be moved any more.
void mysql_driver::refuse_marker() {
  if (nodes_)
    throw store_error(store_error::kind::fatal, "another node took this one for lost, and goes on with its work");
  throw store_error(store_error::kind::fatal,
                    "another writer moved our marker in " + mysql::address_of(where_) + "; commits may be lost");
}

/// A constraint that only what another node did can have met: a row that was looked for came, or went.
bool mysql_driver::is_of_others(const mysql::error& why) const {
  return !commit_sent_ && (why.code() == taken_already || why.code() == not_there_any_more);
}

void mysql_driver::undo(const mysql::error& why) noexcept {
  roll_back();
  if (!why.left().alive)
    drop_connection();
}

void mysql_driver::roll_back() noexcept {
  drop_pending();
  if (!connection_)
    return;
  try {
    connection_->execute("ROLLBACK");
  } catch (...) {
    drop_connection();
  }
}

// Whatever it takes: as long as the outcome is unknown, neither "stored" nor "refused" would be the truth.
mysql_driver::attempt mysql_driver::settle() {
  drop_connection(); // its answers can no longer be trusted to belong to the questions
  for (auto length = first_pause;; pause(length)) {
    if (given_up())
      throw store_error(store_error::kind::fatal, "the outcome of a commit is unknown: the database did not come back");
    try {
      connect();
      return was_committed() ? attempt::committed : attempt::lost;
    } catch (const mysql::error&) {
      roll_back();
      drop_connection();
    }
  }
}

bool mysql_driver::was_committed() {
  mysql::transaction look(bare());
  // FOR UPDATE waits until the old session's transaction has ended, one way or the other.
  const auto batch = bare().number("SELECT batch FROM writers WHERE node_id = ? FOR UPDATE", {tuning_.node_id});
  look.commit();
  if (batch == batch_)
    return false;
  if (batch != batch_ + 1)
    throw store_error(store_error::kind::fatal,
                      "our marker in " + mysql::address_of(where_) + " is not what we left; commits may be lost");
  batch_ = *batch;
  return true;
}

void mysql_driver::read(const std::function<void()>& work) {
  const auto deadline = steady_clock::now() + patience_;
  for (auto length = first_pause;; pause(length)) {
    try {
      connect();
      work();
      end_reading();
      return regained();
    } catch (const mysql::error& why) {
      if (why.left().alive)
        end_reading();
      else
        drop_connection();
      if (!why.may_pass())
        throw;
      lost(why);
      refuse_after(deadline, why);
    }
  }
}

/// A writer's read began a transaction, which would keep its tables from being altered.
void mysql_driver::end_reading() noexcept {
  if (purpose_ == purpose::write)
    roll_back();
}

// --- one state for long ---

void mysql_driver::snapshot(const std::function<void()>& work) {
  try {
    connect();
    bare().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); // of the next one alone
    bare().execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    work();
    bare().execute("COMMIT");
  } catch (const mysql::error& why) {
    undo(why);
    throw;
  } catch (...) {
    roll_back();
    throw;
  }
}

// --- what is appended ---

bool mysql_driver::append(const new_message& message) {
  if (!has_account(message.author))
    return false;
  auto& rows = nodes_ ? posts_ : messages_;
  if (rows.is_full(message.text.size(), bare().max_packet()))
    flush();
  if (nodes_)
    rows.add({message.author.value, message.salon.value, message.seq, message.text, to_ms(message.at),
              message.post ? mysql::value{*message.post} : mysql::value{nullptr}});
  else
    rows.add({message.author.value, message.salon.value, message.seq, message.text, to_ms(message.at)});
  return true;
}

// Of several nodes each row is numbered by the database, in the order of the locks that they take.
std::optional<private_id> mysql_driver::append(const new_private_message& message) {
  if (nodes_)
    return std::nullopt;
  if (next_private_ == 0)
    next_private_ = next_number(table_named("private_messages"));
  if (private_.is_full(message.text.size(), bare().max_packet()))
    flush();
  const private_id number{next_private_++};
  private_.add({number.value, message.author.value, message.target.value, std::string(message.text), to_ms(message.at),
                message.bytes});
  return number;
}

void mysql_driver::flush() {
  private_.send(bare());
  messages_.send(bare());
  if (posts_.rows() == 0)
    return;
  const auto authors = authors_of(posts_);
  posts_.send(bare());
  look_for_gone(authors);
}

void mysql_driver::drop_pending() noexcept {
  for (auto* rows : {&messages_, &posts_, &private_})
    rows->clear();
}

/// Of a node: an author whom another one made go meanwhile is known by his row, which the foreign key has locked now.
void mysql_driver::look_for_gone(const std::set<int64_t>& authors) {
  std::string statement = "SELECT 1 FROM clients WHERE gone_ms IS NOT NULL AND client_id IN (";
  std::vector<mysql::value> values;
  for (const auto author : authors) {
    statement += values.empty() ? "?" : ",?";
    values.emplace_back(author);
  }
  if (bare().ask(statement + ")", values).next())
    throw mysql::error(not_there_any_more, "an author is gone");
}

} // namespace salond::persistence
