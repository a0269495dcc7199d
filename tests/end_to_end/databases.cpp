#include "tests/end_to_end/databases.hpp"

namespace salond::end_to_end {
namespace {

class sqlite_database final : public database {
public:
  support::daemon_options options() const override { return {}; }
  support::rows ask(const support::daemon& server, const std::string& sql) override {
    return support::ask_sqlite(server.sqlite_path(), sql);
  }
};

} // namespace

std::vector<database_kind> kinds() {
  return {{"sqlite", [] { return std::make_unique<sqlite_database>(); }}};
}

std::string name_of(const testing::TestParamInfo<database_kind>& info) {
  return info.param.name;
}

} // namespace salond::end_to_end
