// This node's connections: who they are, which salons they hear, what they are told. A plain object of the I/O thread,
// shared by the relay (which feeds it), the connections (which enter and leave) and the listeners (which ask for room).
//
// Invariants: a connection stands in `connections_` from construction to on_exit, under its user from the proof of its
// password on, and in a salon's hearers as long as its user is a member. Nothing here closes a connection while it
// walks a list: a connection that must end is marked and ends in flush().
#pragma once
#include "actors/admission.hpp"
#include "actors/dialects.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/rules/backlog.hpp"
#include "actors/rules/recent_rate.hpp"
#include "protocol/words/lookalikes.hpp"
#include <array>
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace salond {

class hearer;

/// A salon as this node's connections see it.
struct desk {
  salon_record record;
  salon_actor salon; ///< invalid while the salon is not open
  std::vector<hearer*> hearers;
  size_t posts = 0;                 ///< of this node, unanswered
  std::deque<connection_id> parked; ///< wait until fewer posts are unanswered
  uint64_t messages = 0;            ///< told since the start
  bool archived = false;
};

/// A connection's place among a salon's hearers.
struct seat {
  desk* at = nullptr;
  size_t place = 0;
};

/// What the audience knows of a connection, and asks of it.
class hearer {
public:
  virtual ~hearer() = default;
  /// Bytes spelled for its dialect: queued, they go out at flush().
  virtual void hear(const shared_texts& spelled) = 0;
  virtual void hear(const event::any& what) = 0;
  /// As hear(), to its target: audience::delivered() is called once it is written.
  virtual void deliver(const event::said_privately& what) = 0;
  /// What it has been told last is this decision: audience::told_decisions() is called once that is written.
  virtual void confirm(const decided_request& what) = 0;
  virtual void answered(rules::answer::any what) = 0;
  /// Says `last` and closes, once what was queued is out.
  virtual void close(const std::optional<event::any>& last) = 0;
  virtual void flush() = 0;
  /// The time it asked to be woken at has come.
  virtual void time_has_come(instant now) = 0;
  /// The salon failed; what it was asked is answered by nobody.
  virtual void lost(salon_id which) = 0;
  /// Bans or passwords failed and were started again; what they were asked is answered by nobody.
  virtual void services_lost() = 0;
  /// There is room for a post that was parked.
  virtual void unparked() = 0;
  /// Its user has another name or another role now.
  virtual void account_is(const std::string& username, role now) = 0;
  /// Its password, which waited for others' to be judged, may be tried now or is to be refused.
  virtual void attempt_due() = 0;

  connection_id number;
  std::string peer;    ///< its address
  std::string network; ///< whose allowances it uses: network_of() its address
  dialect speaks = dialect::text;
  user_id account;        ///< none before its password is proven
  bool listening = false; ///< its session has begun: it may hear
  bool dirty = false;     ///< stands in the list of those to flush
  bool hung_up = false;   ///< was told its last words, and hears nothing more
  std::vector<seat> seats;
  std::map<salon_id, bool> while_arriving; ///< memberships made (true) or ended before its session began
  rules::backlog backlog;                  ///< private messages before it is over; later ones come as they are told
};

class audience {
public:
  explicit audience(const config::settings& how) : settings(how) {}

  config::settings settings; ///< of now: a connection keeps its codec's and its window's from when it came
  admission allowed{settings};
  std::shared_ptr<const tls_credentials> certificate; ///< for those who come through `tls://`
  /// Whom the connections ask; set at start, and again when one of them was started anew.
  store_actor store;
  directory_actor directory;
  serving services;
  relay_actor relay;
  bool closing = false; ///< no new connection

  // --- connections ---
  connection_id next_id();
  /// Why a connection from there is not let in, if so.
  std::optional<fault> refuses(const std::string& address) const;
  /// Whether even saying why costs too much: far above the limit.
  bool overrun() const;
  void enter(hearer& who);
  void leave(hearer& who);
  size_t connections() const { return connections_.size(); }

  /// Logs what a client made happen, many in one line: admission::tell_fact().
  void tell_fact(const std::string& kind, const std::string& why, const std::string& address, instant now);

  // --- passwords ---
  /// What came of an attempt that `allowed` let begin, tried or waiting; others may have their turn now. `guesses`:
  /// passwords tried at once.
  void end_attempt(admission::attempt& what, admission::attempt_result how, size_t guesses, instant now);

  // --- users ---
  /// Its user is proven; memberships and private messages are remembered until start_hearing().
  void arrive(hearer& who, user_id as);
  /// The session begins: takes its seats, corrected by what changed while it arrived. Answers the first piece of what
  /// it missed: what waited, and what was told while it arrived, in order, each once.
  rules::backlog::piece start_hearing(hearer& who, const std::string& username, persistence::arrival&& as);
  /// The salons as `who` is told them at its login.
  std::vector<event::listed_salon> list_for(const hearer& who);
  /// Tells each connection of the target that is not still told what waited, which comes first; and the author's others
  /// but `from`; nobody twice.
  void tell_privately(user_id target, user_id author, connection_id from, const event::said_privately& what);
  /// Answers a connection, if it is still there.
  void answer(connection_id whom, rules::answer::any what);
  /// Tells each connection of a user.
  void tell_user(user_id who, const event::any& what);
  void change_account(const account_changed& what);
  /// These were written to their target.
  void delivered(std::vector<private_id> which);
  /// Each connection of the user has been told a decision, which is remembered until it is written to one.
  void confirm(user_id who, const decided_request& what);
  void told_decisions(user_id who, std::vector<decided_request> which);

  // --- salons ---
  void open(const salon_opened& what);
  void lose(salon_id which);
  /// Nobody finds it, and nobody hears it, any more.
  void archive(salon_id which);
  /// By name as typed; null when there is none. Stays valid for ever.
  desk* find(const std::string& name);
  desk* find(salon_id which);
  void tell(told& what, instant now);
  /// Whoever hears it now, once a connection.
  std::vector<user_id> users_hearing(salon_id which);
  /// Waits in `at` for room: unparked() will be called.
  void park(desk& at, const hearer& who) { at.parked.push_back(who.number); }

  /// Somebody to ask was started again.
  void serve(const serving& now);
  void take_up(const new_settings& now);

  /// Nobody registers these names, nor what looks like them, until it is called again.
  void reserve(const std::vector<std::string>& operators);
  bool is_reserved_for_operator(const std::string& username) const;

  // --- everybody ---
  /// `only`: one connection of the user; 0: all.
  void close_user(user_id who, const event::any& last, connection_id only = {});
  void announce(const event::any& what);
  surveyed survey(instant now) const;
  /// Calls `when_over` once the last connection is gone and every post is answered.
  void close_all(const event::any& last, instant now, std::function<void()> when_over);

  // --- turns of the loop ---
  /// `who` has something to write: flush() will write it, in this turn of the loop.
  void touch(hearer& who);
  void flush();
  /// Wakes `who` at `when`, to a quarter of a second.
  void wake(const hearer& who, instant when);
  void tick(instant now);

private:
  std::vector<skeletons> reserved_; ///< what the names of operators' certificates look like
  void sit(hearer& who, desk& at);
  void stand_up(hearer& who, desk& at);
  void answer(reply& what, desk& at);
  void tell_if_over();
  void flush_later();
  void tick_later();
  void note(std::vector<admission::line> lines);
  std::vector<hearer*> everybody() const;

  int64_t ids_ = 0;
  std::unordered_map<connection_id, hearer*> connections_;
  std::unordered_map<std::string, size_t> addresses_;
  std::unordered_map<user_id, std::vector<hearer*>> users_;
  std::unordered_map<salon_id, std::unique_ptr<desk>> desks_;
  std::unordered_map<std::string, desk*> by_key_, by_name_;
  /// All that are not archived, by number; empty: not gathered since a change.
  std::vector<event::listed_salon> listed_;
  std::vector<hearer*> dirty_;
  bool flush_due_ = false;
  uint64_t messages_ = 0, deliveries_ = 0; ///< told since the start
  rules::recent_rate recent_messages_, recent_deliveries_;
  std::vector<private_id> delivered_;
  std::multimap<instant, connection_id> alarms_;
  std::function<void()> when_over_;
  bool ticking_ = false; ///< the relay will hear a tick
};

} // namespace salond
