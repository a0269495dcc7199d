// ADMIN: takes operators' commands. Reads what a command names, asks rules::may whether its operator may give it, and
// hands it to the command's function. Published by the program, which republishes it when the server started it anew.
#pragma once
#include "actors/admin/call.hpp"
#include "actors/rules/one_at_a_time.hpp"
#include "actors/rules/refusals.hpp"
#include <map>
#include <set>
#include <utility>

namespace salond {

/// Calls of one operator that may be open at once; any above that is refused.
constexpr size_t max_admin_calls = 16;
/// Bytes of input that one operator's calls may hold together: 100,000 accounts are some 20 MiB.
constexpr size_t max_admin_input = 64 << 20;
/// A call that its asker has forgotten for so long is forgotten too.
constexpr auto admin_call_patience = std::chrono::minutes{2};

struct admin_state {
  static inline const char* name = "admin";
  admin_parts parts;
  std::map<std::string_view, admin_command> commands;
  /// By the asker's actor and its number. A call that is in work stays until it is over.
  std::map<std::pair<caf::actor_addr, uint32_t>, admin_call_ptr> calls;
  std::weak_ptr<admin_call> import; ///< in work now
  std::set<caf::actor_addr> askers; ///< are watched: a call ends with its connection
  rules::one_at_a_time reads;       ///< operators' reads, which the store answers between clients'
  rules::refusals refused;
  bool telling_refusals = false;
  std::vector<late_line> late; ///< lines that the database did not take yet
  bool writing_late = false;
  moment last_begun{}; ///< when the last call began
};

/// Writes a line of the audit log as soon as the database takes it; it is in the server's log by then.
void note_later(admin_pointer self, late_line line);

/// Whether a command that its operator has no right to gets a line of its own in the audit log; else it is counted,
/// and told of with others.
bool note_refusal(admin_pointer self, const peer& from, const std::string& command);

admin_core::behavior_type admin(admin_pointer self, admin_parts parts);

} // namespace salond
