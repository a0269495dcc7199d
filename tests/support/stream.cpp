#include "tests/support/stream.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace salond::support {
namespace {

int connected(int family, const void* address, size_t size, const std::string& from = {}) {
  const int result = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  const bool bound = from.empty()
                     || (::inet_pton(AF_INET, from.c_str(), &own.sin_addr) == 1
                         && ::bind(result, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
  if (bound && ::connect(result, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0) {
    const int yes = 1;
    if (family != AF_UNIX)
      ::setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return result;
  }
  ::close(result);
  return -1;
}

int connect_local(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw std::runtime_error("too long for a socket: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return connected(AF_UNIX, &address, sizeof address);
}

int connect_tcp(const std::string& host, uint16_t port, const std::string& from) {
  if (host.front() == '[') {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address.sin6_addr);
    return connected(AF_INET6, &address, sizeof address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return connected(AF_INET, &address, sizeof address, from);
}

} // namespace

stream::stream(const std::string& endpoint, const std::string& from) {
  if (endpoint.rfind("unix:", 0) == 0) {
    descriptor_ = connect_local(endpoint.substr(5));
  } else {
    const auto colon = endpoint.rfind(':');
    descriptor_ =
        connect_tcp(endpoint.substr(6, colon - 6), static_cast<uint16_t>(std::stoul(endpoint.substr(colon + 1))), from);
  }
  if (descriptor_ < 0)
    throw std::runtime_error("nobody listens on " + endpoint);
  if (endpoint.rfind("tls://", 0) == 0)
    shake_hands();
}

void stream::shake_hands() {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes its alerts without MSG_NOSIGNAL
  static const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  tls_.reset(SSL_new(context.get()), SSL_free);
  SSL_set_fd(tls_.get(), descriptor_);
  const timeval patience{20, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ERR_clear_error();
  if (SSL_connect(tls_.get()) != 1) {
    const auto* why = ERR_reason_error_string(ERR_get_error());
    close();
    throw std::runtime_error(std::string("no TLS: ") + (why ? why : "closed"));
  }
  ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
}

stream::stream(stream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::move(other.tls_)), ended_(other.ended_) {}

stream& stream::operator=(stream&& other) noexcept {
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  tls_ = std::move(other.tls_);
  ended_ = other.ended_;
  return *this;
}

stream::~stream() {
  close();
}

bool stream::send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd room{descriptor_, POLLOUT, 0};
    if (::poll(&room, 1, 20000) <= 0)
      return false;
    if (tls_) {
      ERR_clear_error();
      const auto said = SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (said > 0)
        return true; // all of it: partial writes are off
      if (SSL_get_error(tls_.get(), said) != SSL_ERROR_WANT_WRITE)
        return false;
      continue;
    }
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (sent < 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string stream::receive(size_t most, std::chrono::milliseconds within) {
  if (tls_)
    return receive_sealed(most, within);
  pollfd wait{descriptor_, POLLIN, 0};
  if (ended_ || ::poll(&wait, 1, static_cast<int>(within.count())) <= 0)
    return {};
  std::string result(most, '\0');
  const auto got = ::recv(descriptor_, result.data(), most, 0);
  ended_ = got <= 0;
  result.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return result;
}

std::string stream::receive_sealed(size_t most, std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  std::string result(most, '\0');
  while (!ended_) {
    ERR_clear_error();
    const auto got = SSL_read(tls_.get(), result.data(), static_cast<int>(most));
    if (got > 0)
      return result.substr(0, static_cast<size_t>(got));
    if (SSL_get_error(tls_.get(), got) != SSL_ERROR_WANT_READ) {
      ended_ = true;
      break;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd wait{descriptor_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0)
      break;
  }
  return {};
}

bool stream::was_told_the_end() const {
  return tls_ && (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string stream::fingerprint() const {
  const std::shared_ptr<X509> shown{SSL_get1_peer_certificate(tls_.get()), X509_free};
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(shown.get(), EVP_sha256(), digest, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    constexpr char digits[] = "0123456789ABCDEF";
    (text += digits[digest[i] >> 4]) += digits[digest[i] & 15];
  }
  return text;
}

void stream::finish() {
  if (tls_)
    SSL_shutdown(tls_.get());
  ::shutdown(descriptor_, SHUT_WR);
}

void stream::close() {
  if (descriptor_ >= 0)
    ::close(std::exchange(descriptor_, -1));
}

} // namespace salond::support
