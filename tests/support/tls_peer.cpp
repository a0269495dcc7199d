#include "tests/support/tls_peer.hpp"
#include <openssl/err.h>

namespace salond::support {

tls_peer::tls_peer(int newest) : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), ssl_(nullptr, SSL_free) {
  SSL_CTX_set_security_level(context_.get(), 0); // it may ask for what the server is to refuse
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), newest);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_.get());
}

void tls_peer::show(X509* certificate, EVP_PKEY* key) {
  SSL_use_certificate(ssl_.get(), certificate);
  SSL_use_PrivateKey(ssl_.get(), key);
}

void tls_peer::shake() {
  ERR_clear_error();
  SSL_do_handshake(ssl_.get());
  ERR_clear_error();
}

void tls_peer::push(std::string_view bytes) {
  if (!bytes.empty())
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
  if (!shaken())
    shake();
  ERR_clear_error();
  char buffer[16384];
  for (int got; shaken() && (got = SSL_read(ssl_.get(), buffer, sizeof buffer)) > 0;)
    heard_.append(buffer, static_cast<size_t>(got));
  ERR_clear_error();
}

bool tls_peer::say(std::string_view plain) {
  ERR_clear_error();
  const auto said = SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
  ERR_clear_error();
  return said == static_cast<int>(plain.size());
}

void tls_peer::end() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void tls_peer::change_keys() {
  SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
  shake();
}

void tls_peer::renegotiate() {
  SSL_renegotiate(ssl_.get());
  shake();
}

std::string tls_peer::pull() {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
  std::string bytes(data, static_cast<size_t>(size));
  (void)BIO_reset(SSL_get_wbio(ssl_.get()));
  return bytes;
}

} // namespace salond::support
