// Every message between actors. Asking is imperative, an answer is a participle, a fact is in the past.
// All of them stay in the process today; those that will cross nodes (to and from salons, directory, bans) hold values
// and shared immutable values only, so that an `inspect` is all they will need.
#pragma once
#include "actors/rules/hash_queue.hpp"
#include "actors/rules/presence.hpp"
#include "actors/rules/session.hpp"
#include "actors/store_job.hpp"
#include "config/config.hpp"
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"
#include <caf/all.hpp>
#include <memory>
#include <string>
#include <vector>

namespace salond {

class tls_credentials;

// --- to persistence ---

/// Work for the store. Writes that wait while a commit runs are committed together, in their order; reads see what is
/// committed and neither wait for writes nor delay them. Long reads see one state of the database, one after the other,
/// and delay no other read; they are abandoned when the server stops.
struct store_work {
  enum class kind { write, read, long_read };
  kind how = kind::read;
  std::shared_ptr<store_job> job;
};
/// The job has run, and what it wrote is durable.
struct store_done {};
/// INTERNAL to persistence: its threads have finished something.
struct collect {};
/// INTERNAL to persistence: all writes that this turn of the loop brought are there.
struct begin_writes {};
/// All that was asked before is done; nothing more is taken.
struct drain {};
/// How much waits.
struct count_work {};
struct counted_work {
  size_t writes = 0, reads = 0; ///< that wait, or are in work
  uint64_t groups = 0;          ///< transactions that wrote, since the start
  uint64_t busy_us = 0;         ///< how long they took in all
  uint64_t longest_us = 0;      ///< the longest of the last ten to twenty seconds
  uint64_t running_us = 0;      ///< how long the one in work has run
};

// --- to salons ---

/// Stores the text; then the hearers are told, and the author's connection is answered through its relay.
struct post {
  connection_id from;
  user_id author;
  std::string username;
  std::string text;
  std::string salon_as_typed;
};
/// Asks to belong; answered through the relay.
struct join {
  connection_id from;
  user_id who;
  std::string username;
};
/// Belongs no longer; answered through the relay.
struct leave {
  connection_id from;
  user_id who;
  std::string username;
};
/// Runs the job, a read, if `who` is a member: not_a_member.
struct read_history {
  user_id who;
  std::shared_ptr<store_job> job;
};
/// Who of the members is connected, if `who` is one: not_a_member.
struct list_members {
  user_id who;
  std::string after_key; ///< those behind this key
};
/// A membership was made in the store by somebody else than the salon (a registration).
struct member_added {
  user_id who;
};
/// Many at once (an import).
struct members_added {
  std::vector<user_id> who;
};
/// How an operator came to decide about a membership.
enum class decided_by : uint8_t {
  request,  ///< the user asked for it
  operators ///< nobody asked
};
/// An operator makes a user a member; answered once it is stored, behind what the members are told.
struct admit {
  salon_id salon;
  user_id who;
  std::string username;
  decided_by how = decided_by::request;
  decision why;
  bool remembered = false; ///< until the user has been told, be that at the next login
};
/// An operator ends a join request, a membership, or both; answered as admit is.
struct dismiss {
  salon_id salon;
  user_id who;
  std::string username;
  decided_by how = decided_by::request;
  decision why;
  bool remembered = false; ///< until the user has been told, be that at the next login
};
/// An account is gone, and its membership with it.
struct member_gone {
  user_id who;
};
/// INTERNAL to a salon: an append is over; the next may begin.
struct append_next {};

// --- to the relay ---

/// Answered when all that the actor was told before holds, with it and with all whom it tells in turn.
struct settle {};
struct settled {};

/// An answer on its way to a connection, behind what the connection is to hear first.
struct reply {
  connection_id to;
  rules::answer::any what;
};
/// What happened in a salon, committed together: who hears it from now on, what is told, who hears it no longer, and
/// the answers for the connections that asked. In this order.
struct told {
  salon_id salon;
  std::vector<user_id> entered;
  std::vector<event::any> events;
  std::vector<user_id> gone;
  std::vector<reply> replies;
};
/// Who hears a salon now? Answered by the directory, which knows what they are called.
struct list_hearers {
  salon_id salon;
  std::string after_key; ///< as list_members
};
/// INTERNAL to the relay: what was told in this turn goes out.
struct flush_all {};
/// INTERNAL to the relay and to persistence: time-outs.
struct tick {};
/// Every connection of a user is told this.
struct tell_user {
  user_id who;
  event::any what;
};
/// A decision that is remembered was told before this to who is connected.
struct decision_told {
  user_id who;
  decided_request what;
};
/// An operator gave an account another name or another role.
struct account_changed {
  user_id who;
  std::string username;
  salond::role role = salond::role::user;
};
/// How are this node's connections?
struct survey {};
struct surveyed_salon {
  salon_id salon;
  std::string name;
  size_t hearers = 0;
  uint64_t messages = 0; ///< told since the start
};
struct surveyed {
  size_t connections = 0, users = 0;
  uint64_t messages = 0, deliveries = 0; ///< told since the start; a delivery is a message to one hearer
  double messages_a_second = 0, deliveries_a_second = 0; ///< of the last ten seconds
  size_t posts_in_flight = 0, posts_parked = 0;
  std::vector<surveyed_salon> salons;
};
/// The salon failed; it is opened again, or not.
struct salon_lost {
  salon_id salon;
};
/// INTERNAL to the host: what a salon that was opened again may have missed is looked for once more.
struct salon_behind {
  salon_id salon;
};
/// Every connection of a user closes with these last words.
struct close_user {
  user_id who;
  event::any last;
};
/// Every connection hears this.
struct announce {
  event::any what;
};
/// No new connection; every connection closes with these last words. Answered when all are gone and every post is
/// answered.
struct close_all {
  event::any last;
};
struct all_closed {};

/// INTERNAL to a connection: its codec's time has come.
struct wake {};

// --- to the directory ---

/// The user is proven and comes online with this connection; the job (a write) opens the session in the store.
struct arrive {
  user_id who;
  std::string username;
  connection_id with;
  std::string address;
  std::shared_ptr<store_job> job;
};
/// The connection ended.
struct depart {
  user_id who;
  connection_id with;
  persistence::store::requests requests = persistence::store::requests::end; ///< of the user, should it be the last
};
/// INTERNAL to the directory: the store has taken the last departures.
struct departures_stored {};
/// Who is connected? For operators.
struct list_sessions {};
struct session_listed {
  user_id user;
  std::string username, address;
  moment since;
};
struct sessions_listed {
  std::shared_ptr<const std::vector<session_listed>> sessions;
};
/// What are they called, in the order of their keys? Of who is not connected nothing is said.
struct name_users {
  std::vector<user_id> users; ///< each may stand there more than once
  std::string after_key;      ///< those behind this key
};
struct users_named {
  rules::presence::named what;
};
/// Answered when the store knows of every departure.
struct settle_departures {};
struct departures_settled {};

// --- to bans ---

/// banned or kicked, if so; by key.
struct check_name {
  std::string key;
};
struct name_allowed {};
struct kick_user {
  std::string target;
  int64_t seconds = 300;
  decision why;
};
struct ban_user {
  std::string target;
  decision why;
};
struct unban_user {
  std::string target;
  decision why;
};
/// The spelling of whom it hit.
struct removed {
  std::string username;
};
/// Deletes an account and all that is personal; the name is free.
struct erase_user {
  std::string target;
  decision why;
};
struct erased {
  persistence::erased_user what;
};

// --- to passwords ---

struct hash_password {
  std::string password;
  rules::urgency how = rules::urgency::known;
};
struct hashed_password {
  std::string hash;
};
struct verify_password {
  std::string hash;
  std::vector<std::string> passwords;
  rules::urgency how = rules::urgency::known;
};
struct verified_password {
  std::optional<size_t> which;
  std::string better_hash;
};

// --- to the host ---

/// An account is gone: these salons forget it.
struct forget_user {
  user_id who;
  std::vector<salon_id> salons;
};

/// An operator made a salon, changed what it is called or for, or closed it for good: in the store already.
struct salon_made {
  salon_record now;
};
struct salon_changed {
  salon_record now;
};
struct salon_archived {
  salon_record last;
};
/// An operator made an account, which is a member of this salon.
struct membership_made {
  salon_id salon;
  user_id who;
};

/// An import made accounts, which are members of this salon.
struct memberships_made {
  persistence::new_members what;
};

// --- to the server, and from it to all who work by settings ---

/// The configuration was read again, or a certificate renewed. Whoever gets it works by it from then on; what may not
/// change in a running server (config/changes.hpp) is as before.
struct new_settings {
  std::shared_ptr<const config::settings> values;
  std::shared_ptr<const tls_credentials> certificate; ///< null where no door speaks TLS
};

/// Whose certificates are valid: nobody registers a name that is one of these or looks like it.
struct operator_names {
  std::vector<std::string> names;
};

// --- to the server ---

/// Stops in order: at once, or after telling everybody and waiting.
struct stop {
  int64_t after_seconds = 0;
};
/// INTERNAL to the server: the time that was told is over.
struct stop_now {};
/// The host has opened every salon.
struct salons_open {};
/// INTERNAL to the server: a listener that failed is opened again.
struct reopen {
  size_t listener = 0;
};
/// INTERNAL to the server: the ban registry is started again, which could not be read from the store before.
struct reread_bans {};

/// A fault as CAF's error; fault_of() finds it again.
caf::error make_error(fault why);

/// The fault that an error of a request is told as: our own, or storage for an actor that is gone.
fault fault_of(const caf::error& why);

} // namespace salond

