// A listening socket of the cluster's port, in CAF's loop. Where descriptors run out it accepts nobody until some are
// free: the loop would call it again and again for whoever waits. I/O thread only.
#pragma once
#include "actors/transport/transport_context.hpp"
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/ref_counted.hpp>
#include <functional>

namespace salond::cluster {

class link_door final : public caf::ref_counted {
public:
  /// Given who was accepted, with its numeric address.
  using on_accept = std::function<void(int descriptor, const std::string& address)>;

  /// Takes the descriptor, bound and listening. Accepts from open() to close().
  link_door(caf::io::network::default_multiplexer& loop, int descriptor, std::shared_ptr<transport_context> shared,
            on_accept accepted);
  void open();
  void close();
  /// Where it paused, since descriptors ran out: accepts again, if there are some.
  void go_on_if_possible();

private:
  struct handler : caf::io::network::event_handler {
    handler(caf::io::network::default_multiplexer& loop, int descriptor, link_door& owner)
        : event_handler(loop, descriptor), door(owner) {}
    void handle_event(caf::io::network::operation) override { door.accept_some(); }
    void removed_from_loop(caf::io::network::operation) override { door.listening_.reset(); }
    void graceful_shutdown() override {}
    using event_handler::activate; // protected in the base
    link_door& door;
  };

  void accept_some();
  void pause();

  handler events_;                          // owns and closes the descriptor
  caf::intrusive_ptr<link_door> listening_; // the loop's reference to us
  std::shared_ptr<transport_context> context_;
  on_accept accepted_; // null: closed
  bool paused_ = false;
};

} // namespace salond::cluster
