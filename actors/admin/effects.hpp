// What commands change in the node beside the store. This is the one list of facts, and of the actors that hear each
// and are asked whether it holds (docs/decisions/0020-answered-when-it-holds.md). A fact that is not in the list cannot
// be told.
#pragma once
#include "actors/admin/admin.hpp"
#include "actors/settle_all.hpp"
#include <type_traits>

namespace salond {

template <class Fact, class... Facts>
constexpr bool is_one_of = (std::is_same_v<Fact, Facts> || ...);

/// The actor that hears a fact. settle_effects() asks each actor that is named here.
template <class Fact>
const auto& hearer_of(const admin_parts& node) {
  if constexpr (is_one_of<Fact, salon_made, salon_changed, salon_archived, salon_restored, membership_made,
                          memberships_made>) {
    return node.host;
  } else if constexpr (is_one_of<Fact, account_changed, close_user>) {
    return node.directory;
  } else if constexpr (is_one_of<Fact, announce, operator_names>) {
    return node.relay;
  } else {
    static_assert(std::is_same_v<Fact, stop>, "nobody hears this fact, or nobody asks whether it holds");
    return node.server;
  }
}

/// Tells the node a fact that is in the store, or that is to hold from now on. admin_call::done() answers the command
/// once all its facts hold for everybody.
template <class Fact>
void tell(const admin_call_ptr& call, Fact fact) {
  call->self()->send(hearer_of<Fact>(call->parts()), std::move(fact));
}

/// Calls `then` once all that the node was told so far holds for everybody who asks from then on, here and over other
/// connections. The host is asked last, and asks the relay, which has heard its facts from this actor by then.
template <class Then>
void settle_effects(admin_pointer self, const admin_parts& node, Then then) {
  settle_all(self, std::move(then), node.server, node.directory, node.host);
}

} // namespace salond
