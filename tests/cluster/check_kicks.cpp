// Who is kicked is out on every node, and is not let in.
#include "tests/cluster/findings.hpp"
#include <algorithm>

namespace salond::faults {
namespace {

bool shows_presence(const event& event) {
  return event.type == kind::in || event.type == kind::shown || event.type == kind::told || event.type == kind::past
         || event.type == kind::sent;
}

void check_kick(findings& found, const std::string& client, int64_t from, int64_t to) {
  const auto late = us_of(found.within.kick);
  for (const auto& [connection, its] : found.known.connections) {
    if (its.client != client)
      continue;
    const auto end = std::min({its.out_us, to, found.known.end_us});
    const auto begin = std::max(its.in_us, from);
    if (its.in_us < from && found.troubles.longest_calm(its.node, begin, end) > late)
      found.add(broken::kick_late,
                found.who(connection) + ", kicked at " + seconds_of(from) + ", was there until " + seconds_of(end));
    for (const auto* event : its.events)
      if (shows_presence(*event) && event->at_us > from + late && event->at_us < to
          && found.troubles.longest_calm(its.node, from, event->at_us) > late) {
        found.add(broken::kick_late,
                  found.who(connection) + ", kicked at " + seconds_of(from) + ": " + spelled(*event));
        break;
      }
  }
}

} // namespace

void check_kicks(findings& found) {
  for (auto kick = found.known.kicks.begin(); kick != found.known.kicks.end(); ++kick) {
    if (kick->type != kind::kicked)
      continue;
    auto to = found.known.end_us;
    for (auto later = kick; later != found.known.kicks.end(); ++later)
      if (later->type == kind::unkicked && later->client == kick->client) {
        to = later->at_us;
        break;
      }
    check_kick(found, kick->client, kick->at_us, to);
  }
}

} // namespace salond::faults
