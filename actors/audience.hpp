// This node's connections: who they are, which salons they hear, what they are told. A plain object of the I/O thread,
// shared by the relay (which feeds it), the connections (which enter and leave) and the listeners (which ask for room).
// It joins its parts, which do not know each other: who is connected, who is online, the salons with their subscribers,
// alarms, what clients may still do.
//
// Invariants: a connection is registered from construction to on_exit, stands under its user from the proof of its
// password on, and among a salon's subscribers as long as its user is a member. Nothing here closes a connection while
// it walks a list: a connection that must end is marked and ends in flush().
#pragma once
#include "actors/admission.hpp"
#include "actors/cluster/frames.hpp"
#include "actors/fan_out/connection_registry.hpp"
#include "actors/fan_out/online_users.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/known_salons.hpp"
#include "actors/rules/address_bans.hpp"
#include "actors/rules/alarms.hpp"
#include "actors/rules/better_hashes.hpp"
#include "actors/rules/delivery_count.hpp"
#include "actors/rules/marks.hpp"
#include "actors/rules/refused_posts.hpp"
#include "actors/rules/reserved_names.hpp"
#include "actors/rules/rounds.hpp"

namespace salond {

namespace cluster {
struct node;
}

/// How this node tells the others about people, where it is one of several.
struct reach_of_peers {
  int64_t run = 0; ///< its own; 0: it is alone
  /// Of the I/O thread. False: there is no link to that run. Empty: there are no links.
  std::function<bool(cluster::node_id, cluster::frame_body)> send = {};
};

class audience {
public:
  explicit audience(const config::settings& configured) : settings(configured) {}

  config::settings settings; ///< of now: a connection keeps its codec's and its window's from when it came
  admission allowed{settings};
  std::shared_ptr<const tls_credentials> certificate; ///< for those who come through `tls://`
  /// Whom the connections ask; set at start, and again when one of them was started anew.
  store_actor store;
  directory_actor directory;
  serving services;
  relay_actor relay;
  std::shared_ptr<cluster::node> node; ///< its place among others; null where there is one process alone
  reach_of_peers peers;
  bool closing = false; ///< no new connection

  // --- its parts ---
  online_users users;
  known_salons salons;
  rules::marks marks;             ///< of private messages
  rules::rounds looks_for_mail;   ///< for whom here
  rules::rounds tells_of_mail;    ///< of whose the other nodes
  rules::reserved_names reserved; ///< as those of operators' certificates
  rules::better_hashes better_hashes;

  // --- connections ---
  /// Why a connection from there is not let in, if so.
  std::optional<fault> refuses(const std::string& address) const;
  /// banned or kicked, where nobody from there is let in.
  std::optional<fault> keeps_out(const std::string& address) const;
  /// Whether so many who are kept out are being told why that another is closed without a word.
  bool tells_many_why() const { return connections_.refused() >= connection_registry::max_told_why; }
  /// Nobody is let in from there from now on; who is connected from there is closed.
  void keep_out(const address_out& fact, instant at);
  /// The same of all of them, and of no others.
  void keep_out(const addresses_out& now, instant at);
  /// Of a node that must not serve for now: closes all connections, and lets nobody in.
  void turn_away();
  void let_in_again() { away_ = false; }
  /// That network is out no more; a wider one may be.
  void let_in(const address_let_in& fact);
  /// Whether even saying why costs too much.
  bool overrun() const;
  void enter(subscriber& who) { connections_.enter(who, peers.run); }
  void leave(subscriber& who);
  size_t connections() const { return connections_.size(); }
  /// Answers a connection, if it is still there.
  void answer(connection_id whom, rules::answer::any content);

  /// Logs what a client made happen, many in one line: admission::tell_fact().
  void tell_fact(const std::string& kind, const std::string& why, const std::string& address, instant now);
  /// Logs that somebody came: admission::tell_login().
  void tell_login(const std::string& username, const subscriber& who, instant now);
  /// What came of an attempt that `allowed` let begin, tried or waiting; others may have their turn now. `guesses`:
  /// passwords tried at once.
  void end_attempt(admission::attempt& tried, admission::attempt_result outcome, size_t guesses, instant now);

  // --- sessions ---
  /// The session begins: subscribes to its salons, corrected by what changed while it arrived. What waits for it is the
  /// connection's.
  void start_hearing(subscriber& who, const std::vector<salon_id>& stored);
  /// Whether another connection here may have been told some of it, and the store does not say so yet.
  bool may_be_told(const subscriber& who, const std::vector<private_message>& waiting) const;
  /// These have come to their target. They are marked behind this turn.
  void delivered(const std::vector<private_id>& which);
  /// The user's connections, or one of them, close with these last words. Whose account is gone is forgotten.
  void close_user(const salond::close_user& fact);
  /// The account has that name and role from now on.
  void change_account(const account_changed& fact);
  /// These were written to the user, and need not be remembered any more.
  void told_decisions(user_id who, std::vector<decided_request> which);

  // --- salons ---
  void lose(salon_id which);
  void tell(told& batch, instant now);
  /// Whoever hears it now, once a connection.
  std::vector<user_id> users_hearing(salon_id which);

  // --- everybody ---
  /// Somebody to ask was started again.
  void serve(const serving& now);
  void take_up(const new_settings& now);
  void announce(const event::any& event);
  surveyed survey(instant now) const;
  /// Closes as many as are this step's, if all that are here with the first one are to be closed in so many steps.
  /// `left`: with this one.
  void close_some(const event::any& last, size_t steps, size_t left);
  /// Calls `when_over` once the last connection is gone and every post is answered.
  void close_all(const event::any& last, instant now, std::function<void()> when_over);

  // --- turns of the loop ---
  /// `who` has something to write: flush() will write it, in this turn of the loop.
  void touch(subscriber& who);
  void flush();
  /// Wakes `who` at `when`, to a quarter of a second.
  void wake(const subscriber& who, instant when);
  void tick(instant now);

private:
  void change_members(const std::vector<user_id>& whom, local_salon& salon, online_users::membership now);
  void tell_events(local_salon& salon, const std::vector<event::any>& events, instant now);
  void answer(reply& found, local_salon& salon, instant now);
  void tell_if_over();
  void flush_later();
  void tick_later();
  void note(std::vector<admission::line> lines);
  void put_out(const address_out& fact);
  void close_kept_out(instant at);

  connection_registry connections_;
  pending_writes writes_;
  rules::address_bans out_;
  rules::delivery_count told_;
  rules::refused_posts refused_posts_;
  rules::alarms alarms_;
  std::function<void()> when_over_;
  size_t to_close_ = 0;    ///< with the first step of close_some()
  bool away_ = false;      ///< turn_away()
  bool flush_due_ = false; ///< the relay will hear a flush_all
  bool tick_due_ = false;  ///< the relay will hear a tick
};

} // namespace salond
