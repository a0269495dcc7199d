// MySQL and MariaDB as the statements of persistence/sql/ see them. In driver.cpp: what these databases do in their own
// way; in transact.cpp: transactions, lost connections, and the appended messages that go out together.
#pragma once
#include "persistence/mysql/row_batch.hpp"
#include "persistence/open.hpp"
#include "persistence/sql/among_nodes.hpp"
#include "persistence/sql/driver.hpp"
#include <condition_variable>
#include <mutex>
#include <set>
#include <unordered_set>

namespace salond::persistence {

/// Exactly once, though the answer to a COMMIT may be lost: each transaction moves a marker, our row of `writers`, and
/// after a loss the marker tells whether it was committed.
class mysql_driver final : public driver {
public:
  enum class purpose { write, read };

  /// Connects. REQUIRES: the tables are up to date. A writer keeps others out: throws `setup` when there is one.
  mysql_driver(config::mysql_database where, mysql::tuning tuning, purpose purpose, std::chrono::milliseconds patience,
               reporter warn);
  ~mysql_driver() override;

  int64_t last_insert_id() override;
  const sql_words& words() const override;

  void transact(const std::function<void()>& work) override;
  void read(const std::function<void()>& work) override;
  void snapshot(const std::function<void()>& work) override;
  void give_up() override;
  std::string describe() override;

  /// Messages of a transaction are collected, and go out together before its next statement, or its end.
  bool append(const new_message& message) override;
  std::optional<private_id> append(const new_private_message& message) override;
  bool has_account(user_id who) override;
  void delete_account(user_id who) override;
  void forget_author(user_id who) override { known_authors_.erase(who); }
  void forget_beside(const user& who) override;
  void fill_looks() override;
  int64_t next_number(const stored_table& of) override;
  void count_from(const stored_table& of, int64_t next) override;
  salond::persistence::among_nodes* among_nodes() override { return nodes_.get(); }

private:
  std::unique_ptr<driver> open_reader() override;
  std::unique_ptr<query_result> ask_with(std::string_view statement, const parameter* values, size_t count) override;
  int64_t run_with(std::string_view statement, const parameter* values, size_t count) override;

  // Between the sending of a COMMIT and the certain knowledge of its outcome, the marker decides.
  enum class attempt { committed, lost };

  // --- connection ---
  mysql::connection& bare(); // the connection as it is; throws when there is none now
  mysql::connection& db();   // the connection, once every appended message has gone out
  void connect();
  void drop_connection() noexcept;
  void end_ghosts();
  void take_place();
  std::set<std::string> names_in_repairs(const user& who);
  bool is_nobody_elses(const std::string& spelling, const user& who);
  void forget_spellings(const std::set<std::string>& names, const user& who);
  void read_settings();
  void make_marker();
  void lost(const mysql::error& why);
  void regained();
  void pause(std::chrono::milliseconds& length);
  bool given_up();
  void refuse_after(instant deadline, const mysql::error& why);

  // --- transaction ---
  void run_once(const std::function<void()>& work);
  void end_transaction();
  [[noreturn]] void refuse_marker();
  bool is_of_others(const mysql::error& why) const;
  void undo(const mysql::error& why) noexcept;
  void roll_back() noexcept;
  void end_reading() noexcept;
  attempt settle();
  bool was_committed();
  void flush();
  void drop_pending() noexcept;
  void look_for_gone(const std::set<int64_t>& authors);
  void delete_in_parts(const char* statement, user_id who);

  config::mysql_database where_;
  mysql::tuning tuning_;
  purpose purpose_;
  std::chrono::milliseconds patience_;
  reporter warn_;
  std::string description_;

  std::unique_ptr<mysql::connection> connection_;
  std::unique_ptr<salond::persistence::among_nodes> nodes_; // of a run's writer
  std::vector<std::string> ghosts_; // locks of sessions of ours that the server may not have ended
  std::optional<instant> outage_since_;
  int64_t batch_ = 0;        // the marker's value as of the last commit that we know of
  bool commit_sent_ = false; // in this attempt
  bool has_news_ = false;    // the attempt that was committed, or may be
  // Appended, not sent; posts_ are a node's messages.
  mysql::row_batch messages_{"messages", "client_id, salon_id, seq, contenu, created_ms", 5};
  mysql::row_batch posts_{"messages", "client_id, salon_id, seq, contenu, created_ms, post", 6};
  mysql::row_batch private_{"private_messages", "pm_id, from_client_id, to_client_id, contenu, created_ms, bytes", 6};
  int64_t next_private_ = 0; // the number of the next private message; 0: nobody looked yet
  // Authors that were there, so that each is looked for once. Who deletes an account forgets it; where another node
  // does, the foreign key says so, and all are looked for again.
  std::unordered_set<user_id> known_authors_;

  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool given_up_ = false;
};

} // namespace salond::persistence
