#include "persistence/mysql/messages_takeover.hpp"
#include "persistence/mysql/classes.hpp"
#include "persistence/mysql/keys_takeover.hpp"
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace salond::persistence::mysql {
namespace {

// As many rows a transaction as keep it below a second on a slow disk.
constexpr int64_t rows_a_transaction = 10000;
constexpr std::chrono::seconds between_signs_of_life{15};

// Says again and again that a long statement still runs: who waits for the start (systemd) must not lose patience.
class sign_of_life {
public:
  sign_of_life(std::string step, const reporter& report) : what_(std::move(step)), report_(report) {
    report_("take-over: " + what_); // first: from then on the thread reports
    thread_ = std::thread([this] { tell(); });
  }
  ~sign_of_life() {
    {
      std::lock_guard lock{mutex_};
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

private:
  void tell() {
    std::unique_lock lock{mutex_};
    while (!wake_.wait_for(lock, between_signs_of_life, [this] { return over_; }))
      report_("take-over: still at work: " + what_);
  }

  std::string what_;
  const reporter& report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;
};

void convert(connection& db, const reporter& report) {
  if (catalog(db).find_column("messages", "seq"))
    return;
  const sign_of_life sign("convert the messages", report);
  db.execute("ALTER TABLE messages MODIFY message_id BIGINT NOT NULL AUTO_INCREMENT, MODIFY client_id INT NULL,"
             " MODIFY salon_id INT NULL, MODIFY contenu MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,"
             " MODIFY timestamp TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, ADD seq BIGINT NOT NULL DEFAULT 0,"
             " ADD created_ms BIGINT NOT NULL DEFAULT 0, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,"
             " ROW_FORMAT=DYNAMIC");
}

// The values of one range that change, recorded as they were. A leading space is a rule, so its row says only that it
// was there: the texts need not be stored twice.
void record_range(connection& db, const std::vector<value>& range) {
  const std::string insert =
      "INSERT IGNORE INTO migration_repairs(table_name, row_id, field, old_value, new_value) SELECT 'messages',"
      " m.message_id, ";
  const std::string where = " WHERE m.seq = 0 AND m.message_id BETWEEN ? AND ? AND ";
  db.run(insert + "'leading space', ' ', '' FROM messages m" + where + "m.contenu LIKE ' %'", range);
  db.run(insert + "'contenu', NULL, '' FROM messages m" + where + "m.contenu IS NULL", range);
  db.run(insert + "'client_id', m.client_id, NULL FROM messages m LEFT JOIN clients c ON c.client_id = m.client_id"
             + where + "m.client_id IS NOT NULL AND c.client_id IS NULL",
         range);
  db.run(insert + "'salon_id', m.salon_id, NULL FROM messages m LEFT JOIN salons s ON s.salon_id = m.salon_id" + where
             + "m.salon_id IS NOT NULL AND s.salon_id IS NULL",
         range);
}

// The order number is the old id, which keeps the order and its gaps and needs no counting; `seq = 0` says what is
// still to be done, so that no second space is ever taken away.
void number_messages(connection& db, const reporter& report) {
  if (messages_are_done(db))
    return;
  for (int64_t done = 0, last = 0;; last = done) {
    const auto to = db.number("SELECT MAX(message_id) FROM (SELECT message_id FROM messages WHERE message_id > ?"
                              " ORDER BY message_id LIMIT "
                                  + std::to_string(rows_a_transaction) + ") AS range_of_rows",
                              {last});
    if (!to)
      return;
    done = *to;
    const std::vector<value> range{last + 1, done};
    transaction all(db);
    record_range(db, range);
    db.run("UPDATE messages m LEFT JOIN clients c ON c.client_id = m.client_id"
           " LEFT JOIN salons s ON s.salon_id = m.salon_id SET m.contenu = CASE WHEN m.contenu IS NULL THEN ''"
           " WHEN m.contenu LIKE ' %' THEN SUBSTRING(m.contenu, 2) ELSE m.contenu END,"
           " m.created_ms = CAST(COALESCE(UNIX_TIMESTAMP(m.timestamp), 0) * 1000 AS SIGNED), m.client_id = c.client_id,"
           " m.salon_id = s.salon_id, m.seq = m.message_id WHERE m.seq = 0 AND m.message_id BETWEEN ? AND ?",
           range);
    all.commit();
    report("take-over: messages up to number " + std::to_string(done) + " are converted");
  }
}

// A message's number, and its time in milliseconds.
struct dating {
  int64_t message, ms;
};

// The next messages behind number `after`, by rising numbers: those of them that have no time, with the one they get.
// `latest` is the time of each salon's newest message so far. Answers the last message's number; nothing: there is
// none.
std::optional<int64_t> read_undated(connection& db, int64_t after, std::map<std::optional<int64_t>, int64_t>& latest,
                                    std::vector<dating>& undated) {
  std::optional<int64_t> last;
  auto found = db.ask("SELECT message_id, salon_id, created_ms FROM messages WHERE message_id > ? ORDER BY message_id"
                      " LIMIT "
                          + std::to_string(rows_a_transaction),
                      {after});
  while (found.next()) {
    last = found.integer(0);
    auto& newest = latest[found.is_null(1) ? std::nullopt : std::optional(found.integer(1))];
    if (const auto ms = found.integer(2); ms != 0)
      newest = ms;
    else
      undated.push_back({*last, newest = std::max<int64_t>(newest, 1)});
  }
  return last;
}

void put_times(connection& db, const std::vector<dating>& all) {
  in_classes(insert_classes, all.size(), [&](size_t from, size_t count) {
    std::string cases, list;
    std::vector<value> values, numbers;
    for (auto place = from; place < from + count; ++place) {
      cases += " WHEN ? THEN ?";
      list += place == from ? "?" : ",?";
      values.insert(values.end(), {all[place].message, all[place].ms});
      numbers.emplace_back(all[place].message);
    }
    values.insert(values.end(), numbers.begin(), numbers.end());
    db.run("UPDATE messages SET created_ms = CASE message_id" + cases + " END WHERE message_id IN (" + list + ")",
           values);
  });
}

// A message without a time gets that of the newest one before it in its salon, else the beginning of time. One walk
// through all of them, which remembers each salon's: an index that would find it is made only later.
void date_messages(connection& db, const reporter& report) {
  if (!db.number("SELECT 1 FROM messages WHERE created_ms = 0 LIMIT 1"))
    return;
  const sign_of_life sign("date the messages that have no time", report);
  std::map<std::optional<int64_t>, int64_t> latest;
  for (std::optional<int64_t> last = 0; last;) {
    std::vector<dating> undated;
    last = read_undated(db, *last, latest, undated);
    if (undated.empty())
      continue;
    transaction all(db);
    put_times(db, undated);
    all.commit();
  }
}

void constrain(connection& db, const reporter& report) {
  if (messages_are_done(db))
    return;
  const sign_of_life sign("index the messages", report);
  db.execute("ALTER TABLE messages MODIFY contenu MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,"
             " MODIFY seq BIGINT NOT NULL, MODIFY created_ms BIGINT NOT NULL,"
             " ADD UNIQUE KEY uq_messages_seq (salon_id, seq), ADD KEY ix_messages_client (client_id),"
             " ADD CONSTRAINT fk_messages_client FOREIGN KEY (client_id) REFERENCES clients (client_id)"
             " ON DELETE CASCADE, ADD CONSTRAINT fk_messages_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id),"
             " ROW_FORMAT=DYNAMIC"
             + drops_of_indexes(db, "messages"));
}

} // namespace

std::vector<std::string> describe_messages(connection& db) {
  const std::pair<const char*, const char*> counts[] = {
      {"SELECT COUNT(*) FROM messages", "messages are converted"},
      {"SELECT COUNT(*) FROM messages WHERE contenu LIKE ' %'",
       "of them lose the space that the old client put before them"},
      {"SELECT COUNT(*) FROM messages WHERE contenu IS NULL", "of them have no text: kept, never shown"},
      {"SELECT COUNT(*) FROM messages WHERE timestamp IS NULL",
       "of them have no time: they get that of the one before"},
      {"SELECT COUNT(*) FROM messages m LEFT JOIN clients c ON c.client_id = m.client_id"
       " LEFT JOIN salons s ON s.salon_id = m.salon_id WHERE c.client_id IS NULL OR s.salon_id IS NULL",
       "of them have no author or no salon: kept, never shown"},
  };
  std::vector<std::string> lines;
  for (const auto& [question, sentence] : counts)
    if (const auto count = db.number(question); count && (*count > 0 || lines.empty()))
      lines.push_back("take-over: " + std::to_string(*count) + " " + sentence);
  return lines;
}

void take_over_messages(connection& db, const reporter& report) {
  if (messages_are_done(db))
    return;
  if (!catalog(db).find_column("messages", "seq"))
    for (const auto& line : describe_messages(db))
      report(line);
  convert(db, report);
  number_messages(db, report);
  date_messages(db, report);
  constrain(db, report);
}

} // namespace salond::persistence::mysql
