// Commands that are about all nodes of a cluster: what the others say beside this one. On a process alone nobody is
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
/// What the node of that run is called; empty where it is gone.
std::string name_of_run(const admin_call_ptr& call, int64_t run);

/// Asks the others: `take` gets what each said, and then `then` is called, both in the admin actor. Whoever did not
/// answer, or said what this version does not understand (`take` throws json::exception), lacks in the call's answer.
void ask_others(const admin_call_ptr& call, ask_nodes what,
                std::function<void(const std::string& node, const json& said)> take, std::function<void()> then);

/// A connection of somebody, and with which node.
struct session_at {
  session_listed what;
  std::string node; ///< empty on a process alone
};
/// Those of the user, or all where it is none.
void ask_sessions(const admin_call_ptr& call, user_id whose, std::function<void(const std::vector<session_at>&)> then);

/// Those who hear each salon, at all nodes.
void ask_hearers(const admin_call_ptr& call, std::function<void(const std::map<salon_id, size_t>&)> then);

} // namespace salond
