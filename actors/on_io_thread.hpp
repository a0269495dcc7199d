// Actors that live on the thread of the connections, so that a message between them and a connection wakes no other
// thread (docs/decisions/0011-salons-beside-connections.md).
#pragma once
#include <caf/io/all.hpp>
#include <utility>

namespace salond {

/// A broker without sockets that ends as other actors do: actors that still wait for its answer are told. CAF 0.17.6
/// leaves that out for brokers, whose mailboxes stay open for ever.
template <class Broker>
class io_actor final : public Broker {
public:
  using Broker::Broker;

  bool cleanup(caf::error&& why, caf::execution_unit* on) override {
    return caf::scheduled_actor::cleanup(std::move(why), on);
  }
};

/// Spawns an actor of the I/O thread from its function, whose first parameter is the pointer to its broker.
template <class F, class... Ts>
auto spawn_on_io_thread(caf::actor_system& system, F behavior, Ts&&... arguments) {
  using broker = caf::infer_impl_from_fun_t<F>;
  caf::actor_config config{&system.middleman().backend()};
  caf::detail::init_fun_factory<broker, F> factory;
  config.init_fun = factory(std::move(behavior), std::forward<Ts>(arguments)...);
  return system.spawn_class<io_actor<broker>, caf::no_spawn_options>(config);
}

} // namespace salond
