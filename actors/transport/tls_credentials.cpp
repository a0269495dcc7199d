#include "actors/transport/tls_credentials.hpp"
#include "actors/transport/tls_trial.hpp"
#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <tuple>

namespace salond {
namespace {

void harden(SSL_CTX* c) {
  demand(SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1
             && SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, // of TLS 1.2; all of 1.3's are good
         "TLS cannot be set up");
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
                             | SSL_OP_PRIORITIZE_CHACHA); // for clients that have no AES in hardware
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);  // tickets need none, and a cache would have to be bounded
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);          // 34 KB a connection that is silent
}

/// A kind of key as people know it: "EC secp256k1", "RSA of 2048 bits".
std::string kind_of(const EVP_PKEY* key) {
  char curve[64] = "";
  size_t size = 0;
  if (EVP_PKEY_get_group_name(key, curve, sizeof curve, &size) == 1 && *curve != '\0')
    return std::string("EC ") + curve;
  ERR_clear_error();
  const auto* name = EVP_PKEY_get0_type_name(key);
  return std::string(name ? name : "unknown") + " of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits";
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
  kind_of_key_ = kind_of(secret.get());
  std::tie(from_, until_) = lifetime_of(own);
  for (size_t i = 1; i < chain.size(); ++i) {
    const auto [from, until] = lifetime_of(chain[i].get());
    from_ = std::max(from_, from);
    until_ = std::min(until_, until);
  }
  for (size_t i = 1; i < chain.size(); ++i) {
    demand(SSL_CTX_add0_chain_cert(c, chain[i].get()) == 1, "the chain of certificates cannot be used");
    (void)chain[i].release(); // the context's now
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  demand(X509_digest(own, EVP_sha256(), digest, &size) == 1, "the certificate cannot be read");
  char digits[2 * EVP_MAX_MD_SIZE + 1];
  demand(OPENSSL_buf2hexstr_ex(digits, sizeof digits, nullptr, digest, size, '\0') == 1,
         "the certificate cannot be read");
  fingerprint_ = digits;
  if (const auto why = why_nobody_can_shake_hands(c); !why.empty())
    throw pki_error("no client can shake hands with it (its key: " + kind_of_key_ + "): " + why);
}

} // namespace salond
