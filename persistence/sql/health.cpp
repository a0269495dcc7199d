// How the database itself is.
#include "persistence/contracts/health.hpp"
#include "persistence/sql/features.hpp"

namespace salond::persistence {
namespace {

class sql_health final : public feature<health_store> {
public:
  using feature::feature;

  std::string trouble() const override { return db().trouble(); }
};

} // namespace

std::unique_ptr<health_store> health_over(driver& on) {
  return std::make_unique<sql_health>(on);
}

} // namespace salond::persistence
