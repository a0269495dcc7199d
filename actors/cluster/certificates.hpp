// CERTIFICATES: makes one list of what this node's state folder and the store hold, at its start and whenever somebody
// says that either changed. What is revoked is in use at once; and whoever sees that a node was removed ends its run,
// so that it stores and tells nothing more, whoever removed it.
#pragma once
#include "actors/certificate_service.hpp"
#include "actors/cluster/member.hpp"
#include "actors/interfaces/certificates.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/transport/tls_folder.hpp"

namespace salond {

struct certificates_state {
  static inline const char* name = "certificates";
  certificate_service service;
  std::shared_ptr<cluster_member> member;
  store_actor store;
  relay_actor relay;
  std::vector<caf::typed_response_promise<settled>> waiting;               ///< for the next time
  std::multimap<std::string, caf::typed_response_promise<settled>> ending; ///< who waits for a removed node's end
  bool sharing = false, again_due = false;
  std::string told_why; ///< why it cannot be done, as the log was told last
};

/// `service`: where it has no list, there is nothing to share.
certificates_actor::behavior_type certificates(certificates_actor::stateful_pointer<certificates_state> self,
                                               certificate_service service, std::shared_ptr<cluster_member> member,
                                               store_actor store, relay_actor relay);

/// The same once, before anybody has the store. Throws store_error or pki_error.
void share_certificates_now(persistence::store& db, const certificate_service& service);

/// The same for a server that starts alone: where the store has the list of a cluster which its folder is of, that list
/// holds for it too. Throws `setup` where it was removed. REQUIRES: nodes can share the store.
void share_certificates_alone(persistence::store& db, const certificate_service& service, const node_certificate& own);

/// Names of nodes that were removed: they had certificates, and all of these are revoked.
std::set<std::string> removed_nodes(const std::vector<issued_certificate>& all);

} // namespace salond
