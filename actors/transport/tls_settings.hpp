// The settings of TLS connections: contexts and revoked serials in one immutable object that is replaced whole.
#pragma once
#include "actors/transport/pki.hpp"
#include <memory>
#include <mutex>
#include <openssl/ssl.h>
#include <set>
#include <string>

namespace salond {

/// Never changed after it is made, so any thread may read it.
struct tls_settings {
  std::shared_ptr<SSL_CTX> server, client;
  std::set<std::string> revoked; ///< serials
};

/// Settings with a bundle; throws pki_error when the bundle does not hold together. They allow TLS 1.3 only (both ends
/// are ours), demand the peer's certificate, and allow no resumption: a resumed session would skip the look at the
/// certificate.
tls_settings make_tls_settings(const bundle& own, std::set<std::string> revoked);

/// The settings in force. Any thread. A serial that is revoked stays so: several threads tell what they have read of
/// the list, and who tells last may have read first.
class current_tls_settings {
public:
  /// Null before the first replace().
  std::shared_ptr<const tls_settings> get() const;
  /// Replaces the contexts; its revoked serials are added to those of before.
  void replace(tls_settings next);
  /// Adds revoked serials. REQUIRES: there are settings.
  void revoke(const std::set<std::string>& serials);

private:
  mutable std::mutex guard_;
  std::shared_ptr<const tls_settings> settings_;
};

} // namespace salond
