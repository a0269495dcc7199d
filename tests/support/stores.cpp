#include "tests/support/stores.hpp"
#include "persistence/sqlite/open.hpp"
#include "tests/support/temporary_folder.hpp"

namespace salond::support {
namespace {

std::string repeated(const std::string& part, int times) {
  std::string result;
  for (int i = 0; i < times; ++i)
    result += part;
  return result;
}

// A store is only a store: it cannot remove the folder it is in, so the end of the program does.
std::string new_database_path() {
  static const temporary_folder folder;
  static int number = 0;
  return folder / ("store-" + std::to_string(++number) + ".db");
}

} // namespace

const std::string hostile_name = "l'été \"x\"; DROP TABLE -- \\ 🦊";
const std::string hostile_text = "): '\"; DROP TABLE clients; -- \\ %s ? :1 \t 🦊 é\xCC\x81 \xE2\x80\xAE";
const std::string longest_name = repeated("🦊", 64);

store_maker sqlite() {
  return {"sqlite", store_maker::absence::fails_in_ci, [] { return persistence::open_sqlite({new_database_path()}); },
          [] { return std::string("SQLite is always there"); }};
}

const persistence::reading& asked(persistence::store& of) {
  const persistence::reading* result = nullptr;
  of.read([&](const persistence::reading& db) { result = &db; });
  return *result;
}

std::string name_of(const testing::TestParamInfo<store_maker>& info) {
  return info.param.name;
}

decision decided(const std::string& by) {
  return {by, "192.0.2.1", "spam: '\"; -- 🦊", noon};
}

} // namespace salond::support
