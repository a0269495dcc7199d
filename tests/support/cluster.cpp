#include "tests/support/cluster.hpp"
#include "config/load.hpp"
#include <algorithm>
#include <stdexcept>

namespace salond::support {
namespace {

using nlohmann::json;

/// One command in a working folder; what it printed. Throws where it is refused.
std::string salonctl(const daemon& at, std::vector<std::string> command, const temporary_folder& folder) {
  const std::vector<std::string> before{"/bin/sh",
                                        "-c",
                                        R"(cd "$0" && exec "$@")",
                                        folder / "",
                                        SALONCTL_BINARY,
                                        "--state=" + at.state(),
                                        "--server=" + at.admin()};
  command.insert(command.begin(), before.begin(), before.end());
  process tool(command, {}, folder / "out", folder / "err");
  if (tool.wait() != 0)
    throw std::runtime_error("salonctl: " + tool.output() + tool.errors());
  return tool.output();
}

} // namespace

cluster::cluster(mariadb_server& server) : where(server.new_database()) {}

daemon& cluster::add(const std::string& name) {
  daemon_options options;
  options.db = config::to_string(where);
  options.settings = {{"cluster", {{"listen", "127.0.0.1:0"}}}};
  auto& own = options.settings["cluster"];
  if (members_.empty())
    own["node"] = name;
  else
    own["join"] = bundle_for(name, members_.front().name);
  members_.push_back({name, std::make_unique<daemon>(std::move(options))});
  return *members_.back().server;
}

daemon& cluster::start(const std::string& name) {
  auto& made = add(name);
  made.start();
  return made;
}

void cluster::start_all(size_t count) {
  for (size_t i = 0; i < count; ++i)
    start(std::string(1, static_cast<char>('a' + i)));
}

daemon& cluster::at(const std::string& name) {
  for (auto& member : members_)
    if (member.name == name)
      return *member.server;
  throw std::logic_error("no node " + name);
}

nlohmann::json cluster::ask(const std::string& name, std::vector<std::string> command) {
  command.insert(command.begin(), "--json");
  return json::parse(salonctl(at(name), std::move(command), temporary_folder{}));
}

std::string cluster::bundle_for(const std::string& name, const std::string& by) {
  salonctl(at(by), {"node", "add", name}, bundles_);
  return bundles_ / (name + ".pem");
}

json cluster::nodes_seen_by(const std::string& name) {
  auto seen = json::object();
  for (const auto& row : ask(name, {"nodes"}))
    seen[row.at("node").get<std::string>()] = row;
  return seen;
}

std::vector<std::string> cluster::linked_with(const std::string& name) {
  std::vector<std::string> up;
  const auto seen = nodes_seen_by(name);
  if (!seen.contains(name))
    return up;
  for (const auto& link : seen[name]["links"])
    if (link["up"] == true)
      up.push_back(link["node"]);
  std::sort(up.begin(), up.end());
  return up;
}

bool cluster::all_linked(const std::vector<std::string>& names, std::chrono::milliseconds within) {
  const auto sees_all = [&](const std::string& name) {
    const auto seen = nodes_seen_by(name);
    const auto serves = [&](const auto& other) { return seen.contains(other) && seen[other]["state"] == "serving"; };
    return seen.size() == names.size() && std::all_of(names.begin(), names.end(), serves)
           && linked_with(name).size() + 1 == names.size();
  };
  return eventually([&] { return std::all_of(names.begin(), names.end(), sees_all); }, within);
}

std::string cluster::logs() const {
  std::string all;
  for (const auto& member : members_)
    all += "--- " + member.name + " ---\n" + member.server->log();
  return all;
}

} // namespace salond::support
