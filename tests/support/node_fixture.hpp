// A whole node in this process: its actors, a real SQLite store, a real port.
#pragma once
#include "actors/server.hpp"
#include "actors/system.hpp"
#include "tests/support/guarded_store.hpp"
#include "tests/support/port_client.hpp"
#include "tests/support/temporary_folder.hpp"
#include <caf/io/all.hpp>
#include <future>
#include <gmock/gmock.h>
#include <mutex>

namespace salond {

class NodeTest : public testing::Test {
protected:
  using client = support::port_client;
  using access = support::store_guard::access;

  /// Opens the store; users can be added and settings changed until start().
  NodeTest();
  ~NodeTest() override;

  user_id add_user(const std::string& name, role as = role::user);
  /// Starts the node and waits until it lets clients in. The users are members of Général.
  void start();
  /// Starts it without waiting.
  void launch();
  /// Stops the node in order and answers its exit status.
  int stop_node();
  /// Announces the stop.
  void stop_later(int64_t seconds) { caf::anon_send(server_, stop{seconds}); }
  /// Other settings, or another certificate, for a running node.
  void take_up(const config::settings& values, std::shared_ptr<const tls_credentials> shown) {
    caf::anon_send(server_, new_settings{std::make_shared<const config::settings>(values), std::move(shown)});
  }
  /// The exit status, once the node has ended by itself.
  int end_status();

  /// Logged in, with the three frames of the welcome read.
  client log_in(const std::string& name);
  /// A new user of a running node.
  client add_user_and_log_in(const std::string& name);
  /// Says the login only.
  client begin_login(const std::string& name);
  client connect(const client::options& options = {}) { return client{port, options}; }
  /// Reads the welcome of a client that said its login.
  static void welcomed(client& who);

  /// Runs `look` on the I/O thread, where salons and connections can be seen, and answers what it found.
  template <class Look>
  auto on_io_thread(Look look) {
    std::promise<decltype(look(*actors.clients))> found;
    system->middleman().backend().post([&] { found.set_value(look(*actors.clients)); });
    return found.get_future().get();
  }
  /// The salon's actor, or an invalid handle while it is not open.
  salon_actor salon_named(const std::string& name);
  /// The actors of a user's connections.
  std::vector<caf::actor> connections_of(user_id who);
  /// How often an actor was started again, and what the actors are now.
  size_t restarts();
  node_actors actors_now();
  static void kill(const caf::actor& whom) { caf::anon_send_exit(whom, caf::exit_reason::kill); }
  template <class Handle>
  static void kill(const Handle& whom) {
    kill(caf::actor_cast<caf::actor>(whom));
  }
  /// Asks a node's actor and waits for its answer, or the fault it answers.
  template <class Answer, class Handle, class Message>
  outcome<Answer> ask(const Handle& whom, Message message) {
    caf::scoped_actor self{*system, true};
    outcome<Answer> result{fault::storage};
    self->request(whom, support::deadline, std::move(message))
        .receive([&](const Answer& answer) { result = answer; }, [&](caf::error& why) { result = fault_of(why); });
    return result;
  }
  /// Writes that wait for the store, the running one included.
  size_t writes_waiting() { return ask<counted_work>(actors.store, count_work{})->writes; }

  /// The first column of the first row of a query of the database; "" when there is none.
  std::string look_up(const std::string& query);
  bool stored(const std::string& text);
  std::string status_of(const std::string& username);

  config::settings settings;
  std::shared_ptr<const tls_credentials> certificate; ///< if there is one, the door speaks TLS
  std::string speaks;                                 ///< the dialect that the door's address names
  known_dialects dialects = all_dialects();
  certificate_service certificates;         ///< of operators
  std::shared_ptr<cluster_member> member;   ///< of one node of several
  std::optional<cluster::link_parts> links; ///< the same
  identify operators;                       ///< who sent the admin actor a message; none: there is no admin actor
  std::shared_ptr<support::store_guard> guard = std::make_shared<support::store_guard>();
  node_actors actors;
  uint16_t port = 0;
  std::unique_ptr<caf::actor_system> system;

private:
  void end();

  support::temporary_folder folder_;
  std::unique_ptr<persistence::store> db_;
  std::unique_ptr<system_config> cfg_;
  server_actor server_;
  std::promise<node_actors> ready_;
  std::mutex mutex_;
  node_actors now_; // under the mutex
  size_t restarts_ = 0;
  std::promise<int> ended_;
  std::shared_future<int> status_;
};

} // namespace salond
