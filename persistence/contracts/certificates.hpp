// The list of certificates that all nodes of a cluster issued, where several share the database. Each keeps it in its
// state folder as well (actors/transport/tls_folder.hpp), and both are merged. REQUIRES of all functions: the database
// is one that nodes can share.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

/// A line of the list; times are in seconds since 1970.
struct listed_certificate {
  std::string serial;
  std::string holder; ///< as certificates name it: to_string(identity)
  int64_t from_s = 0, until_s = 0;
  int64_t revoked_s = 0; ///< when; 0: it is not

  friend bool operator==(const listed_certificate& a, const listed_certificate& b) {
    return a.serial == b.serial && a.holder == b.holder && a.from_s == b.from_s && a.until_s == b.until_s
           && a.revoked_s == b.revoked_s;
  }
};

/// Whether a server was removed from its cluster, whose list is `all`: its own certificate was revoked, of whatever
/// name it is; or it is one that nobody listed of a holder who has no valid one.
bool was_removed(const std::vector<listed_certificate>& all, const std::string& holder, const std::string& serial);

class certificate_store {
public:
  virtual ~certificate_store() = default;

  /// All of an authority, which its key names, by their serials.
  virtual std::vector<listed_certificate> all(const std::string& authority) const = 0;
  /// Adds those that are not listed, and revokes those that are revoked; what is revoked stays so. Where that changes
  /// something, it forgets who ended before `oldest_s`, and all nodes learn that there is something new.
  virtual void merge(const std::string& authority, const std::vector<listed_certificate>& known, int64_t oldest_s) = 0;
};

} // namespace salond::persistence
