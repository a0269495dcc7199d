// Whoever decides by a name's certificates asks for one list of all nodes first: what another node answered as issued a
// moment ago is among them.
#pragma once
#include "actors/interfaces/certificates.hpp"
#include <chrono>

namespace salond {

/// Calls `then(true)` once this node's list of certificates and that of the cluster are one; `then(false)` where the
/// database does not take it in time, so that this node's own is all that is known. `shared`: null where there is one
/// server alone, whose list is always the whole one.
template <class Pointer, class Then>
void with_one_certificate_list(Pointer self, const certificates_actor& shared, Then then) {
  constexpr auto patience = std::chrono::seconds{2};
  if (!shared)
    return then(true);
  self->request(shared, patience, share_certificates{})
      .then([then](settled) { then(true); }, [then](caf::error&) { then(false); });
}

} // namespace salond
