#include "actors/server.hpp"
#include "actors/server_steps.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

std::string what_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "unknown";
  }
}

} // namespace

server_actor::behavior_type server(server_pointer self, std::shared_ptr<node_parts> parts, node_events events) {
  self->state.parts = std::move(*parts);
  self->state.events = std::move(events);
  self->set_error_handler([](caf::error& why) {
    log::warning("the server was told an error", {{"why", to_string(why)}});
  });
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  self->set_exception_handler([ended = self->state.events.ended](std::exception_ptr& error) -> caf::error {
    log::error("the server failed; ending", {{"why", what_of(error)}});
    ended(1);
    return caf::exit_reason::unhandled_exception;
  });
  start_all(self);
  return {
      [self](const stop& msg) {
        msg.after_seconds <= 0 ? stop_in_order(self) // also while an announced stop waits
                               : stop_later(self, std::chrono::seconds{msg.after_seconds});
      },
      [self](const stop_now&) {
        if (self->clock().now() >= self->state.stop_at) // else another word came since, and another message will
          stop_in_order(self);
      },
      [self](const drain_node& msg) { begin_drain(self, std::chrono::seconds{msg.seconds}); },
      [self](const ask_end&) {
        const auto& st = self->state;
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(st.stop_at - self->clock().now());
        return asked_end{st.stopping, std::max<int64_t>(left.count(), 0)};
      },
      [self](const drain_on&) { drain_on_now(self); },
      [self](const node_lost&) { leave_run(self); },
      [self](const salons_open&) {
        self->state.salons_are_open = true;
        open_doors(self);
      },
      [self](const node_entered&) {
        self->state.entered = true;
        open_doors(self);
      },
      [self](const node_refused& msg) {
        if (self->state.stopping)
          return; // it ends anyway, with a status of its own
        log::error("this node does not serve: " + msg.why);
        end_of_node(self, 1);
      },
      [self](const retry_listener& msg) { reopen_listener(self, msg.listener); },
      [self](const retry_bans&) { restart_bans(self); },
      [self](const new_settings& now) {
        auto& st = self->state;
        st.parts.settings = *now.values;
        st.parts.certificate = now.certificate;
        st.actors.board->take(now.values->retention);
        self->send(st.actors.relay, now);
      },
      [self](const settle&) {
        auto answer = self->make_response_promise<settled>();
        self->state.settling.push_back(answer);
        settle_if_closed(self);
        return answer;
      },
  };
}

} // namespace salond
