#include "tests/support/mysql_stores.hpp"
#include "config/load.hpp"
#include "persistence/mysql/open.hpp"
#include "tests/support/mariadb.hpp"
#include <cstdlib>

namespace salond::support {
namespace {

constexpr const char* variable = "SALOND_TEST_MYSQL";

config::mysql_database configured(const std::string& address) {
  std::string why;
  const auto parsed = config::parse_database(address, why);
  const auto* where = parsed ? std::get_if<config::mysql_database>(&*parsed) : nullptr;
  if (!where)
    throw std::runtime_error(std::string(variable) + ": " + (why.empty() ? "no mysql:// address" : why));
  auto result = *where;
  if (const auto* password = std::getenv("SALOND_TEST_MYSQL_PASSWORD"))
    result.password = password;
  return result;
}

} // namespace

store_maker mariadb() {
  return {"mariadb", store_maker::absence::fails_in_ci,
          []() -> std::unique_ptr<persistence::store> {
            if (!mariadb_server::why_not().empty())
              return nullptr;
            return persistence::open_mysql(mariadb_server::shared().new_database(), {});
          },
          mariadb_server::why_not};
}

store_maker mysql() {
  return {"mysql", store_maker::absence::is_fine,
          []() -> std::unique_ptr<persistence::store> {
            const auto* address = std::getenv(variable);
            if (!address)
              return nullptr;
            const auto where = configured(address);
            empty_mysql(where);
            return persistence::open_mysql(where, {});
          },
          [] { return std::string(variable) + " names no database"; }};
}

} // namespace salond::support
