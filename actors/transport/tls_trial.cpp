#include "actors/transport/tls_trial.hpp"
#include "actors/transport/pki.hpp"
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

namespace salond {
namespace {

constexpr int max_flights = 8; // a handshake has three or four

owned<SSL_CTX> client_that_trusts(X509* certificate) {
  owned<SSL_CTX> client{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  demand(client && X509_STORE_add_cert(SSL_CTX_get_cert_store(client.get()), certificate) == 1, "no memory");
  SSL_CTX_set_verify(client.get(), SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client.get()), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  return client;
}

/// One step. Nothing: it is done or waits for the other end; else why it failed.
std::string step(SSL* end) {
  ERR_clear_error();
  const auto result = SSL_do_handshake(end);
  if (result == 1 || SSL_get_error(end, result) == SSL_ERROR_WANT_READ)
    return {};
  const auto verdict = SSL_get_verify_result(end);
  if (verdict != X509_V_OK)
    return X509_verify_cert_error_string(verdict);
  const auto* reason = ERR_reason_error_string(ERR_peek_error());
  return reason ? reason : "it breaks off";
}

} // namespace

std::string why_nobody_can_shake_hands(SSL_CTX* server) {
  const auto context = client_that_trusts(SSL_CTX_get0_certificate(server));
  owned<SSL> here{SSL_new(server), SSL_free}, there{SSL_new(context.get()), SSL_free};
  BIO *left = nullptr, *right = nullptr;
  demand(here && there && BIO_new_bio_pair(&left, 0, &right, 0) == 1, "no memory");
  SSL_set_bio(here.get(), left, left);
  SSL_set_bio(there.get(), right, right);
  SSL_set_accept_state(here.get());
  SSL_set_connect_state(there.get());
  std::string why;
  for (int flight = 0; flight < max_flights && why.empty(); ++flight) {
    if (SSL_is_init_finished(here.get()) == 1 && SSL_is_init_finished(there.get()) == 1)
      break;
    why = step(there.get());
    if (why.empty())
      why = step(here.get());
  }
  if (why.empty() && (SSL_is_init_finished(here.get()) != 1 || SSL_is_init_finished(there.get()) != 1))
    why = "it does not come to an end";
  ERR_clear_error();
  return why;
}

} // namespace salond
