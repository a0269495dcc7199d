#include "actors/transport/tls_session.hpp"
#include <algorithm>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <utility>

namespace salond {
namespace {

constexpr size_t most_at_once = 1 << 20; // OpenSSL counts in int

/// What an alert of the peer says about us.
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

tls_session::tls_session(const current_tls_settings& settings, std::shared_ptr<const port_rules> rules,
                         gate::side which, int socket)
    : settings_(settings), rules_(std::move(rules)) {
  const auto now = settings.get();
  if (!now)
    return;
  const auto accepted = which == gate::side::accepted;
  ssl_.reset(SSL_new(accepted ? now->server.get() : now->client.get()));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) {
    ERR_clear_error();
    ssl_.reset();
    return;
  }
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
  if (accepted)
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
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

tls_session::progress tls_session::outcome_of(int result) {
  last_error_ = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
  switch (last_error_) {
  case SSL_ERROR_NONE: return progress::done;
  case SSL_ERROR_WANT_READ: return progress::wants_read;
  case SSL_ERROR_WANT_WRITE: return progress::wants_write;
  default: return progress::failed;
  }
}

tls_session::progress tls_session::handshake() {
  ERR_clear_error(); // the queue is the thread's: another connection's error would be taken for ours
  const auto outcome = outcome_of(SSL_do_handshake(ssl_.get()));
  if (outcome == progress::done && !peer_)
    return progress::failed; // cannot be: resumption is off; but without a name nobody comes in
  return outcome;
}

tls_session::progress tls_session::read(char* to, size_t size, size_t& count) {
  ERR_clear_error();
  const auto result = SSL_read(ssl_.get(), to, static_cast<int>(std::min(size, most_at_once)));
  count = result > 0 ? static_cast<size_t>(result) : 0;
  return outcome_of(result);
}

tls_session::progress tls_session::write(const char* from, size_t size, size_t& count) {
  ERR_clear_error();
  const auto result = SSL_write(ssl_.get(), from, static_cast<int>(std::min(size, most_at_once)));
  count = result > 0 ? static_cast<size_t>(result) : 0;
  return outcome_of(result);
}

void tls_session::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

dial_failure tls_session::why_failed() {
  const auto verdict = SSL_get_verify_result(ssl_.get());
  const auto error = ERR_get_error();
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) != 1 && verdict != X509_V_OK)
    return {dial_fault::not_allowed, std::string("certificate: ") + X509_verify_cert_error_string(verdict)};
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return {dial_fault::lost, "closed by the peer"}; // without saying so before, as a program that ended
  const auto* reason = error != 0 ? ERR_reason_error_string(error) : nullptr;
  if (reason)
    return {meaning_of(error), std::string("TLS: ") + reason};
  return {dial_fault::lost, last_error_ == SSL_ERROR_ZERO_RETURN ? "closed by the peer" : "connection lost"};
}

} // namespace salond
