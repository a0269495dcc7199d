// SQLite's handles as owners of themselves, and its errors as store_errors.
// One connection is used by one thread at a time (while a backup copies, by two in turns: copying.hpp). Nothing here
// knows tables.
#pragma once
#include "persistence/sql/driver.hpp"
#include "persistence/store.hpp"
#include <array>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace salond::persistence::sqlite {

class database;
class page_copy;

/// A prepared statement while it is in use. Its end resets the statement: one that is left in the middle would keep its
/// read transaction open, and the write-ahead log could never start anew.
class query final : public query_result {
public:
  /// Whether the statement keeps copies of the texts it is given, or only looks at the caller's.
  enum class texts { copied, borrowed };

  /// REQUIRES: as many values as there are `?`; borrowed texts outlive the query.
  query(database& db, sqlite3_stmt* prepared, texts lifetime, const parameter* values, size_t count);
  query(const query&) = delete;
  query& operator=(const query&) = delete;
  ~query() override;

  bool next() override;
  int64_t integer(int column) const override;
  std::string text(int column) const override;
  size_t bytes(int column) const override;
  bool is_null(int column) const override;

private:
  int bind(int place, const parameter& value);

  database& db_;
  sqlite3_stmt* prepared_;
  texts lifetime_;
};

/// A connection to a database.
class database {
public:
  /// What the connection is for: one writes, one only reads what the other has committed.
  enum class purpose { write, read };

  /// Opens an existing file and changes nothing in it; "": a new temporary one. Until started() every error is one of
  /// the installation.
  /// Throws store_error.
  database(const std::string& path, purpose use);
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database();

  /// Turns on what makes a commit survive a loss of power, for this connection and (the journal's mode) the file.
  void make_durable();
  /// From now on an error is one of a running server.
  void started() { starting_ = false; }

  /// A question, prepared once and kept. REQUIRES: one use of the same one at a time.
  template <class... Values>
  query ask(std::string_view sql, const Values&... values) {
    const std::array<parameter, sizeof...(values)> all{parameter(values)...};
    return query(*this, prepared(sql), query::texts::copied, all.data(), all.size());
  }
  std::unique_ptr<query> ask_with(std::string_view sql, const parameter* values, size_t count) {
    return std::make_unique<query>(*this, prepared(sql), query::texts::copied, values, count);
  }
  /// Does something at once; answers how many rows it inserted, changed or deleted. REQUIRES: as ask().
  template <class... Values>
  int64_t run(std::string_view sql, const Values&... values) {
    const std::array<parameter, sizeof...(values)> all{parameter(values)...};
    return run_with(sql, all.data(), all.size());
  }
  int64_t run_with(std::string_view sql, const parameter* values, size_t count);
  /// Does what needs no preparing: several statements, PRAGMA.
  void execute(const std::string& sql);
  int64_t last_insert_id() const;

  /// Runs `work` in a transaction: all of it, or, when it throws, nothing.
  enum class transaction { reads, writes };
  void transact(transaction kind, const std::function<void()>& work);

  /// Writes the log back into the database and empties it: for an orderly end. Does not throw.
  void checkpoint() noexcept;

  const std::string& path() const { return path_; }
  /// Whether its file is not at its path any more, or another is, or its write-ahead log is gone.
  bool has_moved() const;

private:
  friend class query;
  friend class page_copy;

  struct closer {
    void operator()(sqlite3* handle) const;
  };
  struct finalizer {
    void operator()(sqlite3_stmt* prepared) const;
  };

  struct statement {
    std::string text;
    std::unique_ptr<sqlite3_stmt, finalizer> prepared;
  };

  sqlite3_stmt* prepared(std::string_view sql);
  int64_t changes() const;
  void refuse_if_undone() const;
  void roll_back();
  [[noreturn]] void fail(int code);
  static int checkpoint_when_due(void* self, sqlite3* handle, const char* name, int pages);

  std::string path_;
  std::unique_ptr<sqlite3, closer> handle_;
  std::unordered_map<std::string_view, std::unique_ptr<statement>> prepared_; // by their texts; go before the handle
  bool starting_ = true;
  bool in_transaction_ = false;
  bool undone_ = false;      // SQLite rolled the transaction back: statements would now commit one by one
  bool sync_failed_ = false; // what the file holds is unknown
};

} // namespace salond::persistence::sqlite
