#include "persistence/sqlite/open.hpp"
#include "persistence/backup/backup.hpp"
#include "persistence/sql/sql_store.hpp"
#include "persistence/sqlite/driver.hpp"
#include "persistence/sqlite/schema.hpp"
#include <filesystem>

namespace salond::persistence {

using sqlite::database;

namespace {

std::string path_of(const config::sqlite_database& where) {
  auto path = sqlite::resolved(where.path);
  if (!sqlite::in_memory(path))
    sqlite::refuse_log_without_database(path);
  return path;
}

} // namespace

std::unique_ptr<store> open_sqlite(const config::sqlite_database& where, const reporter& report) {
  const auto path = path_of(where);
  std::shared_ptr<const sqlite::file_lock> lock;
  if (!sqlite::in_memory(path)) {
    lock = std::make_shared<const sqlite::file_lock>(path, sqlite::file_lock::missing::make);
    sqlite::create_private(path);
    sqlite::keep_temporary_files_beside(path);
  }
  auto db = std::make_unique<database>(path, database::purpose::write);
  sqlite::schema_version(*db); // refuses what is not ours before anything in it changes
  db->make_durable();
  for (const auto& step : sqlite::migrate(*db))
    report("the database " + path + ": " + step);
  auto opened = std::make_unique<sqlite_driver>(std::move(db), std::move(lock));
  opened->open_readers(readers_opened);
  return std::make_unique<sql_store>(std::move(opened));
}

std::optional<std::string> fault_of_place_sqlite(const config::sqlite_database& where, const std::string& made) {
  std::string path;
  try {
    path = sqlite::resolved(where.path);
  } catch (const store_error& why) {
    return why.what();
  }
  const auto folder = std::filesystem::path(path).parent_path();
  using file_type = std::filesystem::file_type;
  std::error_code unseen;
  const auto type = std::filesystem::status(folder, unseen).type();
  if (sqlite::in_memory(path) || type == file_type::directory || type == file_type::none
      || folder
             == std::filesystem::weakly_canonical(std::filesystem::absolute(made, unseen) / "db", unseen).parent_path())
    return std::nullopt; // what may not be seen, the start says
  if (type != file_type::not_found)
    return folder.string() + " is no folder, in which the database " + path + " could be; name another file";
  return "there is no folder " + folder.string() + " for the database " + path + "; make it, or name another file";
}

std::vector<std::string> dry_run_sqlite(const config::sqlite_database& where) {
  const auto path = path_of(where);
  if (sqlite::in_memory(path) || !std::filesystem::exists(path)) {
    if (!sqlite::in_memory(path))
      sqlite::prove_room_for(path);
    auto steps = sqlite::steps_after(0);
    steps.insert(steps.begin(), "make the database " + path);
    return steps;
  }
  const sqlite::file_lock lock(path, sqlite::file_lock::missing::ignore);
  database db(path, database::purpose::read);
  return sqlite::steps_after(sqlite::schema_version(db));
}

bool is_empty_sqlite(const config::sqlite_database& where) {
  const auto path = path_of(where);
  if (sqlite::in_memory(path) || !std::filesystem::exists(path))
    return true;
  auto lock = std::make_shared<const sqlite::file_lock>(path, sqlite::file_lock::missing::ignore);
  auto db = std::make_unique<database>(path, database::purpose::read);
  const auto version = sqlite::schema_version(*db);
  if (version == 0 || !sqlite::steps_after(version).empty())
    return version == 0;
  sql_store look(std::make_unique<sqlite_driver>(std::move(db), std::move(lock), nullptr));
  bool result = false;
  look.read([&](const reading& db) { result = is_untouched(db); });
  return result;
}

} // namespace salond::persistence
