#include "tests/support/line_client.hpp"
#include <stdexcept>
#include <utility>

namespace salond::support {

bool line_client::take_line(std::string& line) {
  const auto end = heard_.find('\n', searched_);
  searched_ = heard_.size();
  if (end == std::string::npos)
    return false;
  line = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  searched_ = 0;
  return true;
}

std::string line_client::hear(std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  for (std::string line;;) {
    if (take_line(line))
      return line;
    const auto left = deadline - std::chrono::steady_clock::now();
    if (stream_.ended())
      return heard_.empty() ? closed : std::exchange(heard_, {}) + "<without an end>";
    if (left < left.zero())
      return nothing;
    heard_ += stream_.receive(65536, std::chrono::duration_cast<std::chrono::milliseconds>(left) + 1ms);
  }
}

std::vector<std::string> line_client::hear_all(std::chrono::milliseconds within) {
  std::vector<std::string> result;
  for (auto line = hear(within); line != closed; line = hear(within)) {
    result.push_back(line);
    if (line == nothing)
      break;
  }
  return result;
}

bool line_client::log_in(const std::string& username, const std::string& password) {
  say(username + ":" + password);
  return hear() == "CONNECTED" && hear().rfind("[[", 0) == 0 && hear().rfind("[", 0) == 0;
}

bool line_client::hears_nothing() {
  say("RIEN");
  return hear() == "ERREUR: commande inconnue";
}

std::string register_user(const std::string& endpoint, const std::string& username) {
  line_client client(endpoint);
  client.say("INSCRIPTION:" + username + ":" + username + ":secret");
  return client.hear();
}

line_client newcomer(const std::string& endpoint, const std::string& username) {
  const auto answer = register_user(endpoint, username);
  line_client client(endpoint);
  if (answer != "Inscription réussie!" || !client.log_in(username))
    throw std::runtime_error(username + " cannot log in: " + answer);
  return client;
}

} // namespace salond::support
