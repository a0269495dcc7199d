// The words that messages are made of, as CAF writes and reads them. The words themselves know no CAF.
#pragma once
#include "actors/interfaces/inspect.hpp"
#include "actors/rules/session.hpp"
#include "persistence/answers.hpp"
#include "protocol/words/event.hpp"
#include "protocol/words/records.hpp"
#include <variant>

namespace salond {

/// The answer of a salon to a connection.
using salon_answer = std::variant<rules::answer::posted, rules::answer::settled>;

template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, id<Tag>& x) {
  return f(x.value);
}

SALOND_VALUES(salon_record, x.id, x.name, x.policy, x.last_seq, x.topic)
SALOND_VALUES(decided_request, x.salon, x.salon_name, x.accepted, x.at)
SALOND_VALUES(decision, x.by, x.from, x.reason, x.at, x.account, x.by_moderator)

namespace persistence {

SALOND_VALUES(new_members, x.salon, x.who)
SALOND_VALUES(removed_user, x.id, x.username, x.salons)
SALOND_VALUES(erased_user, x.who, x.receipt, x.deleted, x.goes_on)

} // namespace persistence

// words.cpp has the bodies of the two below for CAF's own inspectors: they are long, and there are no others.
namespace event {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, any& x);

} // namespace event

namespace rules::answer {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, salon_answer& x);

} // namespace rules::answer

} // namespace salond
