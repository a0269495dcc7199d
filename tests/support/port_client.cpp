#include "tests/support/port_client.hpp"
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace salond::support {
namespace {

using clock = std::chrono::steady_clock;

sockaddr_in address_of(const std::string& host, uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &result.sin_addr);
  return result;
}

bool wait_for(int fd, short events, clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
  pollfd pollfd{fd, events, 0};
  return left > 0 && ::poll(&pollfd, 1, static_cast<int>(left)) > 0;
}

} // namespace

port_client::port_client(uint16_t port) : port_client(port, options{}) {}

port_client::port_client(uint16_t port, const options& wanted) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (wanted.buffer_bytes != 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &wanted.buffer_bytes, sizeof wanted.buffer_bytes);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &wanted.buffer_bytes, sizeof wanted.buffer_bytes);
  }
  const auto from = address_of(wanted.from, 0);
  const auto to = address_of("127.0.0.1", port);
  if (::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0
      || ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd_);
    fd_ = -1;
    return;
  }
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

port_client::port_client(port_client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)), ended_(other.ended_) {}

port_client& port_client::operator=(port_client&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(unread_, other.unread_);
  std::swap(ended_, other.ended_);
  return *this;
}

port_client::~port_client() {
  reset();
}

void port_client::say(std::string_view line) {
  const auto frame = std::string{line} + '\n';
  EXPECT_EQ(push(frame, deadline), frame.size()) << "could not say " << line;
}

size_t port_client::push(std::string_view bytes, std::chrono::milliseconds patience) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const auto taken = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (taken > 0)
      sent += static_cast<size_t>(taken);
    else if (errno != EAGAIN || !wait_for(fd_, POLLOUT, clock::now() + patience))
      break;
  }
  return sent;
}

/// More bytes, or the end; false when neither comes in time.
bool port_client::fill(clock::time_point until) {
  char buffer[65536];
  while (!ended_) {
    const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got > 0) {
      unread_.append(buffer, static_cast<size_t>(got));
      return true;
    }
    if (got < 0 && errno == EAGAIN) {
      if (!wait_for(fd_, POLLIN, until))
        return false;
      continue;
    }
    ended_ = true;
  }
  return true;
}

std::optional<std::string> port_client::line_or_end() {
  const auto until = clock::now() + deadline;
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      auto result = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return result;
    }
    if (ended_)
      return std::nullopt;
    if (!fill(until)) {
      ADD_FAILURE() << "nothing was said in time, nor was the connection closed";
      return std::nullopt;
    }
  }
}

std::string port_client::line() {
  auto result = line_or_end();
  if (!result)
    ADD_FAILURE() << "the connection ended where a line was due";
  return result.value_or("");
}

bool port_client::ends() {
  const auto more = line_or_end();
  if (more)
    ADD_FAILURE() << "more was said: " << *more;
  return !more && ended_ && unread_.empty();
}

bool port_client::is_told_something() {
  return wait_for(fd_, POLLIN, clock::now() + deadline);
}

void port_client::close() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

void port_client::end_output() {
  ::shutdown(fd_, SHUT_WR);
}

void port_client::reset() {
  if (fd_ < 0)
    return;
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(fd_, -1));
}

} // namespace salond::support
