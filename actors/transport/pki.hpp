// Certificates: the authority, what it issues, and how both are written down. OpenSSL objects and PEM texts; which
// files there are is tls_folder's business. A breakdown (no entropy, no memory, a bad text) is a pki_error.
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

/// Throws pki_error unless `fine`: `what`, and OpenSSL's reason. OpenSSL's queue of errors is empty then, for it must
/// not be left for the next caller on this thread.
void demand(bool fine, const char* what);

/// An object of OpenSSL with one owner.
template <class T>
using owned = std::unique_ptr<T, void (*)(T*)>;

/// A certificate and its private key.
struct key_pair {
  owned<X509> certificate{nullptr, X509_free};
  owned<EVP_PKEY> key{nullptr, EVP_PKEY_free};
};

/// All that one end of a connection needs, kept in one file: so a renewal is never seen by half.
struct bundle {
  key_pair own;
  owned<X509> authority{nullptr, X509_free}; ///< its certificate
};

/// All that a node needs to be one of a cluster. It holds the authority's key, since a node is trusted with everything
/// anyway: each issues, renews and revokes.
struct node_bundle {
  bundle own;
  owned<EVP_PKEY> authority_key{nullptr, EVP_PKEY_free};
  std::string list; ///< of all that was issued, as tls_folder writes it
};

/// When a certificate is good, in seconds from now.
struct validity {
  /// Dated back, for clocks that differ. Together with a year it stays below the 398 days that programs of today bear.
  std::chrono::seconds from{-std::chrono::hours{30 * 24}};
  std::chrono::seconds until{std::chrono::hours{365 * 24}};
};

/// An authority lives ten years: nobody touches a chat server's authority by hand, and renewing it is automatic. It is
/// dated back by ten more: whatever clock it was made with, it is good when that is set right.
constexpr validity authority_validity{-std::chrono::hours{10 * 365 * 24}, std::chrono::hours{10 * 365 * 24}};

/// A new authority: key and self-signed certificate.
key_pair make_authority(const validity& when = authority_validity);

/// The same authority with a new certificate: what it has signed stays good.
key_pair renew_authority(const key_pair& old, const validity& when = authority_validity);

/// A new key and a certificate for `who`. It ends with the authority's at the latest. `hosts`: names and numeric
/// addresses that it is good for, which strangers' programs look at.
bundle issue(const identity& who, const key_pair& authority, const validity& when = {},
             const std::vector<std::string>& hosts = {});

/// Names the key of a certificate: its SHA-256, in hexadecimal. An authority that is renewed keeps it.
std::string key_name_of(const X509* certificate);

/// Whether a program that connects to `host`, a name or a numeric address, takes the certificate for it.
bool is_for_host(X509* certificate, const std::string& host);

/// From when until when it is good.
std::pair<std::time_t, std::time_t> lifetime_of(const X509* certificate);

/// What a certificate says; nothing unless it has exactly one URI and that names somebody.
std::optional<certificate_facts> facts_of(const X509* certificate);

/// True when less than a third of its life is left, or it is not good yet: the clock was wrong when it was made.
bool renewal_due(const X509* certificate, std::time_t now);

/// The two PEM blocks of a pair, and back.
std::string to_pem(const key_pair& pair);
key_pair key_pair_from(const std::string& pem);

/// All certificates of a text, at least one, and the private key of one, which must have no passphrase.
std::vector<owned<X509>> certificates_from(const std::string& pem);
owned<EVP_PKEY> private_key_from(const std::string& pem);
std::string to_pem(X509* certificate);

/// The three PEM blocks of a bundle: certificate, key, the authority's certificate; and back.
std::string to_pem(const bundle& all);
bundle bundle_from(const std::string& pem);

/// The five PEM blocks of a node's bundle: those of a bundle, the authority's key, the list; and back. Throws where it
/// does not hold together, or is no node's.
std::string to_pem(const node_bundle& all);
node_bundle node_bundle_from(const std::string& pem);

} // namespace salond
