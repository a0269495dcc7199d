// What nodes ask one another for their operators, and the answers as JSON. A field that is not there is 0 or empty, so
// that another version understands what it can; none may come to mean something else.
#pragma once
#include "actors/admin/node_state.hpp"

namespace salond {

// --- questions: `what` of the frame ---

namespace asked {
/// Who is connected: rows of session_listed. The text: a user's number, or empty for all.
constexpr auto sessions = "sessions";
/// Who hears which salon: rows of surveyed_salon.
constexpr auto salons = "salons";
/// How the node is: node_house.
constexpr auto house = "house";
/// Tells everybody the text.
constexpr auto announce = "announce";
/// Stops, so many seconds later as the text says.
constexpr auto stop = "stop";
} // namespace asked

/// Bytes of an answer's rows; what is more is left out, and the answer says so.
constexpr size_t most_answer_bytes = 1 << 20;

/// How one node is.
struct node_house {
  surveyed house;
  database_state database;
  std::string version;
  int64_t uptime_seconds = 0;
};

// --- answers. Reading throws json::exception where it is no such answer ---

constexpr auto nothing_to_tell = "{}"; ///< it is done
std::string in_words(const std::vector<session_listed>& what);
std::string in_words(const std::vector<surveyed_salon>& what);
std::string in_words(const node_house& what);
std::vector<session_listed> sessions_told(const json& answer);
std::vector<surveyed_salon> salons_told(const json& answer);
node_house house_told(const json& answer);
/// Whether there was more than an answer holds.
bool is_cut(const json& answer);

} // namespace salond
