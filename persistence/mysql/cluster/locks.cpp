#include "persistence/mysql/cluster/locks.hpp"

namespace salond::persistence::mysql {
namespace {

constexpr int no_such_thread = 1094, not_the_owner = 1095;

const char* to_word(session_kind kind) {
  switch (kind) {
  case session_kind::writer: return "writer";
  case session_kind::beats: return "beats";
  case session_kind::failover: break;
  }
  return "failover";
}

bool kill_session(connection& on, const std::optional<int64_t>& session) {
  if (!session)
    return false;
  try {
    on.execute("KILL " + std::to_string(*session));
  } catch (const error& why) {
    if (why.code() != no_such_thread && why.code() != not_the_owner)
      throw;
  }
  return true;
}

} // namespace

std::string lock_of(session_kind kind, int64_t run) {
  return std::string("CONCAT('salond.") + to_word(kind) + ".', LEFT(SHA2(DATABASE(), 256), 24), '."
         + std::to_string(run) + "')";
}

std::string another_writes(const std::string& address, int64_t session) {
  return "another salond writes to " + address + " (connection " + std::to_string(session)
         + "; the database's SHOW PROCESSLIST tells from which machine): stop that one first";
}

bool end_session_with(connection& on, const std::string& lock_expression) {
  return kill_session(on, on.number("SELECT IS_USED_LOCK(" + lock_expression + ")"));
}

bool end_session_holding(connection& on, const std::string& lock) {
  return kill_session(on, on.number("SELECT IS_USED_LOCK(?)", {lock}));
}

} // namespace salond::persistence::mysql
