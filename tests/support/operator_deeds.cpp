#include "tests/support/operator_deeds.hpp"
#include "persistence/decisions/removals.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace salond::support {

void do_as_operator(persistence::store& db, transcript::step::kind deed, const std::string& who) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const decision why{"root", "local", "", now};
  db.transact([&](const auto& db) {
    const bool taken = deed == transcript::step::kind::operator_kicks
                           ? bool(persistence::decisions::kick(db, key_of(who), now + std::chrono::minutes(5), why))
                           : bool(persistence::decisions::unban(db, key_of(who), why));
    if (!taken)
      throw std::runtime_error("the store refuses what the operator does");
  });
}

std::vector<std::string> all_transcripts() {
  std::vector<std::string> result;
  for (const auto& entry : std::filesystem::directory_iterator(SALOND_TRANSCRIPTS))
    if (entry.path().extension() == ".transcript")
      result.push_back(entry.path().stem());
  std::sort(result.begin(), result.end());
  return result;
}

transcript transcript_named(const std::string& name) {
  auto result = read_transcript(std::string(SALOND_TRANSCRIPTS) + "/" + name + ".transcript");
  result.name = name;
  return result;
}

} // namespace salond::support
