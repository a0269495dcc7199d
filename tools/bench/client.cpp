#include "tools/bench/client.hpp"
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
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

SSL_CTX* tls_context() {
  static const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> made{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  SSL_CTX_set_mode(made.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return made.get();
}

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
  if (!from_.empty()) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    ::inet_pton(AF_INET, from_.c_str(), &here.sin_addr);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0)
      throw std::system_error(errno, std::generic_category(), "bind");
  }
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
  paused_ = spoken_ = false;
  last_words_.clear();
}

void client::close() {
  if (socket_ >= 0)
    ::close(socket_);
  socket_ = -1;
  tls_.reset();
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
  const auto sent = write_some();
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
    stage_ = stage::shaking;
  }
  if (stage_ == stage::shaking) {
    if (over_ == way::tls && !shake_hands())
      return;
    if (!stranger_)
      say(token_.empty() ? name_ + ":secret" : "RESUME:" + token_);
    token_.clear();
    stage_ = stranger_ ? stage::ready : stage::logging_in;
    flush();
    watch(EPOLLIN | (out_.empty() ? 0u : EPOLLOUT));
  }
  if (events & EPOLLOUT)
    flush();
  if (!paused_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
    read();
}

/// False until it is done; it may have closed.
bool client::shake_hands() {
  if (!tls_) {
    tls_.reset(SSL_new(tls_context()));
    SSL_set_fd(tls_.get(), socket_);
    SSL_set_connect_state(tls_.get());
  }
  ERR_clear_error();
  const auto result = SSL_do_handshake(tls_.get());
  if (result == 1)
    return true;
  if (SSL_get_error(tls_.get(), result) == SSL_ERROR_WANT_READ)
    watch(EPOLLIN);
  else
    close();
  return false;
}

/// As recv(2) and send(2).
ssize_t client::read_some() {
  if (!tls_)
    return ::recv(socket_, input.data(), input.size(), 0);
  constexpr size_t record = 16384;
  size_t count = 0;
  while (input.size() - count >= record) {
    ERR_clear_error();
    const auto got = SSL_read(tls_.get(), input.data() + count, static_cast<int>(record));
    if (got <= 0) {
      errno = EAGAIN;
      const auto ended = SSL_get_error(tls_.get(), got) != SSL_ERROR_WANT_READ;
      return count != 0 ? static_cast<ssize_t>(count) : ended ? 0 : -1;
    }
    count += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(count);
}

ssize_t client::write_some() {
  if (!tls_)
    return ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
  ERR_clear_error();
  return SSL_write(tls_.get(), out_.data(), static_cast<int>(out_.size()));
}

void client::read() {
  const auto got = read_some();
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
