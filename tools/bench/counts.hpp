// What nodes and their database count of themselves, so that a cost can be told in frames, statements and rows.
#pragma once
#include "tools/bench/stage.hpp"

namespace salond::bench {

struct counts {
  double frames = 0, texts = 0; ///< between nodes: `frames_out` and `messages_out` of all links
  double statements = 0, syncs = 0, rows_read = 0, rows_written = 0, bytes = 0; ///< of the database
};

/// So far. Zero is what is not counted: of the database where it is not a private one.
counts counts_of(const stage& where);
/// Of the database alone.
counts database_counts(const stage& where);
counts operator-(counts now, const counts& before);
/// Adds what was counted for each of so many: `frames_a_text` and so on, where `unit` is "text".
void add(result_line& to, const counts& found, double many, const std::string& unit);

} // namespace salond::bench
