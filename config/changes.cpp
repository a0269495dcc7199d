#include "config/changes.hpp"
#include "config/load.hpp"
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace salond::config {
namespace {

using json = nlohmann::json;

/// Takes over all that may change while the server runs. What is not here needs a restart; nothing else says so.
void take_up(settings& into, const settings& from) {
  into.tls = from.tls;
  into.limits = from.limits;
  into.rate = from.rate;
  into.registration = from.registration;
  into.retention = from.retention;
  into.text = from.text;
  into.log = from.log;
  into.stop = from.stop;
}

/// Each name with its value; a list is one value.
std::map<std::string, json> values_of(const settings& all) {
  std::map<std::string, json> result;
  const auto document = json::parse(to_json(all));
  for (const auto& [name, value] : document.items()) {
    if (!value.is_object())
      result[name] = value;
    else
      for (const auto& [inner, inner_value] : value.items())
        result[name + "." + inner] = inner_value;
  }
  if (const auto* server = std::get_if<mysql_database>(&all.db))
    result["the database's password"] = server->password; // only compared
  return result;
}

std::vector<std::string> differences(const settings& a, const settings& b) {
  const auto left = values_of(a), right = values_of(b);
  std::vector<std::string> names;
  const auto look = [&](const auto& these, const auto& those) {
    for (const auto& [name, value] : these)
      if (const auto other = those.find(name); other == those.end() || other->second != value)
        names.push_back(name);
  };
  look(left, right);
  look(right, left);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

} // namespace

changes compare(const settings& in_force, const settings& read) {
  changes found;
  found.next = in_force;
  take_up(found.next, read);
  found.taken_up = differences(in_force, found.next);
  found.needs_restart = differences(found.next, read);
  return found;
}

} // namespace salond::config
