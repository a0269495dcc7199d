#include "actors/cluster/links_actor.hpp"
#include "config/log.hpp"
#include <caf/io/all.hpp>

namespace salond {
namespace {

// What deadlines, pings and dials may be late.
constexpr auto tick_every = std::chrono::milliseconds{250};

/// Without a sender: CAF never closes a broker's mailbox, and a message from itself in it would keep it for ever.
void tick_later(links_actor::broker_pointer self) {
  caf::delayed_anon_send(caf::actor_cast<links_actor>(self), tick_every, tick_links{});
}

} // namespace

links_actor::behavior_type links(links_actor::broker_pointer self, std::shared_ptr<cluster::links> all,
                                 std::vector<listening_socket> at) {
  self->set_error_handler([](caf::error& why) {
    log::warning("the links were told an error", {{"why", to_string(why)}});
  });
  self->attach_functor([all](const caf::error&) { all->close("it ends"); });
  all->listen(at);
  tick_later(self);
  return {
      [all](const begin_links& now) { all->begin(now.run); },
      [all](const know_peers& now) { all->know(now.peers); },
      [all](const tell_gone& news) { all->tell_gone(news.run); },
      [all](const begin_links_anew& order) { all->begin_anew(order.why); },
      [all](const list_links&) { return links_listed{all->list()}; },
      [all, self](const end_links& order) {
        all->close(order.why);
        self->quit();
        return links_ended{};
      },
      [all, self](const tick_links&) {
        all->tick();
        tick_later(self);
      },
  };
}

} // namespace salond
