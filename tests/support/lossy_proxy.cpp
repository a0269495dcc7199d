#include "tests/support/lossy_proxy.hpp"
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace salond::support {
namespace {

constexpr int look_again_ms = 20;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

int unix_socket() {
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0)
    throw std::system_error(errno, std::generic_category(), "socket");
  return made;
}

std::string receive(int socket) {
  char buffer[65536];
  const auto count = ::recv(socket, buffer, sizeof buffer, 0);
  return {buffer, count > 0 ? static_cast<size_t>(count) : 0};
}

bool send_all(int socket, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const auto count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0)
      return false;
    sent += static_cast<size_t>(count);
  }
  return true;
}

} // namespace

lossy_proxy::lossy_proxy(std::string server_socket)
    : server_socket_(std::move(server_socket)), listener_(unix_socket()) {
  const auto here = address_of(socket());
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 || ::listen(listener_, 16) != 0)
    throw std::system_error(errno, std::generic_category(), "bind " + socket());
  thread_ = std::thread([this] { serve(); });
}

lossy_proxy::~lossy_proxy() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void lossy_proxy::lose(loss kind, const std::string& word) {
  const std::lock_guard lock{guard_};
  what_ = kind;
  word_ = word;
  armed_ = true;
}

lossy_proxy::fate lossy_proxy::fate_of(const std::string& question) {
  const std::lock_guard lock{guard_};
  if (!armed_ || question.find(word_) == std::string::npos)
    return fate::pass;
  armed_ = false;
  return what_ == loss::question ? fate::lose_question : fate::lose_answer;
}

void lossy_proxy::serve() {
  std::vector<session> sessions;
  while (!stopping_) {
    std::vector<pollfd> all{{listener_, POLLIN, 0}};
    for (const auto& each : sessions) {
      all.push_back({each.client, POLLIN, 0});
      all.push_back({each.server, POLLIN, 0});
    }
    if (::poll(all.data(), all.size(), look_again_ms) <= 0)
      continue;
    for (auto i = sessions.size(); i-- > 0;)
      if (!relay(sessions[i], all[2 * i + 1].revents != 0, all[2 * i + 2].revents != 0)) {
        end(sessions[i]);
        sessions.erase(sessions.begin() + static_cast<std::ptrdiff_t>(i));
      }
    if (all[0].revents)
      if (const auto begun = accept())
        sessions.push_back(*begun);
  }
  for (const auto& each : sessions)
    end(each);
}

std::optional<lossy_proxy::session> lossy_proxy::accept() {
  const auto there = address_of(server_socket_);
  const session begun{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), unix_socket()};
  if (::connect(begun.server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0)
    return begun;
  end(begun);
  return std::nullopt;
}

void lossy_proxy::end(const session& of) {
  ::close(of.server);
  ::close(of.client);
}

bool lossy_proxy::relay(const session& of, bool asked, bool answered) {
  if (answered) {
    const auto answer = receive(of.server);
    if (answer.empty() || !send_all(of.client, answer))
      return false;
  }
  if (!asked)
    return true;
  const auto question = receive(of.client);
  const auto fate = fate_of(question);
  if (fate != fate::lose_question && (question.empty() || !send_all(of.server, question)))
    return false;
  if (fate == fate::pass)
    return true;
  if (fate == fate::lose_answer)
    receive(of.server); // so that it was done
  ++losses_;
  return false;
}

} // namespace salond::support
