// Commands that are about all nodes of a cluster: asks the others as well as this one. On a process alone nobody is
// asked, and nothing is added to an answer.
#pragma once
#include "actors/admin/peer_words.hpp"

namespace salond {

/// Whether this server is one node of several.
inline bool is_node(const admin_call_ptr& call) {
  return call->parts().member != nullptr;
}
/// Refuses a command about nodes where this server is none; true then.
bool refuses_without_nodes(const admin_call_ptr& call);
/// What this node is called; empty on a process alone.
std::string own_name(const admin_call_ptr& call);
/// The name of that run's node; empty if the run is gone.
std::string name_of_run(const admin_call_ptr& call, int64_t run);

/// Asks the others: `take` gets each answer, and then `then` is called, both in the admin actor. A node that did not
/// answer is named in the call's answer as lacking. So is one that this version does not understand (`take` throws
/// json::exception).
void ask_others(const admin_call_ptr& call, ask_nodes question,
                std::function<void(const std::string& node, const json& said)> take, std::function<void()> then);

/// A connection of a user, and its node.
struct session_at {
  session_listed session;
  std::string node; ///< empty on a process alone
};
/// Asks for the sessions of the user, or for all if `whose` is nobody.
void ask_sessions(const admin_call_ptr& call, user_id whose, std::function<void(const std::vector<session_at>&)> then);

/// Asks how many hear each salon, at all nodes.
void ask_hearers(const admin_call_ptr& call, std::function<void(const std::map<salon_id, size_t>&)> then);

} // namespace salond
