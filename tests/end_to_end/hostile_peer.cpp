#include "tests/end_to_end/hostile_peer.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace salond::end_to_end {
namespace {

constexpr long patience_ms = 8000;

sockaddr_in address_of(const std::string& host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

} // namespace

hostile_peer::hostile_peer(const std::string& where, const std::string& from)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to sockets that may be gone
  const auto colon = where.rfind(':');
  const auto there = address_of(where.substr(0, colon), static_cast<uint16_t>(std::stoi(where.substr(colon + 1))));
  const auto here = address_of(from.empty() ? "0.0.0.0" : from, 0);
  wait_at_most(patience_ms);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0
      && ::connect(socket_, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0)
    return;
  ::close(std::exchange(socket_, -1));
}

hostile_peer::hostile_peer(hostile_peer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), context_(std::move(other.context_)), tls_(std::move(other.tls_)) {}

hostile_peer::~hostile_peer() {
  tls_.reset();
  if (socket_ >= 0)
    ::close(socket_);
}

void hostile_peer::wait_at_most(long milliseconds) const {
  const timeval limit{milliseconds / 1000, milliseconds % 1000 * 1000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

bool hostile_peer::send(std::string_view bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(bytes.size());
}

bool hostile_peer::say_hello() {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, void (*)(SSL*)> tls{SSL_new(context_.get()), SSL_free};
  auto* out = BIO_new(BIO_s_mem());
  SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), out);
  SSL_connect(tls.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out, &data);
  ERR_clear_error();
  return send({data, static_cast<size_t>(size)});
}

bool hostile_peer::shake_hands(const std::string& bundle) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!bundle.empty()) {
    SSL_CTX_use_certificate_file(context_.get(), bundle.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), bundle.c_str(), SSL_FILETYPE_PEM);
  }
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), socket_);
  ERR_clear_error();
  return SSL_connect(tls_.get()) == 1;
}

bool hostile_peer::say(std::string_view plain) {
  ERR_clear_error();
  return SSL_write(tls_.get(), plain.data(), static_cast<int>(plain.size())) > 0;
}

bool hostile_peer::change_keys(int times) {
  ERR_clear_error();
  for (int i = 0; i < times; ++i) {
    SSL_key_update(tls_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
    if (SSL_do_handshake(tls_.get()) != 1)
      return false;
  }
  return true;
}

bool hostile_peer::is_ended() {
  char buffer[4096];
  for (;;) {
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0)
      return count == 0 || (errno != EAGAIN && errno != EINTR);
  }
}

void hostile_peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

} // namespace salond::end_to_end
