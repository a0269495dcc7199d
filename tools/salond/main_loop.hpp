// What the main thread of a running server does.
#pragma once
#include "tools/salond/admin_port.hpp"
#include "tools/salond/live_configuration.hpp"
#include "tools/salond/node_links.hpp"
#include <chrono>
#include <mutex>
#include <optional>
#include <sys/eventfd.h>

namespace salond {

/// What the node's actors tell the main thread: each sets what is new and wakes it.
struct news {
  const int wake = ::eventfd(0, EFD_CLOEXEC);
  std::mutex guard;
  std::optional<node_actors> actors; ///< that serve now, if others than before
  std::optional<int> ended;          ///< the node has, with this status

  void tell(const node_actors& now) {
    const std::lock_guard lock{guard};
    actors = now;
    ::eventfd_write(wake, 1);
  }
  void tell_end(int status) {
    const std::lock_guard lock{guard};
    ended = status;
    ::eventfd_write(wake, 1);
  }
};

/// The main thread's part in a running node: it opens the admin port, says that all is ready, passes signals on, has
/// the configuration read again, and looks after certificates.
class main_loop {
public:
  /// For the ready line: the endpoints, with their ports, and where other nodes reach this one, "" for none. `links`:
  /// of a node; else null.
  main_loop(news& told, std::optional<admin_port>& admin, std::vector<config::endpoint> shown, std::string cluster,
            live_configuration& live, node_links* links);

  /// Waits for the node's end; answers the exit status. `signals`: SIGTERM, SIGINT and SIGHUP, to be read.
  int wait_for_end(const server_actor& root, int signals);

private:
  int patience() const;
  std::chrono::steady_clock::time_point due() const;
  void time_is_up();
  void renew_certificates();
  void store_revocations();
  void look_at_database();
  void take_news();
  void serve(const node_actors& actors);
  void print_ready() const;
  void take_signal(int signals);
  void reload();

  news& told_;
  std::optional<admin_port>& admin_;
  const std::vector<config::endpoint> shown_;
  const std::string cluster_;
  live_configuration& live_;
  node_links* const links_;
  server_actor root_;
  store_actor store_;
  certificates_actor shared_certificates_; ///< of a node
  std::string renewal_fault_;              ///< that was told last
  std::chrono::steady_clock::time_point looked_at_, renewed_at_, told_to_stop_;
  bool stopping_ = false, ready_ = false, over_ = false;
  int status_ = 1;
};

} // namespace salond
