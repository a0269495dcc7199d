#include "tools/bench/running_server.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <thread>

namespace salond::bench {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// What comes behind a word of the line `ready tcp://… admin … cluster …`.
std::string word_after(const std::string& line, const std::string& word) {
  const auto at = line.find(" " + word + " ");
  if (at == std::string::npos)
    return {};
  const auto from = at + word.size() + 2;
  return line.substr(from, line.find(' ', from) - from);
}

std::string contents(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>{in}, {}};
}

void wait_for(const char* fact, const std::function<bool()>& holds) {
  for (const auto end = std::chrono::steady_clock::now() + 90s; !holds(); std::this_thread::sleep_for(200ms))
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error(std::string{"the nodes are not "} + fact);
}

} // namespace

running_server::running_server(launch plan) : how_(std::move(plan)) {
  over = how_.over;
  std::filesystem::create_directories(how_.folder);
  const auto started = std::chrono::steady_clock::now();
  for (size_t i = 0; i < std::max<size_t>(how_.nodes, 1); ++i) {
    if (i > 0 && !std::filesystem::exists(file(name(i)))) // it enters for the first time
      (void)ask(0, {"node", "add", name(i)});
    all_.push_back(launched(i));
    if (i == 0)
      ready_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
  }
  port = all_.front().port;
  if (how_.nodes > 0)
    wait_until_whole();
}

std::vector<std::string> running_server::command_of(size_t which) const {
  auto words = how_.command;
  if (how_.nodes == 0)
    return words;
  words.insert(words.end(), {"--state=" + state_of(how_, which), "--admin=127.0.0.1:0", "--cluster=127.0.0.1:0"});
  words.push_back(which == 0 ? "--node=" + name(0) : "--join=" + file(name(which) + ".pem"));
  return words;
}

running_server::node running_server::launched(size_t which) const {
  const auto log = file("server-" + name(which) + ".log");
  node result;
  result.process = std::make_unique<child_process>(command_of(which), how_.core, log);
  const auto line = result.process->read_line(60s);
  const auto colon = line.find(':', line.find("//"));
  if (line.rfind(over == way::tls ? "ready tls://" : "ready tcp://", 0) != 0 || colon == std::string::npos)
    throw std::runtime_error("the server does not start: " + contents(log));
  result.port = static_cast<uint16_t>(std::stoi(line.substr(colon + 1)));
  result.admin = word_after(line, "admin");
  return result;
}

void running_server::start(size_t which) {
  all_[which] = launched(which);
}

std::vector<pid_t> running_server::ids() const {
  std::vector<pid_t> result;
  for (const auto& each : all_)
    result.push_back(each.process->id());
  return result;
}

std::vector<uint16_t> running_server::ports() const {
  std::vector<uint16_t> result;
  for (const auto& each : all_)
    result.push_back(each.port);
  return result;
}

// --- operators ---

std::vector<std::string> running_server::operator_command(size_t at, const std::vector<std::string>& command) const {
  std::vector<std::string> words{"/bin/sh", // a bundle is written to the working folder
                                 "-c",          R"(cd "$0" && exec "$@")",       how_.folder,
                                 how_.salonctl, "--state=" + state_of(how_, at), "--server=" + all_[at].admin,
                                 "--json"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

std::unique_ptr<child_process> running_server::begin(size_t at, const std::vector<std::string>& command) const {
  return std::make_unique<child_process>(operator_command(at, command), std::nullopt, file("salonctl.log"));
}

json running_server::ask(size_t at, const std::vector<std::string>& command) const {
  const auto answer = begin(at, command)->read_all(60s);
  auto result = json::parse(answer, nullptr, false);
  if (result.is_discarded())
    throw std::runtime_error("salonctl " + command.front() + ": " + answer + contents(file("salonctl.log")));
  return result;
}

bool running_server::whole(size_t seen_by) const {
  const auto rows = ask(seen_by, {"nodes"});
  size_t serving = 0, up = 0;
  for (const auto& row : rows) {
    serving += row.at("state") == "serving";
    for (const auto& link : row.at("links"))
      up += link.at("up") == true;
  }
  return serving == all_.size() && up + 1 == all_.size();
}

void running_server::wait_until_whole() const {
  wait_for("linked with one another", [this] {
    for (size_t i = 0; i < all_.size(); ++i)
      if (!whole(i))
        return false;
    return true;
  });
}

void running_server::wait_until_even() const {
  if (how_.nodes == 0)
    return;
  wait_for("alike in how many salons they have", [this] {
    std::map<std::string, int64_t> homes;
    for (size_t i = 0; i < all_.size(); ++i)
      homes[name(i)] = 0;
    for (const auto& row : ask(0, {"salons"})) {
      if (!row.at("home").is_string())
        return false;
      ++homes[row.at("home")];
    }
    const auto [least, most] = std::minmax_element(homes.begin(), homes.end(),
                                                   [](const auto& a, const auto& b) { return a.second < b.second; });
    return most->second <= least->second + least->second / 4 + 1; // as actors/rules/cluster/homes.cpp has it
  });
}

std::vector<std::string> running_server::salons_of(size_t which, size_t asked) const {
  std::vector<std::string> result;
  for (const auto& row : ask(asked, {"salons"}))
    if (row.at("home") == name(which))
      result.push_back(row.at("salon"));
  return result;
}

} // namespace salond::bench
