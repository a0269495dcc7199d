// What an operator does in a transcript, done to the store; and which transcripts there are.
#pragma once
#include "persistence/store.hpp"
#include "tests/support/transcript.hpp"

namespace salond::support {

/// Throws std::runtime_error where the store refuses it.
void do_as_operator(persistence::store& db, transcript::step::kind deed, const std::string& who);

/// The names of all transcripts, sorted.
std::vector<std::string> all_transcripts();
/// The transcript of that name.
transcript transcript_named(const std::string& name);

} // namespace salond::support
