#include "tests/cluster/town.hpp"
#include "config/load.hpp"
#include "tests/support/line_client.hpp"
#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace salond::faults {

using namespace std::chrono_literals;
using support::eventually;

namespace {

bool is_free(const std::string& host, uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  const bool bound = ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(listener);
  return bound;
}

/// One that nobody has, nor is given by the system: a node that starts anew by itself comes back at its own ports.
std::string free_port(const std::string& host) {
  constexpr int first = 20000, count = 10000;
  static int last = ::getpid() * 37;
  for (int i = 0; i < count; ++i)
    if (const auto port = static_cast<uint16_t>(first + ++last % count); is_free(host, port))
      return std::to_string(port);
  throw std::runtime_error("no free port at " + host);
}

} // namespace

town::town(support::mariadb_server& server, scene& where, size_t nodes) : server_(server), scene_(where), all_(server) {
  for (size_t i = 0; i < nodes; ++i) {
    const std::string name(1, static_cast<char>('a' + i)), host = "127.0.0." + std::to_string(i + 1);
    names_.push_back(name);
    ports_[name] = host + ":" + free_port(host);
    if (i > 0)
      to_node_[name] = std::make_unique<gate>(host + ":0", ports_[name]);
  }
  for (const auto& name : names_)
    begin(name);
}

void town::begin(const std::string& name) {
  auto& made = all_.add(name);
  auto own = all_.where;
  own.socket = sockets_ / name;
  to_database_[name] = std::make_unique<gate>("unix:" + own.socket, "unix:" + server_.socket());
  made.options.db = config::to_string(own);
  const auto host = ports_[name].substr(0, ports_[name].find(':'));
  made.options.listen = {"tcp://" + host + ":" + free_port(host)};
  made.options.admin = host + ":" + free_port(host);
  made.options.settings.merge_patch({{"cluster", {{"listen", ports_[name]}}},
                                     {"rate", {{"requests_per_second", 0}, {"requests_per_second_per_address", 0}}}});
  start(name);
  if (name == names_.front())
    send_peers_through_gates();
}

void town::start(const std::string& node) {
  at(node).start();
  const auto where = at(node).endpoint().substr(std::string("tcp://").size());
  scene_.open({node, where.substr(0, where.rfind(':')), at(node).port()});
}

void town::register_users() {
  for (const auto* salon : {"Lyon", "Nantes", "Paris"})
    if (!operate(names_.front(), {"salon", "create", salon, "--policy=auto"}))
      throw std::runtime_error("no salon could be made:\n" + logs());
  for (const auto& user : scene_.users)
    if (const auto answer = support::register_user(at(names_.front()).endpoint(), user);
        answer != "Inscription réussie!")
      throw std::runtime_error(user + " cannot register: " + answer);
}

