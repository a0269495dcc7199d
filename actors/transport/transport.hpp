// CAF's network protocol over our own TLS, for the admin port and salonctl. The protocol itself trusts every peer. Here
// nobody reaches it without a certificate of our authority, a peer's node id is bound to the name in that certificate,
// and a gate lets through only the messages that the port's rules name. CAF's own ways to the network (publish, open,
// remote_actor) are used nowhere.
#pragma once
#include "actors/transport/dial_failure.hpp"
#include "actors/transport/gate.hpp"
#include "actors/transport/identity.hpp"
#include "actors/transport/listening.hpp"
#include "actors/transport/pki.hpp"
#include "actors/transport/transport_limits.hpp"
#include <caf/all.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace salond {

struct transport_context;

/// Names the sender of a message: the peer at the other end of a live connection. Nothing for a local actor, a
/// stranger, a closed connection, and a null pointer: then refuse. Any thread; it may outlive the transport.
using identify = std::function<std::optional<peer>(const caf::strong_actor_ptr& sender)>;

/// One for each process. Made right after the actor system (actors made earlier keep another node id and cannot talk)
/// and destroyed before it. All functions may be called by any thread.
class transport {
public:
  /// `log` is called on any thread, until this ends.
  explicit transport(caf::actor_system& system, transport_limits limits = {}, transport_log_writer log = nullptr);
  /// Closes all ports and connections at once.
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// Uses this certificate from now on, for new connections; those that live go on. Ends those of the revoked. Throws
  /// pki_error when the bundle does not hold together: then nothing has changed.
  void use(const bundle& own, std::set<std::string> revoked);

  /// The serials that are revoked: all of them, each time. Ends live connections in the same turn of the I/O loop.
  /// REQUIRES: use() was called.
  void revoke(const std::set<std::string>& serials);

  /// Lets peers reach one actor at these addresses, by the rules. The addresses have one port (0: any that is free at
  /// all of them). Answers the port. Throws std::system_error with the reason of the kernel. REQUIRES: use() was
  /// called; `Handle` is typed, and its messages hold no actor handles.
  template <class Handle>
  uint16_t publish(const Handle& actor, const std::vector<socket_address>& addresses, const port_rules& rules) {
    return publish_any(caf::actor_cast<caf::strong_actor_ptr>(actor), system_.message_types<Handle>(), addresses,
                       rules);
  }

  /// Closes a published port at all of its addresses; its connections stay. Blocks for a moment: not inside an actor.
  /// True when it was open.
  bool unpublish(uint16_t port);

  /// Connects to the actor that is published at HOST:PORT, and answers its handle, or why not. Blocks for `patience` at
  /// most, and as long as the host's name is looked up: not inside an actor. A connection that is lost before we are in
  /// is tried three times. `whom`: the holders whose certificates are expected there; the other rules do not count.
  /// REQUIRES: use() was called.
  template <class Handle>
  std::variant<Handle, dial_failure> dial(const std::string& host, uint16_t port, port_rules whom,
                                          std::chrono::milliseconds patience = std::chrono::seconds{4}) {
    auto found = dial_any(host, port, std::move(whom), patience);
    if (auto* why = std::get_if<dial_failure>(&found))
      return std::move(*why);
    auto& remote = std::get<found_actor>(found);
    if (!remote.actor || !system_.assignable(remote.interface, system_.message_types<Handle>()))
      return fail({dial_fault::other_protocol, "another version of salond"});
    return caf::actor_cast<Handle>(remote.actor);
  }

  /// The peer at the other end of a node's connection.
  std::optional<peer> who(const caf::node_id& node) const;

  /// The same as a function that actors may keep.
  identify identifier() const;

  /// The text of the last failure of dial().
  std::string last_failure() const;

  transport_counts counters() const;

  /// The names under which messages of these types travel, for port_rules::types.
  template <class... Messages>
  std::set<std::string> names_of() const {
    return {system_.types().portable_name(caf::type_nr<Messages>::value, &typeid(Messages))...};
  }

private:
  struct found_actor {
    caf::strong_actor_ptr actor;
    std::set<std::string> interface;
  };
  using found = std::variant<found_actor, dial_failure>;
  using deadline = std::chrono::steady_clock::time_point;

  uint16_t publish_any(const caf::strong_actor_ptr& actor, const std::set<std::string>& interface,
                       const std::vector<socket_address>& addresses, port_rules rules);
  found dial_any(const std::string& host, uint16_t port, port_rules whom, std::chrono::milliseconds patience);
  found dial_first(const std::string& host, uint16_t port, const std::shared_ptr<const port_rules>& rules,
                   deadline until);
  found dial_descriptor(int descriptor, const std::string& address, uint16_t port,
                        const std::shared_ptr<const port_rules>& rules, deadline until);
  dial_failure fail(dial_failure why);
  void sweep_soon();

  caf::actor_system& system_;
  caf::node_id former_node_; ///< kept, since the I/O thread may be reading it just now
  std::shared_ptr<transport_context> context_;
  caf::actor gateway_;
  mutable std::mutex guard_;
  std::string last_failure_;
};

} // namespace salond
