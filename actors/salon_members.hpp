// How a salon on one of several nodes knows its members: the others make and end memberships as well, in the store that
// all share. It hears of that within a moment (actors/cluster/news_reader.hpp), and looks before it refuses somebody
// whom it does not know.
#pragma once
#include "actors/salon.hpp"
#include <functional>

namespace salond {

using salon_pointer = salon_actor::stateful_broker_pointer<salon_state>;

/// Calls `then` with why the user may not post, read or leave, if so. Whom the salon does not know it looks for in the
/// store first; who is a member there is one here from then on. At once where that is not needed.
void confirm_member(salon_pointer self, user_id who, std::function<void(std::optional<fault>)> then);

// What another node changed. Asked of the store behind what this salon itself asked, which answers in the order of
// commits; so the last answer is what holds.
caf::result<settled> reread(salon_pointer self, const reread_member& what);
caf::result<settled> reread(salon_pointer self, const reread_members& what);
caf::result<settled> reread(salon_pointer self, const reread_request& what);

} // namespace salond
