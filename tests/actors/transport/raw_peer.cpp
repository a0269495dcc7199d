#include "tests/actors/transport/raw_peer.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <ctime>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace support {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience_of_take{8};

/// Keeps this thread from dying of a connection that is gone, without changing that for the server beside us.
class without_broken_pipe {
public:
  without_broken_pipe() {
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  ~without_broken_pipe() {
    const timespec at_once{};
    sigtimedwait(&broken_pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t broken_pipe_, before_;
};

} // namespace

raw_peer::raw_peer(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
    throw std::runtime_error("the port of the test cannot be reached");
  const timeval limit{8, 0}; // a handshake that is not answered must not stop the test
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

raw_peer::raw_peer(raw_peer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), context_(std::move(other.context_)), tls_(std::move(other.tls_)),
      received_(std::move(other.received_)) {}

raw_peer::~raw_peer() {
  tls_.reset();
  if (socket_ >= 0)
    ::close(socket_);
  ERR_clear_error();
}

bool raw_peer::shake_hands(const salond::bundle* own, int version) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context_.get(), version);
  if (own) {
    SSL_CTX_use_certificate(context_.get(), own->own.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), own->own.key.get());
  }
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), socket_);
  const without_broken_pipe guard;
  ERR_clear_error();
  return SSL_connect(tls_.get()) == 1;
}

void raw_peer::say_hello() {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  salond::owned<SSL> tls{SSL_new(context_.get()), SSL_free};
  auto* out = BIO_new(BIO_s_mem());
  SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), out);
  SSL_connect(tls.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out, &data);
  send({data, static_cast<size_t>(size)});
}

bool raw_peer::send_in_tls(const std::string& bytes) {
  const without_broken_pipe guard;
  ERR_clear_error();
  return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

/// Reading may write as well: an alert about what came.
ssize_t raw_peer::receive(char* to, size_t size) {
  const without_broken_pipe guard;
  ERR_clear_error();
  return tls_ ? SSL_read(tls_.get(), to, static_cast<int>(size)) : ::recv(socket_, to, size, 0);
}

bool raw_peer::send(const std::string& bytes) {
  if (tls_)
    return send_in_tls(bytes);
  for (size_t done = 0; done < bytes.size();) {
    const auto count = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0)
      return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

bool raw_peer::wait_readable(clock::time_point until) const {
  pollfd pollfd{socket_, POLLIN, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
  return ::poll(&pollfd, 1, static_cast<int>(std::max<int64_t>(left, 0))) > 0;
}

std::optional<std::string> raw_peer::take(size_t size) {
  const auto until = clock::now() + patience_of_take;
  std::string bytes;
  while (bytes.size() < size) {
    if (SSL_pending(tls_.get()) == 0 && !wait_readable(until))
      return std::nullopt;
    char buffer[4096];
    const auto count = receive(buffer, std::min(size - bytes.size(), sizeof buffer));
    if (count <= 0)
      return std::nullopt;
    bytes.append(buffer, static_cast<size_t>(count));
  }
  return bytes;
}

bool raw_peer::closed(std::chrono::milliseconds patience) {
  const auto until = clock::now() + patience;
  for (;;) {
    if ((!tls_ || SSL_pending(tls_.get()) == 0) && !wait_readable(until))
      return false;
    char buffer[4096];
    const auto count = receive(buffer, sizeof buffer);
    if (count <= 0)
      return true;
    received_.append(buffer, static_cast<size_t>(count));
  }
}

} // namespace support
