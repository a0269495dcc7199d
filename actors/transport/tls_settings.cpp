#include "actors/transport/tls_settings.hpp"
#include <openssl/err.h>
#include <utility>

namespace salond {
namespace {

constexpr long max_chain_bytes = 8192; // a chain of ours has one certificate of 700 bytes

std::shared_ptr<SSL_CTX> make_context(const SSL_METHOD* method, const bundle& own) {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(method), SSL_CTX_free};
  auto* c = context.get();
  const auto fine = c && SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) == 1
                    && SSL_CTX_use_certificate(c, own.own.certificate.get()) == 1
                    && SSL_CTX_use_PrivateKey(c, own.own.key.get()) == 1 && SSL_CTX_check_private_key(c) == 1
                    && X509_STORE_add_cert(SSL_CTX_get_cert_store(c), own.authority.get()) == 1
                    && SSL_CTX_set_num_tickets(c, 0) == 1;
  ERR_clear_error();
  if (!fine)
    throw pki_error("certificate, key and authority cannot be used together");
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS); // no partial writes: a stream takes all that it is given
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_verify_depth(c, 1);
  SSL_CTX_set_max_cert_list(c, max_chain_bytes);
  return context;
}

void check_signed_by_authority(const bundle& own) {
  const auto fine = X509_verify(own.own.certificate.get(), X509_get0_pubkey(own.authority.get())) == 1;
  ERR_clear_error();
  if (!fine)
    throw pki_error("the certificate is not signed by the authority beside it");
}

} // namespace

tls_settings make_tls_settings(const bundle& own, std::set<std::string> revoked) {
  check_signed_by_authority(own);
  return {make_context(TLS_server_method(), own), make_context(TLS_client_method(), own), std::move(revoked)};
}

std::shared_ptr<const tls_settings> current_tls_settings::get() const {
  const std::lock_guard lock{guard_};
  return settings_;
}

void current_tls_settings::replace(tls_settings next) {
  const std::lock_guard lock{guard_};
  if (settings_)
    next.revoked.insert(settings_->revoked.begin(), settings_->revoked.end());
  settings_ = std::make_shared<const tls_settings>(std::move(next));
}

void current_tls_settings::revoke(const std::set<std::string>& serials) {
  const std::lock_guard lock{guard_};
  auto next = *settings_;
  next.revoked.insert(serials.begin(), serials.end());
  settings_ = std::make_shared<const tls_settings>(std::move(next));
}

} // namespace salond
