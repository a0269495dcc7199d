#include "actors/relay.hpp"
#include "actors/mail.hpp"
#include "actors/relay_requests.hpp"
#include "config/log.hpp"

namespace salond {

relay_actor::behavior_type relay(relay_actor::broker_pointer self, std::shared_ptr<audience> audience) {
  self->set_error_handler([](caf::error& why) {
    log::warning("the relay was told an error", {{"why", to_string(why)}});
  });
  return {
      [audience, self](told& msg) { audience->tell(msg, self->clock().now()); },
      [audience](const salon_opened& msg) { audience->salons.open(msg.record, msg.salon); },
      [audience](const salon_lost& msg) { audience->lose(msg.salon); },
      [audience](const close_user& msg) { audience->close_user(msg); },
      [audience](const announce& msg) { audience->announce(msg.event); },
      [audience, self](const close_all& msg) {
        auto answer = self->make_response_promise<all_closed>();
        audience->close_all(msg.last, self->clock().now(), [answer]() mutable { answer.deliver(all_closed{}); });
        return answer;
      },
      [audience](const close_some& msg) { audience->close_some(msg.last, msg.steps, msg.left); },
      [audience, self](private_text& msg) { store_private(self, audience, std::move(msg)); },
      [audience, self](wished_account& msg) { make_account(self, audience, std::move(msg)); },
      [audience, self](look_for_mail& msg) { read_mail(self, audience, std::move(msg.whose)); },
      [audience, self](const tell_of_mail& msg) { tell_nodes_of_mail(self, audience, msg.whose); },
      [audience](const serving& msg) { audience->serve(msg); },
      [audience, self](const flush_all&) {
        audience->flush();
        mark_delivered(self, audience);
      },
      [audience](const tell_user& msg) { audience->users.tell(msg.who, msg.event); },
      [audience](const decision_told& msg) { audience->users.confirm(msg.who, msg.decision); },
      [audience](const account_changed& msg) { audience->change_account(msg); },
      [audience](const salon_archived& msg) { audience->salons.archive(msg.last.id); },
      [audience, self](const survey&) { return audience->survey(self->clock().now()); },
      [audience, self](const list_hearers& msg) {
        return self->delegate(audience->directory, name_users{audience->users_hearing(msg.salon), msg.after_key});
      },
      [audience](const new_settings& msg) { audience->take_up(msg); },
      [](const settle&) { return settled{}; },
      [audience, self](const address_out& msg) { audience->keep_out(msg, self->clock().now()); },
      [audience, self](const addresses_out& msg) { audience->keep_out(msg, self->clock().now()); },
      [audience](const address_let_in& msg) { audience->let_in(msg); },
      [audience](const operator_names& msg) { audience->reserved.set(msg.names); },
      [audience, self](const tick&) { audience->tick(self->clock().now()); },
  };
}

} // namespace salond
