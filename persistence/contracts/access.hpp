// What a transaction hands out. With `reading` everything can be asked and nothing written; with `writing` both. In
// each feature's interface the functions that only ask are const, and the others write. Nobody but a store has one to
// give.
#pragma once

namespace salond::persistence {

class account_store;
class audit_store;
class ban_store;
class certificate_store;
class departure_store;
class health_store;
class home_store;
class import_store;
class invitation_store;
class join_request_store;
class membership_store;
class message_store;
class private_message_store;
class registration_store;
class retention_store;
class role_store;
class row_store;
class salon_store;
class search_index_store;
class session_store;

/// REQUIRES of whoever was given it: not to keep it after the work that it was given for.
struct reading {
  const account_store& accounts;
  const audit_store& audit;
  const ban_store& bans;
  const certificate_store& certificates;
  const departure_store& departures;
  const health_store& health;
  const home_store& homes;
  const import_store& imports;
  const invitation_store& invitations;
  const join_request_store& join_requests;
  const membership_store& memberships;
  const message_store& messages;
  const private_message_store& private_messages;
  const registration_store& registrations;
  const retention_store& retention;
  const role_store& roles;
  const row_store& rows;
  const salon_store& salons;
  const search_index_store& search_index;
  const session_store& sessions;
};

/// The same. Who may write may ask.
struct writing {
  account_store& accounts;
  audit_store& audit;
  ban_store& bans;
  certificate_store& certificates;
  departure_store& departures;
  health_store& health;
  home_store& homes;
  import_store& imports;
  invitation_store& invitations;
  join_request_store& join_requests;
  membership_store& memberships;
  message_store& messages;
  private_message_store& private_messages;
  registration_store& registrations;
  retention_store& retention;
  role_store& roles;
  row_store& rows;
  salon_store& salons;
  search_index_store& search_index;
  session_store& sessions;

  operator reading() const {
    return {accounts,  audit,       bans,          certificates, departures,   health,           homes,
            imports,   invitations, join_requests, memberships,  messages,     private_messages, registrations,
            retention, roles,       rows,          salons,       search_index, sessions};
  }
};

/// Who may do what to whom, and what the audit log says of it: plain functions, in persistence/decisions/.
namespace decisions {}

} // namespace salond::persistence
