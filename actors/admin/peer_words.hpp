// The questions that nodes ask one another for their operators, and the answers as JSON. A field that is not there is 0
// or empty, so that another version understands what it can. No field may come to mean something else.
#pragma once
#include "actors/admin/node_state.hpp"

namespace salond {

// --- questions: `what` of the frame ---

namespace asked {
/// Asks for the sessions: rows of session_listed. The text: a user's number, or empty for all.
constexpr auto sessions = "sessions";
/// Asks how many hear each salon: rows of surveyed_salon.
constexpr auto salons = "salons";
/// Asks for the state of the node: peer_report.
constexpr auto report = "report";
/// Tells everybody the text.
constexpr auto announce = "announce";
/// Stops after as many seconds as the text says.
constexpr auto stop = "stop";
} // namespace asked

/// Bytes of an answer's rows. Rows beyond are left out, and the answer says so.
constexpr size_t max_answer_bytes = 1 << 20;

/// The state of one node.
struct peer_report {
  surveyed traffic;
  database_state database;
  std::string version;
  int64_t uptime_seconds = 0;
};

// --- answers. Reading throws json::exception if it is no such answer ---

constexpr auto nothing_to_tell = "{}"; ///< the command is done
std::string in_words(const std::vector<session_listed>& sessions);
std::string in_words(const std::vector<surveyed_salon>& salons);
std::string in_words(const peer_report& report);
/// Counters of a node, or of all together, as operators and peers are told them.
json in_json(const surveyed& traffic);
std::vector<session_listed> sessions_told(const json& answer);
std::vector<surveyed_salon> salons_told(const json& answer);
peer_report report_told(const json& answer);
/// Whether there was more than an answer holds.
bool is_cut(const json& answer);

} // namespace salond
