// What a node's writer does besides where other nodes write to the database as well. Each transaction reads what is
// committed, row by row, so two nodes that look and then write may miss each other: who decides by a row locks it
// first, and looks then (docs/decisions/0037-nodes-in-the-database.md). Where one process writes none of this is
// needed.
//
// A transaction holds its rows until it ends, and may be 256 tasks long. So what every login and every private message
// does waits for nobody (docs/decisions/0051-groups-that-do-not-meet.md): it is left to the transaction's end, passes
// over what others hold, or is looked at once more after the commit.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/cluster/news.hpp"
#include "persistence/sql/driver.hpp"
#include <map>
#include <set>

namespace salond::persistence {

class among_nodes {
public:
  /// Writes through `on`, for this run of the node of that name.
  among_nodes(driver& on, int64_t run, std::string name) : on_(on), run_(run), name_(std::move(name)) {}

  std::string_view name() const { return name_; }

  // --- locks, until the transaction's end; always in this order: certificates, names or administrators, a token, an
  // account. The first ones hold up all nodes: whoever has one ends his transaction soon ---
  /// What is decided by which certificates are listed.
  void lock_certificates() { lock_all("certificates"); }
  /// What is decided by which names are taken, or banned; and what an operator decides.
  void lock_names() { lock_all("names"); }
  /// What is decided by who else is an administrator.
  void lock_administrators() { lock_all("administrators"); }
  void lock_token(const std::string& hash);
  /// An account that goes: nobody writes in its name or to it any more, and what was left to the end is not done.
  void lock_account(user_id who);
  bool holds_up_others() const { return !held_.empty(); }
  /// Locks the rows of a table that nobody else holds, and answers which these are; waits for none.
  std::vector<int64_t> lock_free(const char* table, const char* number, std::vector<int64_t> ids);

  // --- who is where ---
  /// The user is connected with this run from the commit on, and is seen by look_again() from now on. False: he was
  /// connected with it already, or there is no such account.
  bool arrive(user_id who);
  /// He does not come in. REQUIRES: arrive() was true in this transaction.
  void turn_away(user_id who);
  /// What clients shows of him becomes so.
  void note_connected(user_id who, moment now);
  /// They are not any more; those of them who are connected with no other run are `disconnected`, and their requests
  /// end unless they are kept.
  void depart(const std::vector<user_id>& who, offline_requests requests, moment now);
  /// Who is connected with no run is not `connected`; requests of who is not connected end, unless they are kept.
  void reset_presence(offline_requests requests);
  /// Fills in with which runs the owner and the author are connected. Of an owner who comes in meanwhile look_again()
  /// tells the others.
  void look_where(mailbox& box, user_id author);
  /// Whether the user is connected with another run than this.
  bool is_elsewhere(user_id who);
  void remember_address(user_id who, const std::string& address, moment now);
  /// Of the tokens that have expired, as many as anybody who issues one has to end so that they do not become more.
  void end_some_tokens(moment now);

  // --- news ---
  /// All nodes must learn it. It is written with the transaction, at its end: whoever writes some holds the numbers'
  /// row for a moment only.
  void tell(fact news) { rest_.told.push_back(std::move(news)); }

  /// A line of the audit log, in this node's name. It is written at the end as well, under the same lock: so the lines'
  /// numbers rise in the order of commits, and whoever reads on behind the last one misses none.
  void note(audit_line line);
  /// Those that are not written yet.
  const std::vector<audit_line>& noted() const { return rest_.audited; }
  /// The same now, for its number: holds up all nodes that write lines or news.
  void note_at_once(audit_line line);

  // --- the course of a transaction ---
  /// One begins; nothing is left of one that was undone.
  void begin();
  /// Writes what was left to the end, in an order that all nodes keep. Answers whether there was news.
  bool write_rest();
  /// It was committed: what is below is to follow.
  void committed();
  using execute = std::function<void(const std::string& statement)>; ///< runs what begins and ends transactions
  /// Looks for targets of private messages who were coming in while these were written, on another node, and so found
  /// none and were not found. Answers whether there is news for them, which is committed.
  bool look_again(const execute& run);
  /// Whether clients does not show all yet that was committed, since others held its rows: the next transactions try.
  bool has_late() const { return !late_.empty() || !unlooked_.empty(); }

private:
  /// What clients is to show of a user.
  struct shown {
    bool connected = false;
    moment at;
  };
  using shown_users = std::map<user_id, shown>;
  using found_users = std::map<user_id, std::vector<int64_t>>; ///< and with which runs they were found connected
  struct rest {
    shown_users seen, held; ///< held: with those of former transactions, rows that others hold
    std::map<std::pair<user_id, std::string>, moment> addresses;
    found_users targets; ///< of private messages
    std::vector<fact> told;
    std::vector<audit_line> audited;
  };

  int64_t lock(const char* counter); ///< answers its value
  void lock_all(const char* counter);
  void end_requests(const std::vector<int64_t>& of);
  void write_addresses();
  void write_seen();
  void show(const std::vector<int64_t>& ids, const shown& as);
  static void find_in_all(found_users& found, user_id who, const std::vector<int64_t>& runs);
  bool write_news();

  driver& on_;
  int64_t run_;
  std::string name_;
  // Of this transaction.
  rest rest_;
  std::set<std::string_view> held_; ///< counters that hold up all nodes, each locked once
  // Of committed ones: what is still to be written, and to be looked for.
  shown_users late_;
  found_users unlooked_;
};

} // namespace salond::persistence
