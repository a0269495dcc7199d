#include "persistence/decisions/registrations.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/registrations.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/decisions/audit.hpp"
#include "persistence/decisions/names.hpp"
#include "persistence/named_values.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
outcome<registered_user> register_user(const writing& db, const new_user& who) {
  if (const auto refusal = why_not_new(db, who))
    return *refusal;
  const auto made = db.accounts.insert(who);
  return registered_user{made, db.memberships.salons_of(made.username)};
}

outcome<registered_user> add_user(const writing& db, const new_user& who, const decision& why) {
  wait_for_turn(db);
  const auto made = register_user(db, who);
  if (!made)
    return refuse(db, why, audited::add_user, who.username, made.why());
  note(db, why, audited::add_user, who.username);
  return made;
}

std::optional<fault> why_not_requested(const reading& db, const new_user& who) {
  if (const auto refusal = why_not_new(db, who))
    return refusal;
  if (db.registrations.count() >= max_registrations)
    return fault::busy;
  if (!who.network.empty() && db.registrations.count_of(who.network) >= max_registrations_of_network)
    return fault::too_many_attempts;
  return std::nullopt;
}

outcome<done> request_registration(const writing& db, const new_user& who, moment now) {
  if (const auto refusal = why_not_requested(db, who))
    return *refusal;
  db.registrations.insert(who, now);
  return done{};
}

namespace {

/// REQUIRES: somebody waits for it.
moment waits_since(const reading& db, const std::string& username_key) {
  const auto& table = table_named("registrations");
  const auto rows = db.rows.with(table, column_named(table, "username_key"), username_key, {}, 1);
  return from_ms(named_values(table, rows.at(0)).number("created_ms"));
}

} // namespace

outcome<registered_user> accept_registration(const writing& db, const std::string& username_key, const decision& why) {
  wait_for_turn(db);
  const auto waiting = db.registrations.waiting(username_key);
  if (!waiting)
    return refuse(db, why, audited::accept_registration, username_key, fault::no_such_request);
  const auto since = waits_since(db, username_key);
  db.registrations.end(username_key); // its names are its own
  const auto made = register_user(db, *waiting);
  if (!made) {
    db.registrations.insert(*waiting, since);
    return refuse(db, why, audited::accept_registration, waiting->username, made.why());
  }
  note(db, why, audited::accept_registration, waiting->username);
  return made;
}

outcome<done> reject_registration(const writing& db, const std::string& username_key, const decision& why) {
  wait_for_turn(db);
  const auto waiting = db.registrations.waiting(username_key);
  if (!waiting)
    return refuse(db, why, audited::reject_registration, username_key, fault::no_such_request);
  db.registrations.end(username_key);
  note(db, why, audited::reject_registration, waiting->username);
  return done{};
}

outcome<size_t> reject_registrations(const writing& db, const registration_filter& which, const decision& why) {
  wait_for_turn(db);
  const auto all = registrations_of(db, which);
  for (const auto& registration : all)
    db.registrations.end(key_of(registration.username));
  const auto from = which.network ? "from " + *which.network : std::string(which.before ? "old ones" : "all");
  const auto whom = with(std::to_string(all.size()) + " registrations", from);
  if (all.empty())
    return refuse(db, why, audited::reject_registrations, whom, fault::no_such_request);
  note(db, why, audited::reject_registrations, whom);
  return all.size();
}

std::vector<registration> registrations_of(const reading& db, const registration_filter& which) {
  auto all = db.registrations.all();
  const auto other = [&](const registration& row) {
    return (which.network && row.network != *which.network) || (which.before && row.at >= *which.before);
  };
  all.erase(std::remove_if(all.begin(), all.end(), other), all.end());
  return all;
}

accepted_registrations accept_registrations(const writing& db, const std::vector<registration>& which,
                                            const decision& why) {
  accepted_registrations result;
  for (const auto& registration : which) {
    const auto made = accept_registration(db, key_of(registration.username), why);
    if (made)
      result.made.push_back(*made);
    else if (made.why() != fault::no_such_request) // somebody else decided meanwhile
      result.refused.push_back(registration.username);
  }
  return result;
}

} // namespace salond::persistence::decisions
