// Nodes in one process, each with an actor system, a loop and a port of its own; and a wire between two of them that
// can be cut in all the ways in which a network is.
#pragma once
#include "actors/cluster/links_actor.hpp"
#include "actors/on_io_thread.hpp"
#include "actors/transport/transport_context.hpp"
#include "tests/support/loopback.hpp"
#include <atomic>
#include <functional>
#include <future>
#include <gmock/gmock.h>
#include <mutex>
#include <thread>

namespace links_tests {

using namespace std::chrono_literals; // NOLINT: tests are read more than they are included
using namespace salond;               // NOLINT
using cluster::frame_body;
using cluster::link_peer;
using cluster::node_id;

using salond::support::comes_true;
using salond::support::open_descriptors;

struct node_config : caf::actor_system_config {
  node_config();
};

class node {
public:
  node(std::string name, node_id run, const bundle& own, transport_limits limits = {});
  ~node();

  link_peer address() const { return {run, name, "127.0.0.1", port}; }
  void know(std::vector<link_peer> peers);
  /// Runs it on the loop's thread, and waits for that.
  template <class Work>
  auto on_loop(Work work) {
    std::promise<decltype(work())> done;
    loop().post([&] {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        done.set_value();
      } else {
        done.set_value(work());
      }
    });
    return done.get_future().get();
  }
  bool send(node_id to, frame_body body);
  cluster::link_state link(node_id with);
  bool up(node_id with) { return link(with).up; }
  caf::io::network::default_multiplexer& loop();

  // --- what happened ---
  std::vector<std::string> told() const; ///< texts, in their order
  std::string happened() const;          ///< ups and downs: "up 2; down 2 silent; "
  bool logged(const std::string& part) const;
  size_t times_logged(const std::string& part) const;

  const std::string name;
  const node_id run;
  std::atomic<bool> beats{true};
  std::atomic<int64_t> gone_run{0}; ///< that this node knows to be gone
  std::atomic<int64_t> told_gone{0}, unknown_run{0};
  std::atomic<int> alive{0}, frames{0};
  std::atomic<bool> keeps_texts{true};
  std::shared_ptr<transport_context> shared;
  std::shared_ptr<cluster::links> all;
  uint16_t port = 0;

private:
  cluster::link_events events();

  mutable std::mutex guard_;
  std::vector<std::string> told_, lines_;
  std::string happened_;
  node_config config_;
  caf::actor_system system_{config_};
  links_actor actor_;
};

/// Hands on what the two sides of connections to a port say.
class wire {
public:
  explicit wire(uint16_t to);
  ~wire();

  uint16_t port() const { return port_; }
  /// From now on nothing passes on the connections that there are; neither side hears of it.
  void hold() { ask(1); }
  /// The side that dialled hears of the end, the other does not.
  void end_for_the_dialling() { ask(2); }
  /// Nothing passes on new ones either.
  std::atomic<bool> holds_new{false};
  int connections() const { return connections_; }

private:
  struct pair {
    int dialling, dialled;
    bool held;
  };
  /// Waits until it is so.
  void ask(int wanted) {
    for (asked_ = wanted; asked_ != 0;)
      std::this_thread::yield();
  }
  void serve();
  void accept();
  void pass(pair& both, int from, int to);

  uint16_t to_, port_ = 0;
  int listener_;
  std::vector<pair> pairs_;
  std::atomic<int> asked_{0}, connections_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class Links : public testing::Test {
protected:
  bundle issue(const std::string& name, peer_kind kind = peer_kind::node) const {
    return salond::issue({kind, name}, authority);
  }
  std::unique_ptr<node> start(const std::string& name, int64_t run, transport_limits limits = {}) const {
    return std::make_unique<node>(name, node_id{run}, issue(name), limits);
  }
  /// Each knows all others.
  static void introduce(const std::vector<node*>& all);
  static bool all_up(const std::vector<node*>& all);

  key_pair authority = make_authority();
};

frame_body text(const std::string& content);

} // namespace links_tests
