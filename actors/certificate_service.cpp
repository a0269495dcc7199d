#include "actors/certificate_service.hpp"
#include "config/log.hpp"
#include <set>

namespace salond {

operator_names names_of_operators(const certificate_service& service) {
  std::set<std::string> names;
  try {
    if (service.list)
      for (const auto& certificate : service.list())
        if (!certificate.revoked && is_operator(certificate.facts.who.kind))
          names.insert(certificate.facts.who.name);
  } catch (const std::exception& error) {
    log::warning("the names of operators cannot be read, so they can be registered", {{"why", error.what()}});
  }
  return {{names.begin(), names.end()}};
}

} // namespace salond
