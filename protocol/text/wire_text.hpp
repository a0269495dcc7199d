// The exact texts of the replaced server's protocol: events in French, as its clients know them.
// docs/text-protocol.md is normative; the accents, spaces and punctuation below are part of the interface.
#pragma once
#include "protocol/codec.hpp"
#include <string>
#include <vector>

namespace salond::text {

/// The event as each client of the dialect is told it: one or more texts, each followed by '\n'. What people wrote in
/// it holds neither a control character but tab nor a line separator afterwards, so '\n' separates texts and nothing
/// else.
std::string spell(const event::any& event);

/// Appends the same, with the envelopes by which a raw client is told it (docs/text-protocol.md, "Framing").
void spell_to(spelled_texts& texts, const event::any& event);

/// The three frames of a login, each kept to `max_bytes` (0: no limit) by leaving salons out, first those that the
/// user is no member of. COMPAT: the old desktop client reads at most 1,024 bytes a frame.
std::vector<std::string> login_frames(const event::logged_in& event, size_t max_bytes);

} // namespace salond::text
