// The state of the node's database, for commands that look at the node; and audit lines of commands that are carried
// out even if the database takes nothing.
#pragma once
#include "actors/admin/ask.hpp"
#include "config/log.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/health.hpp"

namespace salond {

/// For actors of this process.
constexpr auto node_patience = std::chrono::seconds{5};

/// The command's SECONDS, or so many where it has none. Nothing where they are refused, being more than a day.
inline std::optional<int64_t> seconds_of(const admin_call_ptr& call, int64_t otherwise) {
  constexpr int64_t max_seconds = 86400;
  const auto seconds = call->said().number("SECONDS").value_or(otherwise);
  if (seconds <= max_seconds)
    return seconds;
  call->refuse(admin_verdict::wrong_usage, "SECONDS is at most 86400, which is a day");
  return std::nullopt;
}

/// A transaction that has run for this long: the database is away, or as good as.
constexpr auto away_after = std::chrono::seconds{2};

/// The database as it is now.
struct database_state {
  bool answers = false;
  std::string trouble = {}; ///< health_store::trouble()
  counted_work work = {};
};

/// Whether the operator may know the places of files and the owners of certificates: moderators may not.
inline bool is_administrator(const admin_call_ptr& call) {
  return call->context.rights.role == role::administrator;
}

/// The trouble in the words that the operator may hear: its own words name files.
inline std::string trouble_told(const admin_call_ptr& call, const database_state& now) {
  return is_administrator(call) || now.trouble.empty() ? now.trouble : persistence::in_trouble;
}

inline bool is_away(const counted_work& work) {
  return std::chrono::microseconds{work.running_us} >= away_after;
}

/// Asks the database something small: a server that writes nothing would not see that it is away. `then` gets whether
/// it answered within `patience`, and the trouble that it knows of.
template <class Self, class Then>
void ask_whether_it_answers(Self* self, const store_actor& store, std::chrono::milliseconds patience, Then then) {
  const auto job = make_read_job([](const persistence::reading& db) {
    db.audit.tail(1);
    return db.health.trouble();
  });
  self->request(store, patience, store_work{job})
      .then(
          [then, job](const store_done&) {
            then({true, job->result});
          },
          [then](caf::error&) { then({}); });
}

/// Asks for the node's state. `then` gets the relay's answer, and the database's state.
template <class Self, class Then, class Otherwise>
void find_out_how_it_is(Self* self, const store_actor& store, const relay_actor& relay,
                        std::chrono::milliseconds patience, Then then, Otherwise otherwise) {
  self->request(relay, node_patience, survey{})
      .then(
          [self, store, patience, then, otherwise](const surveyed& traffic) {
            ask_whether_it_answers(self, store, patience, [=](const database_state& found) {
              self->request(store, node_patience, count_work{})
                  .then(
                      [then, traffic, found](const counted_work& work) {
                        then(traffic, {found.answers && !is_away(work), found.trouble, work});
                      },
                      otherwise);
            });
          },
          otherwise);
}

/// The same for an operator.
template <class Then>
void ask_how_it_is(const admin_call_ptr& call, Then then) {
  find_out_how_it_is(call->self(), call->parts().store, call->parts().relay, away_after, std::move(then),
                     refusing_error(call));
}

/// Tries for a moment to write the audit line of a command that is carried out even if the database takes nothing. In
/// the same transaction `also` writes. Then goes on, and writes the line when it can be written. `then` hears whether
/// the database took both.
template <class Also, class Then>
void note_also_if_possible(const admin_call_ptr& call, const late_line& line, Also also, Then then) {
  const auto job = make_passing_job([line, also](const persistence::writing& db) {
    db.audit.note(line.why, line.action, line.to, line.result);
    also(db);
    return done{};
  });
  call->self()
      ->request(call->parts().store, away_after, store_work{job})
      .then([then](const store_done&) { then(true); },
            [call, line, then](caf::error& why) {
              note_later(call->self(), line);
              log::warning("the audit log cannot be told: the database does not take it",
                           {{"command", std::string(call->said().row->name)},
                            {"to", line.to},
                            {"by", to_string(call->from().who())},
                            {"from", call->from().address},
                            {"why", to_string(fault_of(why))}});
              then(false);
            });
}
/// The same, with nothing else to write.
template <class Then>
void note_if_possible(const admin_call_ptr& call, const std::string& to, const std::string& reason,
                      const std::string& result, Then then) {
  note_also_if_possible(
      call, {call->why(reason), audited_as(*call->said().row), to, result}, [](const persistence::writing&) {},
      [then](bool) { then(); });
}
template <class Then>
void note_if_possible(const admin_call_ptr& call, const std::string& to, Then then) {
  note_if_possible(call, to, {}, "done", std::move(then));
}

} // namespace salond
