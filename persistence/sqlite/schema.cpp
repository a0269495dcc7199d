#include "persistence/sqlite/schema.hpp"
#include "persistence/sqlite/schema_steps.hpp"

namespace salond::persistence::sqlite {
namespace {

int64_t newest() {
  return static_cast<int64_t>(schema_steps().size());
}

int64_t number(database& db, std::string_view sql) {
  auto answer = db.ask(sql);
  return answer.next() ? answer.integer(0) : 0;
}

} // namespace

int64_t schema_version(database& db) {
  const auto application = number(db, "PRAGMA application_id");
  const auto version = number(db, "PRAGMA user_version");
  const auto tables = number(db, "SELECT count(*) FROM sqlite_schema");
  const bool empty = application == 0 && version == 0 && tables == 0;
  if (!empty && application != our_application_id)
    throw store_error(store_error::kind::setup,
                      "the database " + db.path() + " belongs to another program; name another file in `db`");
  if (version < 0)
    throw store_error(store_error::kind::setup, "the database " + db.path() + " says that its schema is "
                                                    + std::to_string(version)
                                                    + ", which is a damage; restore a backup");
  if (version > newest())
    throw store_error(store_error::kind::setup,
                      "the database " + db.path() + " was made by a newer salond (its schema is "
                          + std::to_string(version) + ", this one knows up to " + std::to_string(newest())
                          + "); install that one or restore a backup");
  return version;
}

std::vector<std::string> steps_after(int64_t version) {
  std::vector<std::string> result;
  for (auto number = version; number < newest(); ++number)
    result.push_back("schema " + std::to_string(number + 1) + ": " + schema_steps()[static_cast<size_t>(number)].name);
  return result;
}

std::vector<std::string> migrate(database& db) {
  const auto missing = steps_after(schema_version(db));
  if (missing.empty())
    return {};
  db.transact(database::transaction::writes, [&] {
    for (auto number = newest() - static_cast<int64_t>(missing.size()); number < newest(); ++number)
      schema_steps()[static_cast<size_t>(number)].run(db);
    db.execute("PRAGMA user_version=" + std::to_string(newest())); // part of the transaction, as all DDL
  });
  return missing;
}

} // namespace salond::persistence::sqlite
