// A node's place among the others: the port at which they reach it, and its membership.
#pragma once
#include "actors/cluster/member.hpp"
#include "config/command_line.hpp"
#include "tools/salond/cluster_port.hpp"
#include "tools/salond/state_folder.hpp"

namespace salond {

/// What a node has beside what every process has: membership's two.
constexpr size_t threads_of_a_membership = 2;

/// Who a node is among the others.
struct node_identity {
  std::string name;
  bool of_cluster = false; ///< its certificates are those of a cluster already, so it may be beside others
};

/// By the bundle of --join, whose certificates are taken into the state folder; by a state folder that is a node's; or
/// by the settings. Throws std::runtime_error, for people. REQUIRES: the settings name a cluster, and the state folder
/// is this process's.
node_identity identify_node(const config::command_line& asked);

struct node_membership {
  node_membership(std::string name, std::shared_ptr<cluster_port> port, persistence::joined_node in)
      : name(std::move(name)), port(std::move(port)), member(std::make_shared<cluster_member>(std::move(in))) {}
  /// A start that comes no further gives the place up.
  ~node_membership() { member->leave(); }
  node_membership(const node_membership&) = delete;
  node_membership& operator=(const node_membership&) = delete;

  const std::string name;
  std::shared_ptr<cluster_port> port;
  std::shared_ptr<cluster_member> member;
};

/// How this node enters. REQUIRES: the settings name a cluster.
persistence::node_entry entry_of(const config::settings& values, const node_identity& who, const state_folder& state,
                                 const cluster_port& port);

} // namespace salond
