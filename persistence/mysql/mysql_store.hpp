// The store in MySQL or MariaDB. What each function promises stands in persistence/store.hpp.
// Its functions are in files by concern: mysql_store (start, opening), transact (transactions and lost connections),
// salons, settings (what operators decide about
// salons), users, people (what operators ask about users), messages, bans, audit.
#pragma once
#include "persistence/mysql/connection.hpp"
#include "persistence/open.hpp"
#include <condition_variable>
#include <mutex>
#include <unordered_set>

namespace salond::persistence {

/// Exactly once, though the answer to a COMMIT may be lost: each transaction moves a marker, our row of `writers`, and
/// after a loss the marker tells whether it was committed.
class mysql_store final : public store {
public:
  enum class purpose { write, read };

  /// Connects. REQUIRES: the tables are up to date. A writer keeps others out: throws `setup` when there is one.
  mysql_store(config::mysql_database where, mysql::tuning how, purpose what, std::chrono::milliseconds patience,
              reporter report);
  ~mysql_store() override;

  void transact(const std::function<void()>& work) override;
  void read(const std::function<void()>& work) override;
  std::unique_ptr<store> reader() override;
  std::string describe() override;
  void give_up() override;

  void reset_presence(requests what) override;
  administrator_state administrators() override;
  user make_administrator(const std::string& username, const std::string& password_hash) override;

  std::vector<salon_record> salons() override;
  std::vector<user_id> members(salon_id salon) override;
  outcome<salon_record> create_salon(const std::string& name, policy how, const decision& why) override;
  outcome<salon_record> set_policy(salon_id salon, policy how, const decision& why) override;
  outcome<salon_record> set_topic(salon_id salon, const std::string& topic, const decision& why) override;
  outcome<salon_record> rename_salon(salon_id salon, const std::string& name, const decision& why) override;
  outcome<salon_record> archive_salon(salon_id salon, const decision& why) override;

  outcome<user> find_user(const std::string& username_key) override;
  outcome<registered_user> register_user(const new_user& who) override;
  bool replace_hash(user_id who, const std::string& expected, const std::string& hash) override;
  bool change_password(user_id who, const std::string& expected, const std::string& hash, const decision& why) override;

  outcome<registered_user> add_user(const new_user& who, const decision& why) override;
  outcome<user> rename_user(const std::string& username_key, const std::string& new_username,
                            const decision& why) override;
  outcome<user> set_password(const std::string& username_key, const std::string& hash, const decision& why) override;
  std::vector<user_profile> find_users(const std::string& key_part, const std::string& after_key, size_t most) override;
  outcome<user_profile> profile(const std::string& username_key) override;
  std::vector<salon_id> moderates(const std::string& username_key) override;
  outcome<user> set_role(const std::string& username_key, role now, const std::vector<salon_id>& moderated,
                         const decision& why) override;

  outcome<arrival> open_session(user_id who, moment now) override;
  void close_session(user_id who, requests what, moment now) override;
  void issue_token(user_id who, const std::string& hash, moment now, moment expires) override;
  outcome<user> redeem_token(const std::string& hash, moment now) override;

  outcome<done> append(const new_message& what) override;
  std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) override;
  outcome<done> delete_message(message_id which, const decision& why) override;
  std::vector<chat_message> search(salon_id salon, const std::string& text, int64_t before, size_t count) override;

  outcome<membership_change> add_member(salon_id salon, user_id who) override;
  outcome<membership_change> remove_member(salon_id salon, user_id who) override;
  outcome<request_change> add_request(salon_id salon, user_id who, moment now) override;
  outcome<done> accept_request(salon_id salon, user_id who, const decision& why) override;
  outcome<membership_change> reject_request(salon_id salon, user_id who, const decision& why) override;
  std::vector<join_request> join_requests() override;
  outcome<membership_change> admit(salon_id salon, const std::string& username_key, const decision& why) override;
  outcome<membership_change> dismiss(salon_id salon, const std::string& username_key, const decision& why) override;

