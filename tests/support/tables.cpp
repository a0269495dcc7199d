#include "tests/support/tables.hpp"
#include <algorithm>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>

namespace salond::support {

rows ask_sqlite(const std::string& path, const std::string& sql) {
  sqlite3* opened = nullptr;
  const auto status = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db{opened, sqlite3_close};
  if (status != SQLITE_OK)
    throw std::runtime_error("cannot open " + path);
  sqlite3_busy_timeout(opened, 10000);
  rows result;
  const auto take = [](void* into, int count, char** values, char**) {
    std::vector<std::string> row;
    for (int i = 0; i < count; ++i)
      row.emplace_back(values[i] ? values[i] : "");
    static_cast<rows*>(into)->push_back(std::move(row));
    return 0;
  };
  if (sqlite3_exec(opened, sql.c_str(), take, &result, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(opened));
  return result;
}

rows sorted(rows some) {
  std::sort(some.begin(), some.end());
  return some;
}

} // namespace salond::support