bool town::operate(const std::string& node, std::vector<std::string> command) {
  try {
    all_.ask(node, std::move(command));
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool town::whole(std::string& missing) {
  for (const auto& name : names_) {
    const auto seen = all_.nodes_seen_by(name);
    size_t serving = 0, up = 0;
    for (const auto& [other, row] : seen.items())
      serving += row.at("state") == "serving";
    for (const auto& link : seen.at(name).at("links"))
      up += link.at("up") == true;
    if (serving == names_.size() && up + 1 == names_.size())
      continue;
    missing = name + " sees " + std::to_string(serving) + " nodes that serve, and has " + std::to_string(up) + " links";
    return false;
  }
  return true;
}

std::string town::wait_until_whole(std::chrono::seconds within) {
  std::string missing;
  const auto look = [&] {
    try {
      return whole(missing);
    } catch (const std::exception& why) {
      missing = why.what();
      std::this_thread::sleep_for(100ms);
      return false;
    }
  };
  return eventually(look, within) ? "" : missing;
}

std::string town::stop() {
  std::string wrong;
  for (const auto& name : names_) {
    scene_.close(name);
    const auto status = at(name).stop();
    if (status != 0)
      wrong += "node " + name + " ends with status " + (status ? std::to_string(*status) : "none, it goes on") + "\n";
  }
  return wrong;
}

void town::keep_log(const std::string& node) {
  old_logs_[node] += at(node).log() + "--- started again ---\n";
}

std::string town::logs() const {
  std::string result = all_.logs();
  for (const auto& [name, log] : old_logs_)
    result += "--- " + name + ", earlier ---\n" + log;
  return result;
}

void town::add_rows() {
  const auto name = all_.where.name;
  for (const auto& row : server_.ask(name, "SELECT c.username, s.nom_salon, m.contenu, m.seq FROM messages m "
                                           "JOIN clients c ON c.client_id = m.client_id "
                                           "JOIN salons s ON s.salon_id = m.salon_id ORDER BY m.salon_id, m.seq"))
    scene_.notes.add({0, row[0], "", 0, kind::stored, row[1], row[2], std::stoll(row[3])});
  for (const auto& row :
       server_.ask(name, "SELECT f.username, t.username, p.contenu, p.pm_id, p.delivered_ms FROM private_messages p "
                         "JOIN clients f ON f.client_id = p.from_client_id "
                         "JOIN clients t ON t.client_id = p.to_client_id ORDER BY p.pm_id"))
    scene_.notes.add(
        {0, row[0], row[4].empty() ? "waiting" : "marked", 0, kind::kept, row[1], row[2], std::stoll(row[3])});
}

// --- what can happen ---

mishap town::make(const std::string& fault, const std::string& node) {
  if (fault.rfind("database", 0) == 0)
    return database_fault(fault);
  // All that others dial goes through the gate of the last; the second is dialled by the first alone.
  if (fault == "peers")
    return peers_fault(names_.back(), "node " + names_.back() + " cut off from its peers");
  if (fault == "pair")
    return peers_fault(names_.at(1), "nodes " + names_.at(0) + " and " + names_.at(1) + " cut off from each other");
  return node_fault(fault, node);
}

mishap town::node_fault(const std::string& fault, const std::string& node) {
  if (fault == "freeze")
    return {node,
            "node",
            "node " + node + " frozen",
            [this, node] { at(node).running().send(SIGSTOP); },
            [this, node] { at(node).running().send(SIGCONT); },
            true};
  if (fault == "cut")
    return {node,
            "cut",
            "node " + node + " cut off from the database",
            [this, node] { to_database_[node]->shut(true); },
            [this, node] { to_database_[node]->shut(false); },
            true};
  const auto again = [this, node] {
    keep_log(node);
    start(node);
  };
  if (fault == "kill")
    return {node,
            "node",
            "node " + node + " killed",
            [this, node] {
              scene_.close(node);
              at(node).kill();
            },
            again,
            false};
  if (fault == "stop")
    return {node,
            "node",
            "node " + node + " stopped",
            [this, node] {
              scene_.close(node);
              if (at(node).stop() != 0)
                throw std::runtime_error("node " + node + " does not stop in order");
            },
            again,
            false};
  throw std::invalid_argument("no fault " + fault);
}

mishap town::database_fault(const std::string& fault) {
  const auto named = [&](const char* told, std::function<void()> begin, std::function<void()> end) {
    return mishap{"database", "database", told, std::move(begin), std::move(end), false};
  };
  if (fault == "database_freeze")
    return named(
        "database frozen", [this] { server_.freeze(); }, [this] { server_.resume(); });
  if (fault == "database_kill")
    return named(
        "database killed", [this] { server_.kill_hard(); }, [this] { server_.start(); });
  if (fault == "database_restart")
    return named(
        "database restarted", [this] { server_.stop(); }, [this] { server_.start(); });
  throw std::invalid_argument("no fault " + fault);
}

/// Others dial a node at what its row says, and the row of each is written anew whenever the node begins. So a trigger
/// of the database puts the gate's address into it. Nobody dials the first one, whose name is the least.
void town::send_peers_through_gates() {
  std::string gates;
  for (const auto& [name, its] : to_node_)
    gates += " WHEN '" + name + "' THEN '" + its->at() + "'";
  server_.run(all_.where.name, {"CREATE TRIGGER through_gates BEFORE INSERT ON nodes FOR EACH ROW SET NEW.endpoint = "
                                "CASE NEW.name"
                                + gates + " ELSE NEW.endpoint END"});
}

mishap town::peers_fault(const std::string& node, const std::string& told) {
  return {
      node, "links", told, [this, node] { to_node_[node]->shut(true); }, [this, node] { to_node_[node]->shut(false); },
      true};
}

} // namespace salond::faults
