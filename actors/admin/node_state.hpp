// How the database of the node is, for commands that look at the node.
#pragma once
#include "actors/admin/ask.hpp"

namespace salond {

/// For actors of this process.
constexpr auto node_patience = std::chrono::seconds{5};

/// A transaction that has run for this long: the database is away, or as good as.
constexpr auto away_after = std::chrono::seconds{2};

inline bool is_away(const counted_work& work) {
  return std::chrono::microseconds{work.running_us} >= away_after;
}

/// Asks the database something small, for who writes nothing does not see that it is away; `then` gets whether it
/// answered in time.
template <class Then>
void ask_whether_it_answers(const admin_call_ptr& call, Then then) {
  const auto job = make_store_job([](persistence::store& db) { return db.audit_tail(1).size(); });
  call->self()
      ->request(call->parts().store, away_after, store_work{store_work::kind::read, job})
      .then([then](const store_done&) { then(true); }, [then](caf::error&) { then(false); });
}

/// Asks who can say how the node is; `then` gets the answers: of the relay, of the database, and whether that answers.
template <class Then>
void ask_how_it_is(const admin_call_ptr& call, Then then) {
  call->self()
      ->request(call->parts().relay, node_patience, survey{})
      .then(
          [call, then](const surveyed& house) {
            ask_whether_it_answers(call, [call, then, house](bool answers) {
              call->self()
                  ->request(call->parts().store, node_patience, count_work{})
                  .then([then, house,
                         answers](const counted_work& work) { then(house, work, answers && !is_away(work)); },
                        refusing_error(call));
            });
          },
          refusing_error(call));
}

} // namespace salond
