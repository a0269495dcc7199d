#include "actors/certificate_office.hpp"
#include "config/log.hpp"
#include <set>

namespace salond {

operator_names names_of_operators(const certificate_office& office) {
  std::set<std::string> names;
  try {
    if (office.list)
      for (const auto& one : office.list())
        if (!one.revoked && is_operator(one.facts.who.kind))
          names.insert(one.facts.who.name);
  } catch (const std::exception& error) {
    log::warning("the names of operators cannot be read, so they can be registered", {{"why", error.what()}});
  }
  return {{names.begin(), names.end()}};
}

} // namespace salond
