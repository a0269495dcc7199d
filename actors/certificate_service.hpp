// Certificates of operators, as the node hands them out and ends them.
#pragma once
#include "actors/interfaces/relay.hpp"
#include "actors/transport/tls_folder.hpp"
#include <functional>

namespace salond {

/// What an operator is given.
struct issued_bundle {
  std::string text;      ///< of its one file
  std::time_t until = 0; ///< it ends before the authority does
};

/// What the admin actor and the ban registry can do with certificates. The functions throw pki_error.
struct certificate_service {
  std::function<issued_bundle(const identity&, const validity&)> issue;
  std::function<std::vector<issued_certificate>()> list;
  std::function<revocation(const std::string& name)> revoke; ///< live connections end
  // Only of a node of a cluster; else empty.
  std::string node;                                               ///< what it is called
  std::function<std::string(const std::string& name)> issue_node; ///< a node's bundle, its one file
  std::function<revocation(const std::string& name)> revoke_node; ///< live links end
  std::function<std::string()> authority;                         ///< names the authority's key
  /// Takes up what other nodes issued and revoked; live connections and links of those end.
  std::function<void(const std::vector<issued_certificate>&)> merge;
};

/// The names of the operators whose certificates are valid, each once. None where the list cannot be read, which is
/// logged.
operator_names names_of_operators(const certificate_service& service);

} // namespace salond
