// Asking on behalf of an operator's call: whatever is refused ends the call with its reason.
#pragma once
#include "actors/admin/admin.hpp"
#include "actors/ask_store.hpp"
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

/// Runs `what(store&)` and then `then` with its value; where it answers an outcome, with the outcome's. `over` comes
/// first, whatever came of it.
template <class Ask, class Then, class Over>
void ask(const admin_call_ptr& call, store_work::kind how, Ask what, Then then, Over over) {
  ask_store(
      call->self(), call->parts().store, how, std::move(what),
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
template <class Ask, class Then>
void ask(const admin_call_ptr& call, store_work::kind how, Ask what, Then then) {
  ask(call, how, std::move(what), std::move(then), [] {});
}
/// All operators' questions to the thread that also answers clients come one at a time: a client's waits for one at
/// most.
template <class Ask, class Then>
void ask_to_read(const admin_call_ptr& call, Ask what, Then then) {
  call->self()->state.reads.put([call, what = std::move(what), then = std::move(then)] {
    ask(call, store_work::kind::read, what, then, [call] { call->self()->state.reads.over(); });
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
  ask(call, store_work::kind::write, std::move(what), std::move(then));
}
/// The same for a further step of what is done in part: `refused` tells what holds, since "nothing was done" is untrue.
template <class Ask, class Then, class Refused>
void ask_to_write_on(const admin_call_ptr& call, Ask what, Then then, Refused refused) {
  ask_store(call->self(), call->parts().store, store_work::kind::write, std::move(what), std::move(then),
            std::move(refused));
}

/// Writes the audit line of what changes nothing else in the database, and then goes on.
template <class Then>
void note(const admin_call_ptr& call, std::string to, std::string reason, std::string result, Then then) {
  ask_to_write(
      call,
      [why = call->why(reason), what = std::string(call->said().what->name), to = std::move(to),
       result = std::move(result)](persistence::store& db) {
        db.note(why, what, to, result);
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
