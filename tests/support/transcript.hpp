// Transcripts: conversations with the server that people who do not program can read, and that a test plays.
// tests/transcripts/README.md says how they are written.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace salond::support {

struct transcript {
  struct step {
    enum class kind {
      says,
      hears,
      silence,
      closed,
      ends,
      leaves,
      registered,
      logged_in,
      server_stops,
      server_is_killed,
      server_starts,
      operator_kicks,
      operator_unbans
    };
    int line = 0;
    kind type = kind::says;
    std::string who;
    std::string text;
  };
  std::string name;
  nlohmann::json settings = nlohmann::json::object(); ///< of the server
  std::vector<step> steps;
};

/// Reads the file. Throws std::runtime_error, naming the line, where it cannot be understood.
transcript read_transcript(const std::string& path);

/// What `{…}` in a text stands for is put in its place; `values` has those that are not always the same. What is in
/// braces and has no meaning stays as it is.
std::string filled_in(const std::string& text, const std::vector<std::pair<std::string, std::string>>& values);

/// Whether `heard` is what `expected` says, in which one `{anything}` may stand; `it` becomes what stood there.
bool matches(const std::string& expected, const std::string& heard, std::string& it);

} // namespace salond::support
