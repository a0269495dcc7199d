#include "actors/cluster/pulse.hpp"
#include "actors/ask_store.hpp"
#include "actors/cluster/notices.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/sessions.hpp"

namespace salond {
namespace {

constexpr auto pause = std::chrono::milliseconds{250};
constexpr size_t beats_a_second = 4;
constexpr size_t beats_a_look = 10 * beats_a_second;

persistence::node_report report_of(const audience& clients, const cluster::salons& placed) {
  return {placed.homes(), static_cast<int64_t>(clients.connections()), static_cast<int64_t>(clients.users.size()), {}};
}

/// Where owners logged in at other nodes, the database says: nobody is to be a stranger there because another node
/// heard him. Looks back for so long that clocks may differ and transactions may take their time.
void learn_addresses(pulse_actor::stateful_broker_pointer<pulse_state> self, const std::shared_ptr<audience>& clients,
                     const store_actor& store) {
  constexpr auto back = std::chrono::minutes{2};
  constexpr size_t most = 1000;
  const auto at = wall_clock();
  read_store(
      self, store,
      [since = at - back](const persistence::reading& db) { return db.sessions.known_addresses(since, most); },
      [self, clients, at,
       before = clients->allowed.changed_accounts()](const std::vector<persistence::known_address>& found) {
        if (clients->allowed.changed_accounts() == before)
          clients->allowed.remember(found, self->clock().now(), at);
      },
      [](fault) {}); // the next look comes
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
        if (self->state.beats % beats_a_look == 0)
          learn_addresses(self, clients, store);
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
