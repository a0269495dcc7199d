// What CERTIFICATES hears. All of it stays in the process.
#pragma once
#include "actors/interfaces/settle.hpp"
#include <caf/all.hpp>

namespace salond {

/// Certificates were issued or revoked: here, or as news of another node say.
struct share_certificates {};
/// INTERNAL to certificates: the store did not take them a moment ago.
struct share_again {};

/// CERTIFICATES: the list of certificates in this node's state folder and that of the cluster are one.
using certificates_actor = caf::typed_actor<
    // Answers once the store has what the folder has, and the folder, this node's ports and its door what the store
    // has. An error: it is not so yet, and is tried on.
    caf::replies_to<share_certificates>::with<settled>,
    // INTERNAL. Tries again.
    caf::reacts_to<share_again>>;

} // namespace salond
