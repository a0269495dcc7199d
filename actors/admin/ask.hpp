// Asking on behalf of an operator's call: whatever is refused ends the call with its reason.
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

/// Has the work done and then calls `then` with what it answers; where that is an outcome, with the outcome's value.
/// `over` comes first, whatever came of it.
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
/// All operators' questions to the thread that also answers clients come one at a time: a client's waits for one at
/// most.
template <class Ask, class Then>
void ask_to_read(const admin_call_ptr& call, Ask what, Then then) {
  call->self()->state.reads.put([call, what = std::move(what), then = std::move(then)] {
    ask(call, make_read_job(what), false, then, [call] { call->self()->state.reads.over(); });
  });
}
/// The same for the next part of a walk that asks part by part: it ends with an asker who is gone.
template <class Ask, class Then>
void ask_to_read_on(const admin_call_ptr& call, Ask what, Then then) {
  if (!call->deserted())
    ask_to_read(call, std::move(what), std::move(then));
}
template <class Ask, class Then>
void ask_to_write(const admin_call_ptr& call, Ask what, Then then) {
  ask(call, make_write_job(std::move(what)), false, std::move(then), [] {});
}
/// Beside all others, on one state of the database, however long it takes.
template <class Ask, class Then>
void ask_to_read_long(const admin_call_ptr& call, Ask what, Then then) {
  ask(call, make_read_job(std::move(what)), true, std::move(then), [] {});
}
/// The same for a further step of what is done in part: `refused` tells what holds, since "nothing was done" is untrue.
template <class Ask, class Then, class Refused>
void ask_to_write_on(const admin_call_ptr& call, Ask what, Then then, Refused refused) {
  write_store(call->self(), call->parts().store, std::move(what), std::move(then), std::move(refused));
}

/// Writes the audit line of what changes nothing else in the database, and then goes on.
template <class Then>
void note(const admin_call_ptr& call, std::string to, std::string reason, std::string result, Then then) {
  ask_to_write(
      call,
      [why = call->why(reason), what = audited_as(*call->said().what), to = std::move(to),
       result = std::move(result)](const persistence::writing& db) {
        db.audit.note(why, what, to, result);
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
