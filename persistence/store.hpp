// The one interface of all databases: transactions. What can be asked and written in them stands in
// persistence/contracts/, an interface a feature; what is decided, in persistence/decisions/. Who calls: one thread at
// a time, in persistence's store_worker. Invariants that every store keeps are in tests/contract/.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/fields.hpp"
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace salond::persistence {

/// A breakdown of the database, not a refusal of the client's.
class store_error : public std::runtime_error {
public:
  enum class kind {
    /// Certainly nothing of the transaction is or will be stored; a later try may succeed.
    unavailable,
    /// A statement was refused by the database (a constraint): nothing of the transaction is stored, and the same work
    /// would be refused again. Seen only when a look before the write was missing.
    refused,
    /// The database cannot be trusted any more (damaged file, failed fsync, another writer): the process must end.
    fatal,
    /// Configuration or installation: wrong password, no such database, not a database. At start: status 1.
    setup,
  };

  store_error(kind of, const std::string& why) : std::runtime_error(why), kind_(of) {}
  kind what_kind() const { return kind_; }

private:
  kind kind_;
};

/// Work in a transaction.
using write_work = std::function<void(const writing&)>;
using read_work = std::function<void(const reading&)>;
/// Told how much of a database is copied, from 0 to 1; may throw, which ends the work.
using copy_progress = std::function<void(double share)>;

class store {
public:
  virtual ~store() = default;

  /// Runs `work` in one write transaction and returns once that is durable. `work` may be run again from its start when
  /// the database undid the transaction, never after a commit, and what it computed last is valid. While it is unknown
  /// whether a commit happened (a lost connection) this waits for the database and finds out: nothing is stored twice,
  /// nothing reported as refused that is stored. Throws store_error; `unavailable` only when nothing is stored, and at
  /// the latest `patience()` after the call where that is certain.
  virtual void transact(const write_work& work) = 0;

  /// Of the work of a transaction, between two things that it does: whether it holds what all nodes wait for, and had
  /// better end here.
  virtual bool holds_up_others() const { return false; }
  /// Whether a little of what was committed is not written yet, since another node held its rows. Any transaction tries
  /// to, and waits for nobody; where there is nothing else to do, one with no work.
  virtual bool has_late_work() const { return false; }

  /// Runs `work` on what is committed. Throws store_error.
  virtual void read(const read_work& work) = 0;

  /// Runs `work` on one state of the database however long that takes, beside the writes of others. Never runs it
  /// twice: throws `unavailable` when the connection is lost meanwhile.
  virtual void snapshot(const read_work& work) = 0;
  /// The same for work that takes minutes, without keeping the database's log from being emptied. So SQLite's database
  /// is copied first, of which `copying` is told; the work sees what was there when that ended.
  virtual void long_snapshot(const read_work& work, const copy_progress& copying) = 0;

  /// A second store on the same database, for reads beside the writes on another thread; null where there is none.
  virtual std::unique_ptr<store> reader() = 0;

  /// From any thread, at the end of the process: no function waits for the database any longer. One that does not know
  /// whether it committed throws `fatal`, any other `unavailable`.
  virtual void give_up() {}

  /// One line for the log and for status: kind, version, durability.
  virtual std::string describe() = 0;

  /// The next row of a table gets this number, or the first one that was never used. Not in a transaction, which MySQL
  /// cannot do it in. REQUIRES: the table counts.
  virtual void count_from(const stored_table& of, int64_t next) = 0;
};

} // namespace salond::persistence
