#include "tests/support/lossy_proxy.hpp"
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

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

bool readable(int socket) {
  pollfd one{socket, POLLIN, 0};
  return ::poll(&one, 1, look_again_ms) > 0;
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

void lossy_proxy::lose(loss what, const std::string& word) {
  const std::lock_guard lock{guard_};
  what_ = what;
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
  const auto there = address_of(server_socket_);
  while (!stopping_) {
    if (!readable(listener_))
      continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), server = unix_socket();
    if (::connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0)
      relay(client, server);
    ::close(server);
    ::close(client);
  }
}

// Until one side ends.
void lossy_proxy::relay(int client, int server) {
  pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
  while (!stopping_) {
    if (::poll(both, 2, look_again_ms) <= 0)
      continue;
    if (both[1].revents) {
      const auto answer = receive(server);
      if (answer.empty() || !send_all(client, answer))
        return;
    }
    if (!both[0].revents)
      continue;
    const auto question = receive(client);
    const auto what = fate_of(question);
    if (what == fate::lose_question) {
      ++losses_;
      return;
    }
    if (question.empty() || !send_all(server, question))
      return;
    if (what == fate::lose_answer) {
      receive(server); // so that it was done
      ++losses_;
      return;
    }
  }
}

} // namespace salond::support
