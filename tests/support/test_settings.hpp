// The settings of every server that is started for a test, unless the test says otherwise.
#pragma once
#include <nlohmann/json.hpp>

namespace salond::support {

/// Passwords cost the least that Argon2 can do, and nothing is limited in time: the clients of a test are many at one
/// address, and faster than people.
inline nlohmann::json test_settings() {
  return {{"passwords", {{"memory_kib", 8}, {"passes", 1}}},
          {"rate", {{"messages_per_second", 0}, {"logins_per_minute_per_address", 0}}},
          {"registration", {{"per_hour_per_address", 0}, {"per_hour", 0}}}};
}

} // namespace salond::support
