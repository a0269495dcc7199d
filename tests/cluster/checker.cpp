#include "tests/cluster/checker.hpp"
#include "tests/cluster/findings.hpp"
#include <algorithm>

namespace salond::faults {

const char* name_of(broken promise) {
  switch (promise) {
  case broken::lost: return "lost";
  case broken::doubled: return "doubled";
  case broken::hole: return "hole";
  case broken::order: return "order";
  case broken::refused_yet_stored: return "refused yet stored";
  case broken::unanswered: return "unanswered";
  case broken::private_lost: return "private lost";
  case broken::private_doubled: return "private doubled";
  case broken::left_out: return "left out";
  case broken::kick_late: return "kick late";
  case broken::closed: return "closed";
  case broken::invented: return "invented";
  }
  return "";
}

std::vector<violation> check(const std::vector<event>& record, const bounds& within) {
  const history known(record);
  const disturbances troubles(record);
  findings found{known, troubles, within, {}};
  check_messages(found);
  check_pieces(found);
  check_privates(found);
  check_kicks(found);
  std::stable_sort(found.all.begin(), found.all.end(),
                   [](const violation& left, const violation& right) { return left.promise < right.promise; });
  return found.all;
}

} // namespace salond::faults
