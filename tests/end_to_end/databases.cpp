#include "tests/end_to_end/databases.hpp"
#include "config/load.hpp"
#include "tests/support/mariadb.hpp"

namespace salond::end_to_end {
namespace {

class sqlite_database final : public database {
public:
  support::daemon_options options() const override { return {}; }
  support::rows ask(const support::daemon& server, const std::string& sql) override {
    return support::ask_sqlite(server.sqlite_path(), sql);
  }
  void change(const support::daemon& server, const std::string& sql) override { ask(server, sql); }
};

class mariadb_database final : public database {
public:
  mariadb_database() : where_(support::mariadb_server::shared().new_database()) {}
  support::daemon_options options() const override {
    support::daemon_options result;
    result.db = config::to_string(where_);
    return result;
  }
  support::rows ask(const support::daemon&, const std::string& sql) override {
    return support::mariadb_server::shared().ask(where_.name, sql);
  }
  void change(const support::daemon&, const std::string& sql) override {
    support::mariadb_server::shared().run(where_.name, {sql});
  }

private:
  config::mysql_database where_;
};

} // namespace

std::vector<database_kind> kinds() {
  return {{"sqlite", [] { return std::make_unique<sqlite_database>(); }, [] { return std::string(); }},
          {"mariadb", [] { return std::make_unique<mariadb_database>(); }, support::mariadb_server::why_not}};
}

std::string name_of(const testing::TestParamInfo<database_kind>& info) {
  return info.param.name;
}

void server_test::SetUp() {
  SALOND_NEEDS(GetParam());
  db_ = GetParam().make();
  server_.options = db_->options();
  server_.start();
}

} // namespace salond::end_to_end