  outcome<stored_private> store_private(user_id author, const std::string& target_key, const std::string& text,
                                        moment now) override;
  void mark_delivered(const std::vector<private_id>& which, moment now) override;

  outcome<removed_user> kick(const std::string& target_key, moment until, const decision& why) override;
  outcome<removed_user> ban(const std::string& target_key, const decision& why) override;
  outcome<done> unban(const std::string& target_key, const decision& why) override;
  std::vector<salond::ban> bans(moment now) override;

  std::vector<audit_line> audit_after(int64_t id, size_t most) override;
  std::vector<audit_line> audit_tail(size_t most) override;
  void note(const decision& why, const std::string& what, const std::string& to, const std::string& result) override;

private:
  // Between the sending of a COMMIT and the certain knowledge of its outcome, the marker decides.
  enum class attempt { committed, lost };

  // --- connection ---
  mysql::connection& bare(); // the connection as it is; throws when there is none now
  mysql::connection& db();   // the connection, once every appended message has gone out
  void connect();
  void drop_connection() noexcept;
  void end_ghosts();
  void take_place();
  void read_settings();
  void make_marker();
  void lost(const mysql::error& why);
  void regained();
  void pause(std::chrono::milliseconds& length);
  bool given_up();
  void refuse_after(instant deadline, const mysql::error& why);

  // --- transaction ---
  void run_once(const std::function<void()>& work);
  void roll_back() noexcept;
  attempt settle();
  bool was_committed();
  void flush();
  void insert_pending(size_t from, size_t rows);
  bool exists(user_id who);

  // --- rows ---
  outcome<user> user_of(user_id who);
  user insert_user(const new_user& who);
  std::string free_alias(const std::string& wanted);
  std::vector<salon_id> salons_of(const std::string& username);
  bool is_member(salon_id salon, const std::string& username);
  bool end_request(salon_id salon, user_id who);
  bool end_membership(salon_id salon, const std::string& username);
  std::string name_of(salon_id salon);
  outcome<salon_record> salon_of(salon_id salon);
  bool is_open(salon_id salon);
  bool is_salon_key_taken(const std::string& key, salon_id by_other_than);
  bool banned_for_good(const std::string& username_key);
  void put_ban(const user& target, std::optional<moment> until, const decision& why);
  void delete_in_parts(const char* statement, user_id who);
  std::optional<fault> why_not_remove(const std::string& target_key, const outcome<user>& target, const decision& why);
  void put_name(const user& who, const std::string& new_username);
  std::optional<fault> why_not_demote(const user& target, role now, const decision& why);
  bool is_last_administrator(const user& target);
  void put_role(const user& target, role now, const std::vector<salon_id>& moderated);
  /// Writes the line of a refused decision; answers the refusal.
  fault refuse(const decision& why, const char* what, const std::string& to, fault because);

  config::mysql_database where_;
  mysql::tuning how_;
  purpose purpose_;
  std::chrono::milliseconds patience_;
  reporter report_;
  std::string description_;

  std::unique_ptr<mysql::connection> connection_;
  std::vector<std::string> ghosts_; // locks of sessions of ours that the server may not have ended
  std::optional<instant> outage_since_;
  int64_t batch_ = 0;                // the marker's value as of the last commit that we know of
  bool commit_sent_ = false;         // in this attempt
  std::vector<new_message> pending_; // appended, not sent
  size_t pending_bytes_ = 0;
  // Authors that were there: only we delete accounts, so each is looked for once.
  std::unordered_set<user_id> known_authors_;

  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool given_up_ = false;
};

/// Opens `where`, makes or migrates its tables, and takes over a database of the replaced server. Throws store_error as
/// open() does.
std::unique_ptr<store> open_mysql(const config::mysql_database& where, const open_options& options,
                                  const mysql::tuning& how = {});

/// What open_mysql would change, one sentence a line; changes nothing. Throws as open_mysql().
std::vector<std::string> dry_run_mysql(const config::mysql_database& where, const open_options& options);

} // namespace salond::persistence
