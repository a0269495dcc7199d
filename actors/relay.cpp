#include "actors/relay.hpp"
#include "actors/errands.hpp"
#include "config/log.hpp"

namespace salond {

relay_actor::behavior_type relay(relay_actor::broker_pointer self, std::shared_ptr<audience> house) {
  self->set_error_handler([](caf::error& why) {
    log::warning("the relay was told an error", {{"why", to_string(why)}});
  });
  return {
      [house, self](told& what) { house->tell(what, self->clock().now()); },
      [house](const salon_opened& what) { house->salons.open(what.record, what.salon); },
      [house](const salon_lost& what) { house->lose(what.salon); },
      [house](const close_user& what) { house->close_user(what); },
      [house](const announce& what) { house->announce(what.event); },
      [house, self](const close_all& what) {
        auto answer = self->make_response_promise<all_closed>();
        house->close_all(what.last, self->clock().now(), [answer]() mutable { answer.deliver(all_closed{}); });
        return answer;
      },
      [house](const close_some& what) { house->close_some(what.last, what.steps, what.left); },
      [house, self](private_text& what) { store_private(self, house, std::move(what)); },
      [house, self](wished_account& what) { make_account(self, house, std::move(what)); },
      [house, self](look_for_mail& what) { read_mail(self, house, std::move(what.whose)); },
      [house, self](const tell_of_mail& what) { tell_nodes_of_mail(self, house, what.whose); },
      [house](const serving& now) { house->serve(now); },
      [house, self](const flush_all&) {
        house->flush();
        mark_delivered(self, house);
      },
      [house](const tell_user& what) { house->users.tell(what.who, what.event); },
      [house](const decision_told& what) { house->users.confirm(what.who, what.decision); },
      [house](const account_changed& what) { house->change_account(what); },
      [house](const salon_archived& what) { house->salons.archive(what.last.id); },
      [house, self](const survey&) { return house->survey(self->clock().now()); },
      [house, self](const list_hearers& msg) {
        return self->delegate(house->directory, name_users{house->users_hearing(msg.salon), msg.after_key});
      },
      [house](const new_settings& now) { house->take_up(now); },
      [](const settle&) { return settled{}; },
      [house, self](const address_out& what) { house->keep_out(what, self->clock().now()); },
      [house, self](const addresses_out& now) { house->keep_out(now, self->clock().now()); },
      [house](const address_let_in& what) { house->let_in(what); },
      [house](const operator_names& now) { house->reserved.set(now.names); },
      [house, self](const tick&) { house->tick(self->clock().now()); },
  };
}

} // namespace salond
