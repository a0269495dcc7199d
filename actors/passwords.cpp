#include "actors/passwords.hpp"
#include "actors/rules/password.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

using pointer = passwords_actor::stateful_pointer<passwords_state>;

/// Computes `work()` on a thread and delivers its result. Answers busy when too much waits, or when there is no memory
/// for it. `asked`: how urgent it is, from where it comes, whether it is still wanted.
template <class Result, class Question, class Work>
caf::result<Result> compute(pointer self, const Question& asked, Work work) {
  const auto& pending = asked.pending;
  if (pending && pending->taken_back())
    return make_error(fault::busy);
  auto answer = self->make_response_promise<Result>();
  const std::function<void()> refuse = [answer]() mutable { answer.deliver(make_error(fault::busy)); };
  self->state.threads->put(asked.urgency, asked.from,
                           {[answer, refuse, pending, work = std::move(work)]() -> std::function<void()> {
                              try {
                                return [answer, result = work()]() mutable { answer.deliver(std::move(result)); };
                              } catch (const std::exception& error) {
                                log::error("cannot hash a password", {{"why", error.what()}});
                                if (pending)
                                  pending->failed();
                                return refuse;
                              }
                            },
                            refuse, pending});
  return answer;
}

} // namespace

passwords_actor::behavior_type passwords(pointer self, config::passwords settings) {
  self->set_error_handler([](caf::error& why) {
    log::warning("the passwords' actor was told an error", {{"why", to_string(why)}});
  });
  const auto weak = caf::actor_cast<caf::actor_addr>(self); // the threads must not keep their owner alive
  self->state.threads = std::make_unique<work_threads>(std::max(1u, settings.threads), settings.queue, [weak] {
    if (auto owner = caf::actor_cast<passwords_actor>(weak))
      caf::anon_send(owner, collect_hashes{});
  });
  const rules::password_cost cost{settings.memory_kib, settings.passes};
  return {
      [self, cost](const hash_password& msg) {
        return compute<hashed_password>(self, msg, [password = msg.password, cost] {
          return hashed_password{rules::hash_password(password, cost)};
        });
      },
      [self, cost](const verify_password& msg) {
        return compute<verified_password>(self, msg, [msg, cost] {
          auto found = rules::verify_passwords(msg.hash, msg.passwords, cost);
          return verified_password{found.which, std::move(found.better_hash)};
        });
      },
      [self](const refuse_unwanted&) { self->state.threads->refuse_unwanted(); },
      [self](const collect_hashes&) {
        for (auto& then : self->state.threads->take_finished())
          then();
      },
  };
}

} // namespace salond
