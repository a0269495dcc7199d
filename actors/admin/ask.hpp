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

/// Runs `what(store&)` and then `then` with its value; where it answers an outcome, with the outcome's.
template <class Ask, class Then>
void ask(const admin_call_ptr& call, store_work::kind how, Ask what, Then then) {
  ask_store(
      call->self(), call->parts().store, how, std::move(what),
      [call, then = std::move(then)](auto& result) mutable {
        if constexpr (is_outcome<std::decay_t<decltype(result)>>::value) {
          if (!result)
            return call->refuse(result.why());
          then(*result);
        } else {
          then(result);
        }
      },
      refusing(call));
}
template <class Ask, class Then>
void ask_to_read(const admin_call_ptr& call, Ask what, Then then) {
  ask(call, store_work::kind::read, std::move(what), std::move(then));
}
template <class Ask, class Then>
void ask_to_write(const admin_call_ptr& call, Ask what, Then then) {
  ask(call, store_work::kind::write, std::move(what), std::move(then));
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
