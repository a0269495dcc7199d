#include "tools/salonctl/monitor.hpp"
#include "tools/salonctl/commands.hpp"
#include "tools/salonctl/output.hpp"
#include "tools/salonctl/show.hpp"
#include "tools/salonctl/terminal.hpp"
#include <chrono>
#include <cstdlib>

namespace salonctl {
namespace {

constexpr int ok = 0, warning = 1, critical = 2, unknown = 3;

int status_of(const std::string& word) {
  return word == "ok" ? ok : word == "warning" ? warning : critical;
}

const char* name_of(int status) {
  static constexpr const char* names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  return names[status];
}

/// How far this machine's clock and the server's are from each other: each of the two may be wrong.
void compare_clocks(json& found) {
  const auto here =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto apart = std::abs(here.count() - found.value("at_ms", int64_t{here.count()})) / 1000;
  if (apart <= 60)
    return;
  const auto text = "clock: " + std::to_string(apart) + " s from the clock of this machine";
  found["line"] = found.value("status", "") == "ok" ? text : found.value("line", "") + "; " + text;
  if (found["status"] == "ok")
    found["status"] = "warning";
}

int tell(int status, const std::string& line) {
  const auto colour = status == ok ? "\x1b[32m" : status == warning ? "\x1b[33m" : "\x1b[31m";
  const bool coloured = shows_colours();
  put_out((coloured ? colour : "") + std::string(name_of(status)) + (coloured ? "\x1b[0m" : "") + ": "
          + for_terminal(line) + "\n");
  return status;
}

int ask(const options& asked) {
  understood(asked.words);
  auto* server = new server_link(asked); // lives as long as the process
  auto found = json::parse(server
                               ->ask(
                                   asked.words, [](std::string&) { return false; }, [](const std::string&) {})
                               .text);
  compare_clocks(found);
  const auto status = status_of(found.value("status", ""));
  if (!asked.json)
    return tell(status, found.value("line", ""));
  put_out(found.dump() + "\n");
  return status;
}

/// The same of a server that said nothing, in the same form.
int tell_without_server(const options& asked, int status, const std::string& why) {
  if (!asked.json)
    return tell(status, why);
  const json found{{"status", status == critical ? "critical" : "unknown"},
                   {"line", why},
                   {"at_ms", nullptr},
                   {"checks", json::array()}};
  put_out(found.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
  return status;
}

int ask_and_tell(const options& asked) {
  try {
    return ask(asked);
  } catch (const failure& why) {
    const bool silent = why.ends_with == status::cannot_connect || why.ends_with == status::refused;
    return tell_without_server(asked, silent ? critical : unknown, why.what());
  } catch (const std::exception& error) {
    return tell_without_server(asked, unknown, error.what());
  }
}

} // namespace

int monitor(const options& asked) {
  const auto status = ask_and_tell(asked);
  return all_put_out() ? status : unknown; // whoever asked knows nothing
}

} // namespace salonctl
