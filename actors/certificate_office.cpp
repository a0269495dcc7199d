#include "actors/certificate_office.hpp"
#include "config/log.hpp"
#include <set>

namespace salond {

operator_names names_of_operators(const certificate_office& office) {
  std::set<std::string> names;
  try {
    if (office.list)
      for (const auto& certificate : office.list())
        if (!certificate.revoked && is_operator(certificate.facts.who.kind))
          names.insert(certificate.facts.who.name);
  } catch (const std::exception& error) {
    log::warning("the names of operators cannot be read, so they can be registered", {{"why", error.what()}});
  }
  return {{names.begin(), names.end()}};
}

} // namespace salond
