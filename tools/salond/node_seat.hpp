// A node's place among the others: the port at which they reach it, and its membership.
#pragma once
#include "actors/cluster/member.hpp"
#include "tools/salond/cluster_port.hpp"
#include "tools/salond/state_folder.hpp"

namespace salond {

/// What a node has beside what every process has: membership's two.
constexpr size_t threads_of_a_seat = 2;

struct node_seat {
  node_seat(std::shared_ptr<cluster_port> port, persistence::joined_node in)
      : port(std::move(port)), member(std::make_shared<cluster_member>(std::move(in))) {}
  /// A start that comes no further gives the place up.
  ~node_seat() { member->leave(); }
  node_seat(const node_seat&) = delete;
  node_seat& operator=(const node_seat&) = delete;

  std::shared_ptr<cluster_port> port;
  std::shared_ptr<cluster_member> member;
};

/// How this node enters. REQUIRES: the settings name a cluster.
persistence::node_entry entry_of(const config::settings& values, const state_folder& state, const cluster_port& port);

} // namespace salond