#define SALOND_LOCAL(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(salond::type)
SALOND_LOCAL(store_work)
SALOND_LOCAL(store_done)
SALOND_LOCAL(collect)
SALOND_LOCAL(begin_writes)
SALOND_LOCAL(drain)
SALOND_LOCAL(count_work)
SALOND_LOCAL(counted_work)
SALOND_LOCAL(post)
SALOND_LOCAL(join)
SALOND_LOCAL(leave)
SALOND_LOCAL(read_history)
SALOND_LOCAL(settle)
SALOND_LOCAL(settled)
SALOND_LOCAL(list_members)
SALOND_LOCAL(member_added)
SALOND_LOCAL(members_added)
SALOND_LOCAL(member_gone)
SALOND_LOCAL(admit)
SALOND_LOCAL(dismiss)
SALOND_LOCAL(append_next)
SALOND_LOCAL(told)
SALOND_LOCAL(list_hearers)
SALOND_LOCAL(flush_all)
SALOND_LOCAL(tick)
SALOND_LOCAL(tell_user)
SALOND_LOCAL(decision_told)
SALOND_LOCAL(account_changed)
SALOND_LOCAL(survey)
SALOND_LOCAL(surveyed)
SALOND_LOCAL(salon_lost)
SALOND_LOCAL(salon_behind)
SALOND_LOCAL(close_user)
SALOND_LOCAL(announce)
SALOND_LOCAL(close_all)
SALOND_LOCAL(all_closed)
SALOND_LOCAL(wake)
SALOND_LOCAL(arrive)
SALOND_LOCAL(depart)
SALOND_LOCAL(departures_stored)
SALOND_LOCAL(list_sessions)
SALOND_LOCAL(sessions_listed)
SALOND_LOCAL(name_users)
SALOND_LOCAL(users_named)
SALOND_LOCAL(settle_departures)
SALOND_LOCAL(departures_settled)
SALOND_LOCAL(check_name)
SALOND_LOCAL(name_allowed)
SALOND_LOCAL(kick_user)
SALOND_LOCAL(ban_user)
SALOND_LOCAL(unban_user)
SALOND_LOCAL(removed)
SALOND_LOCAL(erase_user)
SALOND_LOCAL(erased)
SALOND_LOCAL(hash_password)
SALOND_LOCAL(hashed_password)
SALOND_LOCAL(verify_password)
SALOND_LOCAL(verified_password)
SALOND_LOCAL(forget_user)
SALOND_LOCAL(salon_made)
SALOND_LOCAL(salon_changed)
SALOND_LOCAL(salon_archived)
SALOND_LOCAL(membership_made)
SALOND_LOCAL(memberships_made)
SALOND_LOCAL(new_settings)
SALOND_LOCAL(operator_names)
SALOND_LOCAL(stop)
SALOND_LOCAL(stop_now)
SALOND_LOCAL(salons_open)
SALOND_LOCAL(reopen)
SALOND_LOCAL(reread_bans)
#undef SALOND_LOCAL
