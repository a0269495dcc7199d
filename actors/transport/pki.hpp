// Certificates: the authority, the certificates that it issues, and the form in which both are written. OpenSSL objects
// and PEM texts; tls_folder knows the files. A breakdown (no entropy, no memory, a bad text) is a pki_error.
#pragma once
#include "actors/transport/identity.hpp"
#include <chrono>
#include <ctime>
#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace salond {

/// Why certificates cannot be made, read or written.
struct pki_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws pki_error unless `fine`, with `failure` and OpenSSL's reason. It empties OpenSSL's queue of errors: nothing
/// must be left for the next caller on this thread.
void demand(bool fine, const char* failure);

/// An object of OpenSSL with one owner.
template <class T>
using owned = std::unique_ptr<T, void (*)(T*)>;

/// A certificate and its private key.
struct key_pair {
  owned<X509> certificate{nullptr, X509_free};
  owned<EVP_PKEY> key{nullptr, EVP_PKEY_free};
};

/// All that one end of a connection needs, kept in one file, so that nobody reads half of a renewal.
struct bundle {
  key_pair own;
  owned<X509> authority{nullptr, X509_free}; ///< its certificate
};

/// All that a node needs to belong to a cluster. It holds the authority's key, since a node is trusted with everything
/// anyway: each node issues, renews and revokes.
struct node_bundle {
  bundle own;
  owned<EVP_PKEY> authority_key{nullptr, EVP_PKEY_free};
  std::string list; ///< of all issued certificates, as tls_folder writes it
};

/// When a certificate is good, in seconds from now.
struct validity {
  /// Dated back, for clocks that differ. Together with a year it stays below the 398 days that programs of today bear.
  std::chrono::seconds from{-std::chrono::hours{30 * 24}};
  std::chrono::seconds until{std::chrono::hours{365 * 24}};
};

/// An authority lives ten years: nobody touches a chat server's authority by hand, and renewing it is automatic. It is
/// dated back by ten more: if the clock was wrong when it was made, it is still good when the clock is set right.
constexpr validity authority_validity{-std::chrono::hours{10 * 365 * 24}, std::chrono::hours{10 * 365 * 24}};

/// A new authority: key and self-signed certificate.
key_pair make_authority(const validity& lasts = authority_validity);

/// The same authority with a new certificate: certificates that it has signed stay good.
key_pair renew_authority(const key_pair& old, const validity& lasts = authority_validity);

/// A new key and a certificate for `holder`. It ends with the authority's at the latest. `hosts`: names and numeric
/// addresses that it is good for; strangers' programs check them.
bundle issue(const identity& holder, const key_pair& authority, const validity& lasts = {},
             const std::vector<std::string>& hosts = {});

/// A name for the key of a certificate: its SHA-256, in hexadecimal. An authority that is renewed keeps it.
std::string key_name_of(const X509* certificate);

/// Whether a program that connects to `host`, a name or a numeric address, takes the certificate for it.
bool is_for_host(X509* certificate, const std::string& host);

/// The times from which and until which it is good.
std::pair<std::time_t, std::time_t> lifetime_of(const X509* certificate);

/// The facts in a certificate; nothing unless it has exactly one URI and that names somebody.
std::optional<certificate_facts> facts_of(const X509* certificate);

/// True when less than a third of its life is left. Also true when it is not good yet: the clock was wrong when it was
/// made.
bool renewal_due(const X509* certificate, std::time_t now);

/// The two PEM blocks of a pair, and back.
std::string to_pem(const key_pair& pair);
key_pair key_pair_from(const std::string& pem);

/// All certificates of a text, at least one; and the private key of a text, which must have no passphrase.
std::vector<owned<X509>> certificates_from(const std::string& pem);
owned<EVP_PKEY> private_key_from(const std::string& pem);
std::string to_pem(X509* certificate);

/// The three PEM blocks of a bundle: certificate, key, the authority's certificate; and back.
std::string to_pem(const bundle& all);
bundle bundle_from(const std::string& pem);

/// The five PEM blocks of a node's bundle: those of a bundle, the authority's key, the list; and back. Throws if it
/// does not hold together, or is no node's.
std::string to_pem(const node_bundle& all);
node_bundle node_bundle_from(const std::string& pem);

} // namespace salond
