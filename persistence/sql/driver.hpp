// What the statements of persistence/sql/ need of a database: to run one, to ask, and all that databases do not do
// alike. persistence/sqlite/driver.cpp and persistence/mysql/driver.cpp say why they differ.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/fields.hpp"
#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace salond::persistence {

/// Bytes that are compared as bytes: keys of names, hashes of tokens.
struct blob {
  std::string_view bytes;
};

/// A value for one `?`. It only looks at texts and bytes.
using parameter = std::variant<std::nullptr_t, int64_t, std::string_view, blob>;
using parameters = std::vector<parameter>;

/// The answer to a question, row by row. REQUIRES: it ends before the same question is asked again.
class query_result {
public:
  virtual ~query_result() = default;

  /// Goes to the next row; false when there is none.
  virtual bool next() = 0;
  /// Columns of the present row, from 0. NULL reads as 0 and "".
  virtual int64_t integer(int column) const = 0;
  virtual std::string text(int column) const = 0; ///< of a text or of bytes, with every byte
  virtual size_t bytes(int column) const = 0;     ///< that text() has
  virtual bool is_null(int column) const = 0;
};

/// Pieces of statements that databases spell in their own ways, of which a driver has its own.
struct sql_words {
  const char* greater_of = "";    ///< the function that answers the greater of two numbers
  const char* lesser_of = "";     ///< the lesser
  const char* text_bytes = "";    ///< how many bytes a message's `contenu` has
  const char* is_shown = "";      ///< whether a message's `contenu` is not empty
  const char* in_this_order = ""; ///< a join that reads the table before it first
  const char* by_number = "";     ///< behind a table: read by its own numbers, whatever else is asked of its rows
  const char* by_seq = "";        ///< behind `messages m`: read in the order of a salon
  const char* held = "";          ///< behind a question: its rows stay as they are until the transaction ends
  const char* keep_later = "";    ///< behind an INSERT of a known address: where it is known, the later time stays
  /// Whether messages have the replaced server's column `timestamp` beside created_ms.
  bool has_timestamp = false;
  /// Whether all rows of an answer are held in memory as soon as it is there, rather than one at a time.
  bool holds_answers = false;
  /// Whether the indexes of who wrote, and to whom, are in eight parts (docs/decisions/0026-an-authors-messages.md).
  bool by_eighths = false;
  /// The condition that such a column is the statement's first value.
  std::string is_user(const std::string& column) const {
    return by_eighths ? column + " % 8 = ?1 % 8 AND +" + column + " = ?1" : column + " = ?";
  }
  size_t max_rows = 1;  ///< of one INSERT
  size_t max_texts = 1; ///< of messages that are looked through, in one answer
};

class among_nodes;

struct new_private_message {
  user_id author, target;
  std::string_view text;
  moment at;
  int64_t bytes = 0; ///< that count for the mailbox
};

/// One connection to a database, used by one thread at a time. What it throws is a store_error.
class driver {
public:
  virtual ~driver() = default;

  // --- statements ---
  /// Asks a statement, which is prepared once and kept. REQUIRES: no other answer to it is open.
  std::unique_ptr<query_result> ask(std::string_view statement, std::initializer_list<parameter> values = {}) {
    return ask_with(statement, values.begin(), values.size());
  }
  std::unique_ptr<query_result> ask(std::string_view statement, const parameters& values) {
    return ask_with(statement, values.data(), values.size());
  }
  /// Runs a statement, which is prepared once and kept; answers how many rows it inserted, deleted, or met to change.
  int64_t run(std::string_view statement, std::initializer_list<parameter> values = {}) {
    return run_with(statement, values.begin(), values.size());
  }
  int64_t run(std::string_view statement, const parameters& values) {
    return run_with(statement, values.data(), values.size());
  }
  /// The number that the last INSERT gave its row.
  virtual int64_t last_insert_id() = 0;
  virtual const sql_words& words() const = 0;

  // --- transactions: what store promises of its functions of these names ---
  virtual void transact(const std::function<void()>& work) = 0;
  virtual void read(const std::function<void()>& work) = 0;
  virtual void snapshot(const std::function<void()>& work) = 0;
  virtual void long_snapshot(const std::function<void()>& work, const std::function<void(double)>&) { snapshot(work); }
  /// One that open_readers() opened, or else a new one; nothing where open_reader() has none.
  std::unique_ptr<driver> reader() {
    if (readers_.empty())
      return open_reader();
    auto next = std::move(readers_.back());
    readers_.pop_back();
    return next;
  }
  /// Opens so many readers for reader() to hand out, if there can be any.
  void open_readers(size_t count) {
    while (readers_.size() < count) {
      auto next = open_reader();
      if (!next)
        return;
      readers_.push_back(std::move(next));
    }
  }
  virtual void give_up() {}
  virtual std::string describe() = 0;
  virtual std::string trouble() { return {}; } ///< as health_store's

  /// What a writer has to do besides where other nodes write to the database as well; null where nobody else does.
  virtual salond::persistence::among_nodes* among_nodes() { return nullptr; }

  // --- what is done in another way by each ---
  /// False when the author's account is gone. The hottest statement of all.
  virtual bool append(const new_message& message) = 0;
  /// Collects it for one statement with others, under the number that it answers; no number where the driver collects
  /// none: then the caller inserts it.
  virtual std::optional<private_id> append(const new_private_message&) { return std::nullopt; }
  virtual bool has_account(user_id who) = 0;
  /// The account with all that hangs on it. REQUIRES: the salons know their highest order numbers.
  virtual void delete_account(user_id who) = 0;
  /// The account is nobody's from now on, though its row is there.
  virtual void forget_author(user_id) {}
  /// What the database remembers of a user beside the tables that all have.
  virtual void forget_beside(const user& who) = 0;
  /// Writes what usernames look like where it is not written yet.
  virtual void fill_looks() = 0;
  virtual int64_t next_number(const stored_table& of) = 0;           ///< as row_store's
  virtual void count_from(const stored_table& of, int64_t next) = 0; ///< as store's

protected:
  /// Before the driver's own connection, where it has to be the last.
  void close_readers() { readers_.clear(); }

private:
  /// Nothing: this is a reader itself, or the data is nowhere but in this connection.
  virtual std::unique_ptr<driver> open_reader() = 0;
  virtual std::unique_ptr<query_result> ask_with(std::string_view statement, const parameter* values, size_t count) = 0;
  virtual int64_t run_with(std::string_view statement, const parameter* values, size_t count) = 0;

  std::vector<std::unique_ptr<driver>> readers_; // open, not handed out yet
};

} // namespace salond::persistence
