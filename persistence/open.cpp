#include "persistence/open.hpp"
#include "persistence/mysql/open.hpp"
#include "persistence/sqlite/open.hpp"

namespace salond::persistence {

std::unique_ptr<store> open(const open_options& options) {
  if (const auto* file = std::get_if<config::sqlite_database>(&options.where))
    return open_sqlite(*file, options.report);
  return open_mysql(std::get<config::mysql_database>(options.where), options);
}

joined_node join(const open_options& options, const node_entry& who) {
  return join_mysql(std::get<config::mysql_database>(options.where), options, who);
}

std::optional<std::string> fault_of_place(const config::database& where, const std::string& made) {
  const auto* file = std::get_if<config::sqlite_database>(&where);
  return file ? fault_of_place_sqlite(*file, made) : std::nullopt;
}

std::vector<std::string> dry_run(const open_options& options) {
  if (const auto* file = std::get_if<config::sqlite_database>(&options.where))
    return dry_run_sqlite(*file);
  return dry_run_mysql(std::get<config::mysql_database>(options.where), options);
}

} // namespace salond::persistence
