#include "tools/bench/client.hpp"
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace salond::bench {
namespace {

// CONNECTED, the salons, the user's salons.
constexpr int greeting_lines = 3;
// As much as a read takes; the only thread that reads is this one.
std::array<char, 1 << 18> input;

} // namespace

void client::open(uint16_t port, int epoll, int receive_buffer) {
  close();
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0)
    throw std::system_error(errno, std::generic_category(), "socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    throw std::system_error(errno, std::generic_category(), "connect");
  epoll_ = epoll;
  watched_ = EPOLLOUT;
  epoll_event event{};
  event.events = watched_;
  event.data.ptr = this;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
  stage_ = stage::connecting;
  lines_left_ = greeting_lines;
  paused_ = false;
  last_words_.clear();
}

void client::close() {
  if (socket_ >= 0)
    ::close(socket_);
  socket_ = -1;
  stage_ = stage::closed;
  in_.clear();
  out_.clear();
}

void client::watch(uint32_t events) {
  if (socket_ < 0 || events == watched_)
    return;
  watched_ = events;
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket_, &event);
}

void client::say(std::string_view line) {
  out_ += line;
  out_ += '\n';
}

void client::flush() {
  if (socket_ < 0 || out_.empty())
    return;
  const auto sent = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
  if (sent > 0)
    out_.erase(0, static_cast<size_t>(sent));
  watch((paused_ ? 0u : EPOLLIN) | (out_.empty() ? 0u : EPOLLOUT));
}

void client::ask_token() {
  stage_ = stage::asking_token;
  say("TOKEN");
  flush();
}

void client::pause() {
  paused_ = true;
  watch(out_.empty() ? 0u : EPOLLOUT);
}

void client::resume() {
  paused_ = false;
  watch(EPOLLIN | (out_.empty() ? 0u : EPOLLOUT));
}

void client::on_event(uint32_t events) {
  if (stage_ == stage::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
      return close();
    say(token_.empty() ? name_ + ":secret" : "RESUME:" + token_);
    token_.clear();
    stage_ = stage::logging_in;
  }
  if (events & EPOLLOUT)
    flush();
  if (!paused_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
    read();
}

void client::read() {
  const auto got = ::recv(socket_, input.data(), input.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0)
    return close();
  const std::string_view bytes{input.data(), static_cast<size_t>(got)};
  const auto now = std::chrono::steady_clock::now();
  const auto end = bytes.find_last_not_of('\n');
  if (end != std::string_view::npos) {
    const auto start = bytes.rfind('\n', end);
    last_words_ = bytes.substr(start == std::string_view::npos ? 0 : start + 1, std::min<size_t>(end + 1, 100));
  }
  if (stage_ != stage::ready)
    return take_greeting(bytes, now);
  if (heard_)
    heard_(bytes, now);
}

void client::take_greeting(std::string_view bytes, instant now) {
  in_ += bytes;
  for (size_t end; stage_ != stage::ready && (end = in_.find('\n')) != std::string::npos; in_.erase(0, end + 1))
    if (!take_line(std::string_view{in_}.substr(0, end)))
      return close();
  if (stage_ == stage::ready && !in_.empty() && heard_)
    heard_(std::exchange(in_, {}), now);
  if (stage_ == stage::ready)
    std::string{}.swap(in_);
}

bool client::take_line(std::string_view line) {
  if (stage_ == stage::asking_token) {
    if (line.substr(0, 6) != "TOKEN:")
      return false;
    token_ = line.substr(6, line.rfind(':') - 6);
    stage_ = stage::ready;
    return true;
  }
  if (lines_left_ == greeting_lines && line != "CONNECTED")
    return false;
  if (--lines_left_ == 0)
    stage_ = stage::ready;
  return true;
}

} // namespace salond::bench
