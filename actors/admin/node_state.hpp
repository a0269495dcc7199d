// How the database of the node is, for commands that look at the node; and notes of what must be done even where it
// takes nothing.
#pragma once
#include "actors/admin/ask.hpp"
#include "config/log.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/health.hpp"

namespace salond {

/// For actors of this process.
constexpr auto node_patience = std::chrono::seconds{5};

/// A transaction that has run for this long: the database is away, or as good as.
constexpr auto away_after = std::chrono::seconds{2};

/// The database as it is now.
struct database_state {
  bool answers = false;
  std::string trouble = {}; ///< health_store::trouble()
  counted_work work = {};
};

/// Where files lie, and whose certificates there are, is not for moderators to know.
inline bool is_administrator(const admin_call_ptr& call) {
  return call->file.rights.role == role::administrator;
}

/// The trouble as the operator is told of it: it names files.
inline std::string trouble_told(const admin_call_ptr& call, const database_state& now) {
  return is_administrator(call) || now.trouble.empty() ? now.trouble : persistence::in_trouble;
}

inline bool is_away(const counted_work& work) {
  return std::chrono::microseconds{work.running_us} >= away_after;
}

/// Asks the database something small, for who writes nothing does not see that it is away; `then` gets whether it
/// answered in time, and what it knows of trouble.
template <class Then>
void ask_whether_it_answers(const admin_call_ptr& call, Then then) {
  const auto job = make_read_job([](const persistence::reading& db) {
    db.audit.tail(1);
    return db.health.trouble();
  });
  call->self()
      ->request(call->parts().store, away_after, store_work{job})
      .then(
          [then, job](const store_done&) {
            then({true, job->result});
          },
          [then](caf::error&) { then({}); });
}

/// Asks who can say how the node is; `then` gets the answers: of the relay, and how the database is.
template <class Then>
void ask_how_it_is(const admin_call_ptr& call, Then then) {
  call->self()
      ->request(call->parts().relay, node_patience, survey{})
      .then(
          [call, then](const surveyed& house) {
            ask_whether_it_answers(call, [call, then, house](const database_state& found) {
              call->self()
                  ->request(call->parts().store, node_patience, count_work{})
                  .then(
                      [then, house, found](const counted_work& work) {
                        then(house, {found.answers && !is_away(work), found.trouble, work});
                      },
                      refusing_error(call));
            });
          },
          refusing_error(call));
}

/// Tries for a moment to write the audit line of what must be done even where the database takes nothing; then goes on,
/// and writes it when it can be written.
template <class Then>
void note_if_possible(const admin_call_ptr& call, const std::string& to, const std::string& reason,
                      const std::string& result, Then then) {
  const late_line line{call->why(reason), audited_as(*call->said().what), to, result};
  const auto job = make_passing_job([line](const persistence::writing& db) {
    db.audit.note(line.why, line.what, line.to, line.result);
    return done{};
  });
  call->self()
      ->request(call->parts().store, away_after, store_work{job})
      .then([then](const store_done&) { then(); },
            [call, to, line, then](caf::error& why) {
              note_later(call->self(), line);
              log::warning("the audit log cannot be told: the database does not take it",
                           {{"command", std::string(call->said().what->name)},
                            {"to", to},
                            {"by", to_string(call->from().who())},
                            {"from", call->from().address},
                            {"why", to_string(fault_of(why))}});
              then();
            });
}
template <class Then>
void note_if_possible(const admin_call_ptr& call, const std::string& to, Then then) {
  note_if_possible(call, to, {}, "done", std::move(then));
}

} // namespace salond
