// Asking on behalf of an operator's call: a refusal ends the call with its reason.
#pragma once
#include "actors/admin/admin.hpp"
#include "actors/ask_store.hpp"
#include "persistence/contracts/audit.hpp"
#include <type_traits>

namespace salond {

/// Ends the call with a fault.
inline auto refusing(const admin_call_ptr& call) {
  return [call](fault why) { call->refuse(why); };
}
/// The same for an actor's error.
inline auto refusing_error(const admin_call_ptr& call) {
  return [call](caf::error& why) { call->refuse(fault_of(why)); };
}

template <class T>
struct is_outcome : std::false_type {};
template <class T>
struct is_outcome<outcome<T>> : std::true_type {};

/// Has the work done, and then calls `then` with its answer; if that is an outcome, with the outcome's value. `over` is
/// called first, whatever the answer is.
template <class Job, class Then, class Over>
void ask(const admin_call_ptr& call, const std::shared_ptr<Job>& job, bool is_long, Then then, Over over) {
  have_done(
      call->self(), call->parts().store, job, is_long,
      [call, then = std::move(then), over](auto& result) mutable {
        over();
        if constexpr (is_outcome<std::decay_t<decltype(result)>>::value) {
          if (!result)
            return call->refuse(result.why());
          then(*result);
        } else {
          then(result);
        }
      },
      [call, over](fault why) {
        over();
        call->refuse(why);
      });
}
/// Asks the thread that also answers clients. It gets operators' questions one at a time, so that a client's waits for
/// one of them at most.
template <class Ask, class Then>
void ask_to_read(const admin_call_ptr& call, Ask question, Then then) {
  call->self()->state.reads.put([call, question = std::move(question), then = std::move(then)] {
    ask(call, make_read_job(question), false, then, [call] { call->self()->state.reads.over(); });
  });
}
/// The same for the next part of a walk that asks part by part. The walk ends when its asker is gone.
template <class Ask, class Then>
void ask_to_read_on(const admin_call_ptr& call, Ask question, Then then) {
  if (!call->deserted())
    ask_to_read(call, std::move(question), std::move(then));
}
template <class Ask, class Then>
void ask_to_write(const admin_call_ptr& call, Ask question, Then then) {
  ask(call, make_write_job(std::move(question)), false, std::move(then), [] {});
}
/// Asks beside all others, on one state of the database, however long it takes.
template <class Ask, class Then>
void ask_to_read_long(const admin_call_ptr& call, Ask question, Then then) {
  ask(call, make_read_job(std::move(question)), true, std::move(then), [] {});
}
/// Writes a further step of a command that is done in part. `refused` tells what holds, since "nothing was done" is
/// untrue.
template <class Ask, class Then, class Refused>
void ask_to_write_on(const admin_call_ptr& call, Ask question, Then then, Refused refused) {
  write_store(call->self(), call->parts().store, std::move(question), std::move(then), std::move(refused));
}

/// Writes the audit line of a command that changes nothing else in the database, and then goes on.
template <class Then>
void note(const admin_call_ptr& call, std::string to, std::string reason, std::string result, Then then) {
  ask_to_write(
      call,
      [why = call->why(reason), action = audited_as(*call->said().row), to = std::move(to),
       result = std::move(result)](const persistence::writing& db) {
        db.audit.note(why, action, to, result);
        return done{};
      },
      [then = std::move(then)](done) mutable { then(); });
}
/// The same for a decision, before it is carried out.
template <class Then>
void note(const admin_call_ptr& call, std::string to, std::string reason, Then then) {
  note(call, std::move(to), std::move(reason), "done", std::move(then));
}

} // namespace salond
