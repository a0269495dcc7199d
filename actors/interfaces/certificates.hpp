// What CERTIFICATES hears. All of it stays in the process.
#pragma once
#include "actors/interfaces/settle.hpp"
#include <caf/all.hpp>

namespace salond {

/// Certificates were issued or revoked: here, or as news of another node say.
struct share_certificates {};
/// The node of that name was removed, and share_certificates answered.
struct end_removed_node {
  std::string name;
};
/// INTERNAL to certificates: its runs are ended.
struct removed_node_ended {
  std::string name;
};
/// INTERNAL to certificates: the store did not take them a moment ago.
struct share_again {};

/// CERTIFICATES: the list of certificates in this node's state folder and that of the cluster are one.
using certificates_actor = caf::typed_actor<
    // Answers once the store has what the folder has, and the folder, this node's ports and its door what the store
    // has. An error: it is not so yet, and is tried on.
    caf::replies_to<share_certificates>::with<settled>,
    // Answers once nothing of that node is stored any more.
    caf::replies_to<end_removed_node>::with<settled>,
    // INTERNAL. Answers who waits for that.
    caf::reacts_to<removed_node_ended>,
    // INTERNAL. Tries again.
    caf::reacts_to<share_again>>;

} // namespace salond
