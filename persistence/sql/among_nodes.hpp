// What a node's writer does besides where other nodes write to the database as well. Each transaction reads what is
// committed, row by row, so two nodes that look and then write may miss each other: who decides by a row locks it
// first, and looks then (docs/decisions/0037-nodes-in-the-database.md). Where one process writes none of this is
// needed.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/cluster/news.hpp"
#include "persistence/sql/driver.hpp"

namespace salond::persistence {

class among_nodes {
public:
  /// Writes through `on`, for this run of the node of that name.
  among_nodes(driver& on, int64_t run, std::string name) : on_(on), run_(run), name_(std::move(name)) {}

  std::string_view name() const { return name_; }

  // --- locks, until the transaction's end; always in this order: certificates, names or administrators, a token, an
  // account ---
  /// What is decided by which certificates are listed.
  void lock_certificates() { lock("certificates"); }
  /// What is decided by which names are taken, or banned.
  void lock_names() { lock("names"); }
  /// What is decided by who else is an administrator.
  void lock_administrators() { lock("administrators"); }
  void lock_token(const std::string& hash);
  /// What is decided by an account: who is out, what it belongs to, where it is connected, what waits for it.
  void lock_account(user_id who);
  /// The same by key.
  void lock_account(const std::string& username_key);

  // --- who is where ---
  /// The user is connected with this run. REQUIRES: the account is locked.
  void arrive(user_id who);
  /// They are not any more; those of them who are connected with no other run are `disconnected`, and their requests
  /// end unless they are kept.
  void depart(const std::vector<user_id>& who, offline_requests requests, moment now);
  /// Who is connected with no run is not `connected`; requests of who is not connected end, unless they are kept.
  void reset_presence(offline_requests requests);
  /// With which runs the user is connected. REQUIRES: the account is locked.
  std::vector<int64_t> runs_with(user_id who);

  // --- news ---
  /// All nodes must learn it. It is written with the transaction, at its end: whoever writes some holds the numbers'
  /// row for a moment only.
  void tell(fact what) { told_.push_back(std::move(what)); }
  /// Whether there was any.
  bool write_news();
  void forget_news() { told_.clear(); }

private:
  int64_t lock(const char* counter); ///< answers its value
  void lock_accounts(const std::vector<int64_t>& ids);

  driver& on_;
  int64_t run_;
  std::string name_;
  std::vector<fact> told_;
};

} // namespace salond::persistence
