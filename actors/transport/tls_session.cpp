#include "actors/transport/tls_session.hpp"
#include <openssl/err.h>
#include <openssl/x509.h>
#include <utility>

namespace salond {
namespace {

/// The meaning of a peer's alert for our dialling.
dial_fault meaning_of_alert(int alert) {
  switch (alert) {
  case SSL_AD_BAD_CERTIFICATE:
  case SSL_AD_UNSUPPORTED_CERTIFICATE:
  case SSL_AD_CERTIFICATE_REVOKED:
  case SSL_AD_CERTIFICATE_EXPIRED:
  case SSL_AD_CERTIFICATE_UNKNOWN:
  case SSL_AD_UNKNOWN_CA:
  case SSL_AD_ACCESS_DENIED:
  case SSL_AD_CERTIFICATE_REQUIRED: return dial_fault::not_allowed;
  case SSL_AD_PROTOCOL_VERSION:
  case SSL_AD_HANDSHAKE_FAILURE:
  case SSL_AD_NO_APPLICATION_PROTOCOL:
  case SSL_AD_UNRECOGNIZED_NAME: return dial_fault::other_protocol;
  default: return dial_fault::lost;
  }
}

dial_fault meaning_of(unsigned long error) {
  const auto reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) != ERR_LIB_SSL)
    return dial_fault::lost;
  return reason >= SSL_AD_REASON_OFFSET ? meaning_of_alert(reason - SSL_AD_REASON_OFFSET) : dial_fault::other_protocol;
}

} // namespace

tls_session::tls_session(const current_tls_settings& settings, std::shared_ptr<const port_rules> rules, gate::side end)
    : settings_(settings), rules_(std::move(rules)),
      stream_(end == gate::side::accepted ? settings.get()->server.get() : settings.get()->client.get(),
              end == gate::side::accepted ? tls_stream::side::accepting : tls_stream::side::connecting) {
  if (!stream_.ssl())
    return; // it has failed, and says so
  SSL_set_app_data(stream_.ssl(), this);
  SSL_set_verify(stream_.ssl(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
}

/// Called for each certificate of the chain, after OpenSSL's own checks: signature, dates, purpose.
int tls_session::on_verify(int fine, X509_STORE_CTX* context) {
  if (fine != 1 || X509_STORE_CTX_get_error_depth(context) != 0)
    return fine;
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<tls_session*>(SSL_get_app_data(ssl));
  const auto verdict = self->judge(X509_STORE_CTX_get_current_cert(context));
  if (verdict != X509_V_OK)
    X509_STORE_CTX_set_error(context, verdict);
  return verdict == X509_V_OK ? 1 : 0;
}

int tls_session::judge(const X509* certificate) {
  const auto facts = facts_of(certificate);
  if (!facts || rules_->kinds.count(facts->who.kind) == 0 || (!rules_->name.empty() && rules_->name != facts->who.name))
    return X509_V_ERR_INVALID_PURPOSE;
  if (settings_.get()->revoked.count(facts->serial) != 0)
    return X509_V_ERR_CERT_REVOKED;
  peer_ = facts;
  return X509_V_OK;
}

dial_failure tls_session::why_failed() const {
  const auto* ssl = stream_.ssl();
  const auto verdict = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;
  if (ssl && SSL_is_init_finished(ssl) != 1 && verdict != X509_V_OK)
    return {dial_fault::not_allowed, std::string("certificate: ") + X509_verify_cert_error_string(verdict)};
  const auto error = stream_.error();
  return {error != 0 ? meaning_of(error) : dial_fault::lost, "TLS: " + stream_.why_failed()};
}

} // namespace salond
