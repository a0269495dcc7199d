// What a session's variables must be for our statements to mean what they say, whatever the server's global values are.
#pragma once
#include <string>
#include <vector>

namespace salond::persistence::mysql {

struct session_variable {
  std::string name, value; ///< as SET takes them
  const char* why;
};

/// Those of both servers, which one SET makes; `lock_wait_seconds` is how long a statement waits for a lock.
std::vector<session_variable> common_variables(int64_t lock_wait_seconds);
/// Those that only some versions have: an unknown one is passed over.
std::vector<session_variable> own_variables(bool mariadb);

} // namespace salond::persistence::mysql
