#include "actors/transport/tls_credentials.hpp"
#include <openssl/err.h>
#include <tuple>

namespace salond {
namespace {

/// Throws unless `fine`, with OpenSSL's reason.
void demand(bool fine, const char* what) {
  if (fine)
    return;
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  const auto text = std::string(what) + (reason ? std::string(": ") + reason : std::string{});
  ERR_clear_error();
  throw pki_error(text);
}

std::string hexadecimal(const unsigned char* bytes, size_t size) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  for (size_t i = 0; i < size; ++i)
    (text += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
  return text;
}

void harden(SSL_CTX* c) {
  demand(SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1
             && SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, // of TLS 1.2; all of 1.3's are good
         "TLS cannot be set up");
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
                             | SSL_OP_PRIORITIZE_CHACHA); // for clients that have no AES in hardware
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);  // tickets need none, and a cache would have to be bounded
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);          // 34 KB a connection that is silent
}

} // namespace

tls_credentials::tls_credentials(const std::string& certificate, const std::string& key)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  auto* c = context_.get();
  demand(c != nullptr, "TLS cannot be set up");
  harden(c);
  auto chain = certificates_from(certificate);
  const auto secret = private_key_from(key);
  auto* own = chain.front().get();
  demand(SSL_CTX_use_certificate(c, own) == 1, "the certificate cannot be used");
  demand(X509_check_private_key(own, secret.get()) == 1, "certificate and key do not belong together");
  demand(SSL_CTX_use_PrivateKey(c, secret.get()) == 1 && SSL_CTX_check_private_key(c) == 1, "the key cannot be used");
  for (size_t i = 1; i < chain.size(); ++i) {
    demand(SSL_CTX_add0_chain_cert(c, chain[i].get()) == 1, "the chain of certificates cannot be used");
    (void)chain[i].release(); // the context's now
  }
  std::tie(from_, until_) = lifetime_of(own);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  demand(X509_digest(own, EVP_sha256(), digest, &size) == 1, "the certificate cannot be read");
  fingerprint_ = hexadecimal(digest, size);
}

} // namespace salond
