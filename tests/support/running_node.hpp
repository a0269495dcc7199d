// Whole nodes of one cluster in this process: each with its actors, its run on one MariaDB, a real port, and a door for
// operators' commands. There are no links between them; a test may hand frames over.
#pragma once
#include "actors/admin/admin.hpp"
#include "actors/cluster/notices.hpp"
#include "actors/server.hpp"
#include "actors/system.hpp"
#include "tests/support/guarded_store.hpp"
#include "tests/support/nodes_fixture.hpp"
#include "tests/support/port_client.hpp"
#include <caf/io/all.hpp>
#include <future>
#include <gmock/gmock.h>

namespace salond::support {

class running_node {
public:
  using client = port_client;
  using words = std::vector<std::string>;

  /// Joins, and waits until clients are let in.
  running_node(const config::mysql_database& where, const std::string& name);
  ~running_node();
  running_node(const running_node&) = delete;
  running_node& operator=(const running_node&) = delete;

  int64_t run() const { return member_->run(); }
  /// Logged in, with the three frames of the welcome read.
  client log_in(const std::string& name, const std::string& password = "secret");
  client connect() { return client{port_}; }
  /// The answer to the first frame of a login.
  std::string answer_to_login(const std::string& name, const std::string& password = "secret");
  /// An operator's command, with what it is given as input; its text. Fails the test where it is not
  /// done.
  std::string command(const words& said, const std::string& input = {});

  /// Runs `look` on the I/O thread.
  template <class Look>
  auto on_io_thread(Look look) {
    std::promise<decltype(look(*actors.clients))> found;
    system_->middleman().backend().post([&] { found.set_value(look(*actors.clients)); });
    return found.get_future().get();
  }
  /// How many connections hear a salon.
  size_t hearers(const std::string& salon);
  enum class link : uint8_t {
    up,    ///< frames come
    down,  ///< there is none, and this node knows
    broken ///< this node does not know yet
  };
  /// Frames go to `to` from now on, on its I/O thread, as `how` says at that time. REQUIRES: `to` lives as long.
  void link_to(running_node& to, std::shared_ptr<std::atomic<link>> state);
  /// The link to another node began, or ended, as this one hears of it.
  void tell_up(int64_t peer) {
    hear([peer](cluster::peer_hearer& by) { by.peer_up(cluster::node_id{peer}); });
  }
  void tell_down(int64_t peer) {
    hear([peer](cluster::peer_hearer& by) { by.peer_down(cluster::node_id{peer}); });
  }

  /// The exit status, once the node has ended by itself.
  int end_status();

  node_actors actors;
  std::shared_ptr<store_guard> guard = std::make_shared<store_guard>();

private:
  void hear(const std::function<void(cluster::peer_hearer&)>& act);

  std::shared_ptr<cluster_member> member_;
  system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  server_actor server_;
  std::promise<int> ended_;
  std::shared_future<int> status_ = ended_.get_future().share();
  std::unique_ptr<cluster::notices> notices_;
  uint16_t port_ = 0;
};

} // namespace salond::support
