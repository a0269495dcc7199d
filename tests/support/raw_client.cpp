#include "tests/support/raw_client.hpp"
#include <sched.h>
#include <sys/resource.h>

namespace salond::support {

std::string raw_client::read(std::chrono::milliseconds within) {
  auto result = stream_.receive(1024, within);
  if (!result.empty())
    return result;
  return stream_.ended() ? closed : nothing;
}

std::string raw_client::log_in(const std::string& username, const std::string& password) {
  send(username + ":" + password);
  const auto first = read();
  if (first != "CONNECTED")
    return "instead of CONNECTED: " + first;
  const auto second = read(), third = read();
  salons = nlohmann::json::parse(second, nullptr, false);
  memberships = nlohmann::json::parse(third, nullptr, false);
  if (!salons.is_array() || salons.empty() || !salons[0].is_array())
    return "instead of the salons: " + second;
  if (!memberships.is_array() || (!memberships.empty() && !memberships[0].is_object()))
    return "instead of the memberships: " + third;
  return {};
}

void read_promptly() {
  sched_param most{};
  most.sched_priority = 10;
  if (::sched_setscheduler(0, SCHED_RR, &most) != 0) // of this thread alone
    ::setpriority(PRIO_PROCESS, 0, -10);
}

} // namespace salond::support
