#include "tests/support/daemon.hpp"
#include "tests/support/test_settings.hpp"
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace salond::support {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> result;
  for (std::string word; in >> word;)
    result.push_back(word);
  return result;
}

} // namespace

daemon::daemon(daemon_options wanted) : options(std::move(wanted)) {}

void daemon::launch(const std::vector<std::string>& more_arguments) {
  auto settings = test_settings();
  settings.merge_patch(options.settings);
  const std::string config = folder_ / "salond.json";
  std::ofstream(config) << settings;
  auto arguments = options.through;
  arguments.insert(arguments.end(), {SALOND_BINARY, "--config=" + config, "--state=" + state()});
  if (!options.db.empty())
    arguments.push_back("--db=" + options.db);
  for (const auto& each : options.listen)
    arguments.push_back("--listen=" + each);
  arguments.push_back("--admin=" + options.admin);
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  endpoints_.clear();
  process_.reset();
  process_ = std::make_unique<process>(arguments, options.variables, folder_ / "out", folder_ / "log");
}

bool daemon::ready(std::chrono::milliseconds within) {
  const auto line_is_there = [this] { return process_->output().find('\n') != std::string::npos; };
  eventually([&] { return line_is_there() || !process_->running(); }, within);
  const auto said = process_->output();
  const auto words = words_of(said.substr(0, said.find('\n')));
  if (!line_is_there() || words.size() < 2 || words[0] != "ready")
    return false;
  endpoints_.assign(words.begin() + 1, words.end());
  const auto take = [this](const char* label) {
    if (endpoints_.size() <= 2 || endpoints_[endpoints_.size() - 2] != label)
      return std::string();
    const auto where = endpoints_.back();
    endpoints_.resize(endpoints_.size() - 2);
    return where;
  };
  cluster_ = take("cluster");
  admin_ = take("admin");
  return true;
}

void daemon::start() {
  launch();
  if (!ready())
    throw std::runtime_error("salond does not start: " + log());
}

std::optional<int> daemon::stop() {
  process_->send(SIGTERM);
  return process_->wait();
}

void daemon::kill() {
  process_->send(SIGKILL);
  process_->wait();
}

uint16_t daemon::port() const {
  return static_cast<uint16_t>(std::stoul(endpoint().substr(endpoint().rfind(':') + 1)));
}

std::string daemon::administrator_password() const {
  const auto content = read_file(state() + "/admin.password");
  return content.substr(0, content.find('\n'));
}

size_t daemon::pss_kib() const {
  std::istringstream in(read_file("/proc/" + std::to_string(pid()) + "/smaps_rollup"));
  for (std::string line; std::getline(in, line);)
    if (line.rfind("Pss:", 0) == 0)
      return std::stoul(line.substr(4));
  return 0;
}

finished run_salond(const temporary_folder& folder, std::vector<std::string> arguments,
                    std::vector<std::string> variables, const std::vector<std::string>& through) {
  arguments.insert(arguments.begin(), SALOND_BINARY);
  arguments.insert(arguments.begin(), through.begin(), through.end());
  process one(std::move(arguments), std::move(variables), folder / "run.out", folder / "run.err");
  const auto status = one.wait();
  return {status, one.output(), one.errors()};
}

} // namespace salond::support
