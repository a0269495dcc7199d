// From a configured address to a store that is migrated and ready.
#pragma once
#include "config/config.hpp"
#include "persistence/cluster/nodes.hpp"
#include "persistence/store.hpp"
#include <functional>
#include <optional>

namespace salond::persistence {

/// Told what goes to the log.
using reporter = std::function<void(const std::string& line)>;

/// Where the database and how patient: from the configuration.
struct open_options {
  config::database where;
  std::chrono::milliseconds patience{5000};    ///< how long a certain failure is retried before it is a refusal
  reporter report = [](const std::string&) {}; ///< of what opening does
  /// Of what an operator should see to: what the database may lose, and outages, their ends included.
  reporter warn = [](const std::string&) {};
  /// The run that the store writes for, as join() answered it. Else nobody else may write to the database.
  int64_t run = lone_writer;
  std::string node = {}; ///< of a run: what its node is called, for the audit log
  /// Of a run: called after each statement of its writer was answered, be it by an error; any thread.
  std::function<void()> writer_answered = {};
  /// Of a run: called after a transaction that wrote news was committed; on the writer's thread.
  std::function<void()> wrote_news = {};
};

/// Readers that a store has connected when open() returns, for store::reader() to hand out: as many as the server has
/// threads that read. What keeps one from being had ends the start, and not the server after it.
constexpr size_t readers_opened = 2;

/// Opens and migrates, taking over a database of the replaced server (MySQL). Throws store_error: `unavailable` when
/// the database cannot be reached now (the caller retries), `setup` for all that a retry does not mend.
std::unique_ptr<store> open(const open_options& options);

/// Migrates as open() does, and joins the nodes that share the database. The run has to beat from then on. Throws as
/// open(); `setup` also where a name is in use, or where a salond that is no node writes. REQUIRES: MySQL or MariaDB.
joined_node join(const open_options& options, const node_entry& who);

/// Why no database can be there, as far as it can be said without opening or asking anything. `made`: a folder that is
/// made before the database is opened.
std::optional<std::string> fault_of_place(const config::database& where, const std::string& made);

/// What open() would change, one sentence a line; changes nothing. Throws as open().
std::vector<std::string> dry_run(const open_options& options);

} // namespace salond::persistence
