// Two whole nodes of one cluster in this process, paris and lyon, with two users: zoë and paul.
#pragma once
#include "tests/support/running_node.hpp"

namespace salond::support {

class two_nodes : public nodes_fixture {
protected:
  using link = running_node::link;
  /// Whether frames go from one node to the other.
  using link_switch = std::shared_ptr<std::atomic<link>>;

  void begin() override {
    paris = std::make_unique<running_node>(where, "paris");
    lyon = std::make_unique<running_node>(where, "lyon");
    link_them();
    for (const auto* who : {"zoë", "paul"})
      paris->command({"user", "add", who}, "secret");
  }
  void TearDown() override {
    lyon.reset();
    paris.reset();
  }
  /// Before there is anybody. They have no links otherwise.
  virtual void link_them() {}
  static link_switch new_link() { return std::make_shared<std::atomic<link>>(link::up); }

  std::unique_ptr<running_node> paris, lyon;
};

} // namespace salond::support
