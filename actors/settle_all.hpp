// Asks whether all that was told holds (docs/decisions/0020-answered-when-it-holds.md).
#pragma once
#include "actors/interfaces/settle.hpp"
#include <caf/all.hpp>

namespace salond {

template <class Self, class Then>
void settle_all(Self*, Then then) {
  then();
}

/// Asks actors that hand facts on, one after the other, whether everybody has these, and then goes on. Each actor hears
/// a fact before it hears this question. An error is no reason to wait: the node ends.
template <class Self, class Then, class First, class... Rest>
void settle_all(Self* self, Then then, const First& first, const Rest&... rest) {
  const auto go_on = [self, then, rest...] { settle_all(self, then, rest...); };
  self->request(first, caf::infinite, settle{}).then([go_on](settled) { go_on(); }, [go_on](caf::error&) { go_on(); });
}

} // namespace salond
