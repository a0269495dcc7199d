// SQLite as the statements of persistence/sql/ see it: one file, for one process.
#pragma once
#include "persistence/sql/driver.hpp"
#include "persistence/sqlite/copying.hpp"
#include "persistence/sqlite/files.hpp"

namespace salond::persistence {

/// A failed commit is never ambiguous, and the process and its database end together, so there is nothing to find out
/// after an error and nothing to run again.
class sqlite_driver final : public driver {
public:
  /// One that writes. REQUIRES: `db` is durable and its schema is the newest. The lock is shared with reader(): who
  /// comes next waits for both.
  sqlite_driver(std::unique_ptr<sqlite::database> db, std::shared_ptr<const sqlite::file_lock> lock);
  /// One that reads what another one writes, if there is one.
  sqlite_driver(std::unique_ptr<sqlite::database> db, std::shared_ptr<const sqlite::file_lock> lock,
                std::shared_ptr<sqlite::written_database> written);
  ~sqlite_driver() override;

  int64_t last_insert_id() override;
  const sql_words& words() const override;

  void transact(const std::function<void()>& work) override;
  void read(const std::function<void()>& work) override;
  void snapshot(const std::function<void()>& work) override;
  void long_snapshot(const std::function<void()>& work, const std::function<void(double)>& copying) override;
  std::string describe() override;
  std::string trouble() override;

  bool append(const new_message& message) override;
  bool has_account(user_id who) override;
  void delete_account(user_id who) override;
  void forget_beside(const user& who) override;
  void fill_looks() override;
  int64_t next_number(const stored_table& of) override;
  void count_from(const stored_table& of, int64_t next) override;

private:
  std::unique_ptr<driver> open_reader() override;
  std::unique_ptr<query_result> ask_with(std::string_view statement, const parameter* values, size_t count) override;
  int64_t run_with(std::string_view statement, const parameter* values, size_t count) override;

  std::shared_ptr<const sqlite::file_lock> lock_; // goes last
  std::unique_ptr<sqlite::database> db_;
  std::shared_ptr<sqlite::written_database> written_; // the writer's own, or whose writing a reader sees
  const bool writes_;
  int64_t next_message_ = 0; ///< the number of the next message; 0: nobody looked yet
};

} // namespace salond::persistence
