// How a salon on one of several nodes knows its members. The other nodes make and end memberships as well, in the store
// that all share. The salon hears of that within a moment (actors/cluster/news_reader.hpp), and looks into the store
// before it refuses a user whom it does not know.
#pragma once
#include "actors/salon.hpp"
#include <functional>

namespace salond {

using salon_pointer = salon_actor::stateful_broker_pointer<salon_state>;

/// Calls `then` with the reason why the user may not post, read or leave, or with nothing. The salon looks in the store
/// first for a user whom it does not know; a member there is one here from then on. Calls at once where that is not
/// needed.
void confirm_member(salon_pointer self, user_id who, std::function<void(std::optional<fault>)> then);

// These take up what another node changed. The store is asked behind all that this salon itself asked, and answers in
// the order of commits: so the last answer holds.
caf::result<settled> reread(salon_pointer self, const reread_member& msg);
caf::result<settled> reread(salon_pointer self, const reread_members& msg);
caf::result<settled> reread(salon_pointer self, const reread_request& msg);

} // namespace salond
