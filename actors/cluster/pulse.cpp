#include "actors/cluster/pulse.hpp"
#include "actors/cluster/notices.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

constexpr auto pause = std::chrono::milliseconds{250};
constexpr size_t beats_a_second = 4;

persistence::node_report report_of(const audience& clients, const cluster::salons& placed) {
  return {placed.homes(), static_cast<int64_t>(clients.connections()), static_cast<int64_t>(clients.users.size()), {}};
}

} // namespace

pulse_actor::behavior_type pulse(pulse_actor::stateful_broker_pointer<pulse_state> self,
                                 std::shared_ptr<cluster_member> member, std::shared_ptr<audience> clients,
                                 std::shared_ptr<cluster::salons> placed, store_actor store) {
  self->set_error_handler([](caf::error& why) {
    log::warning("the pulse was told an error", {{"why", to_string(why)}});
  });
  self->send(self, beat_pulse{});
  return {
      [self, member, clients, placed, store](const beat_pulse&) {
        if (++self->state.beats % beats_a_second == 0)
          cluster::tell_what_is_used(*clients, *member);
        self->request(store, std::chrono::seconds{5}, count_work{})
            .then(
                [self, member, clients, placed](const counted_work& work) {
                  member->turned(report_of(*clients, *placed), work.running_us == 0);
                  self->delayed_send(self, pause, beat_pulse{});
                },
                [self](caf::error&) {
                  self->delayed_send(self, pause, beat_pulse{});
                }); // a node that hangs does not beat
      },
  };
}

} // namespace salond
