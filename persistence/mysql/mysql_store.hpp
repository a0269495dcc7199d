// The store in MySQL or MariaDB. What each function promises stands in persistence/store.hpp.
// Its functions are in files by concern: mysql_store (start, opening), transact (transactions and lost connections),
// salons (who belongs to them), settings (what they are), users, people (users as operators see them), messages, bans,
// audit, imports, backup (rows as they are). What is decided, and what is refused, stands in deciding_store.
#pragma once
#include "persistence/deciding_store.hpp"
#include "persistence/mysql/connection.hpp"
#include "persistence/open.hpp"
#include <condition_variable>
#include <mutex>
#include <unordered_set>

namespace salond::persistence {

/// Exactly once, though the answer to a COMMIT may be lost: each transaction moves a marker, our row of `writers`, and
/// after a loss the marker tells whether it was committed.
class mysql_store final : public deciding_store {
public:
  enum class purpose { write, read };

  /// Connects. REQUIRES: the tables are up to date. A writer keeps others out: throws `setup` when there is one.
  mysql_store(config::mysql_database where, mysql::tuning how, purpose what, std::chrono::milliseconds patience,
              reporter report);
  ~mysql_store() override;

  void transact(const std::function<void()>& work) override;
  void read(const std::function<void()>& work) override;
  std::unique_ptr<store> reader() override;
  /// Connects so many readers for reader() to hand out.
  void open_readers(size_t count);
  std::string describe() override;
  void give_up() override;

  void reset_presence(requests what) override;
  administrator_state administrators() override;
  user make_administrator(const std::string& username, const std::string& password_hash) override;

  std::vector<salon_record> salons() override;
  std::vector<user_id> members(salon_id salon) override;

  outcome<user> find_user(const std::string& username_key) override;
  std::vector<registration> registrations() override;
  bool replace_hash(user_id who, const std::string& expected, const std::string& hash) override;

  std::vector<user_profile> find_users(const std::string& key_part, const std::string& after_key, size_t most) override;
  outcome<user_profile> profile(const std::string& username_key) override;
  std::vector<salon_id> moderates(const std::string& username_key) override;

  outcome<arrival> open_session(user_id who, moment now) override;
  void close_sessions(const std::vector<user_id>& who, requests what, moment now) override;
  void remember_address(user_id who, const std::string& address, moment now) override;
  std::vector<known_address> known_addresses(moment since, size_t most) override;
  void issue_token(user_id who, const std::string& hash, moment now, moment expires) override;
  outcome<user> redeem_token(const std::string& hash, moment now) override;

  outcome<done> append(const new_message& what) override;
  std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) override;
  history_page begin_history(salon_id salon, size_t count) override;
  history_page begin_search(salon_id salon, const std::string& text, size_t count) override;
  std::vector<chat_message> messages_at(salon_id salon, const std::vector<int64_t>& seqs) override;
  std::vector<chat_message> search(salon_id salon, const std::string& text, int64_t before, size_t count) override;

  outcome<membership_change> add_member(salon_id salon, user_id who) override;
  outcome<membership_change> remove_member(salon_id salon, user_id who) override;
  outcome<request_change> add_request(salon_id salon, user_id who, moment now) override;
  std::vector<join_request> join_requests() override;
  void remember_decision(user_id who, const decided_request& what) override;
  void mark_told(user_id who, const std::vector<decided_request>& which) override;

  outcome<stored_private> store_private(user_id author, const std::string& target_key, const std::string& text,
                                        moment now) override;
  private_page private_messages_from(user_id who, private_id first) override;
  std::vector<private_message> private_messages(user_id who, const std::vector<private_id>& which) override;
  void mark_delivered(const std::vector<private_id>& which, moment now) override;

  std::vector<salond::ban> bans(moment now) override;

  std::vector<audit_line> audit_after(int64_t id, size_t most) override;
  std::vector<audit_line> audit_tail(size_t most) override;
  void note(const decision& why, const std::string& what, const std::string& to, const std::string& result) override;

  void snapshot(const std::function<void()>& work) override;
  std::vector<table_row> rows_after(const stored_table& of, const table_row& after, size_t most) override;
  std::vector<table_row> rows_with(const stored_table& of, size_t column, const field& value, const table_row& after,
                                   size_t most) override;
  int64_t count_with(const stored_table& of, size_t column, const field& value) override;
  int64_t next_number(const stored_table& of) override;
  void count_from(const stored_table& of, int64_t next) override;
  void clear(const stored_table& which) override;
  void put_rows(const stored_table& into, const std::vector<table_row>& rows) override;

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
  void end_reading() noexcept;
  attempt settle();
  bool was_committed();
  void flush();
  void insert_pending(size_t from, size_t rows);
  bool exists(user_id who);
  /// Runs `statement`, which ends with a column, for the rows where that is one of `ids`: many a statement.
  void run_for_each(const std::string& statement, const std::vector<mysql::value>& parameters,
                    const std::vector<int64_t>& ids);
  /// Asks it, in as many questions; `order` ends each.
  void ask_for_each(const std::string& statement, const std::vector<mysql::value>& parameters,
                    const std::vector<int64_t>& ids, const std::string& order,
                    const std::function<void(mysql::result&)>& take);

  // --- what decisions are made of ---
  outcome<salon_record> salon_of(salon_id salon) override;
  std::string name_of(salon_id salon) override;
  bool is_salon_key_taken(const std::string& key, salon_id by_other_than) override;
  salon_id insert_salon(const std::string& name, policy how) override;
  void put_policy(salon_id salon, policy how) override;
  void put_topic(salon_id salon, const std::string& topic) override;
  void put_salon_name(salon_id salon, const std::string& name) override;
  void put_archived(salon_id salon, moment at) override;
  outcome<user> user_of(user_id who) override;
  bool is_last_administrator(const user& target) override;
  user insert_user(const new_user& who) override;
  std::vector<similar_user> users_like(const skeletons& looks) override;
  bool is_alias_taken(const std::string& alias_key) override;
  std::optional<new_user> waiting_user(const std::string& username_key) override;
  size_t count_registrations() override;
  void insert_registration(const new_user& who, moment at) override;
  void end_registration(const std::string& username_key) override;
  void put_name(const user& who, const std::string& new_username) override;
  void put_password(user_id who, const std::string& hash) override;
  void end_tokens(user_id who) override;
  void put_role(const user& target, role now, const std::vector<salon_id>& moderated) override;
  void delete_account(user_id who) override;
  std::optional<std::string> describe_message(message_id which) override;
  void empty_message(message_id which) override;
  std::vector<salon_id> salons_of(const std::string& username) override;
  bool is_member(salon_id salon, const std::string& username) override;
  void put_member(salon_id salon, const std::string& username) override;
  void mark_made_by_moderator(salon_id salon, user_id who) override;
  std::vector<salon_id> joined_without_moderator(user_id who) override;
  bool end_membership(salon_id salon, const std::string& username) override;
  bool end_request(salon_id salon, user_id who) override;
  bool banned_for_good(const std::string& username_key) override;
  std::optional<std::string> out_as(const std::string& username_key, moment now) override;
  void put_ban(const user& target, std::optional<moment> until, const decision& why) override;
  void end_ban(const std::string& username_key) override;
  void forget_kicks(moment now) override;
  taken_names all_taken_names() override;
  user_id newest_user() override;
  void insert_accounts(const std::vector<imported_account>& all) override;
  void join_automatic(user_id after) override;
  void put_members(const std::vector<std::pair<std::string, salon_id>>& usernames) override;
  std::vector<new_members> members_after(user_id after) override;
  void forget_beside(const user& who) override;

  // --- rows ---
  std::vector<decided_request> decisions_for(user_id who);
  private_page private_messages_for(user_id who);
  /// `where`: which of private_messages p and clients c, and their order. The first parameter: how long texts are
  /// shown.
  private_page private_page_of(const std::string& where, const std::vector<mysql::value>& parameters);
  std::vector<private_message> texts_of(const std::vector<int64_t>& ids);
  /// `condition`, with its parameters: which of messages m.
  history_page history_page_of(salon_id salon, const std::string& condition,
                               const std::vector<mysql::value>& parameters, size_t count);
  /// `head` VALUES `marks`, … in as few statements as can be.
  void insert_many(const std::string& head, const std::string& marks, std::vector<std::vector<mysql::value>> rows);
  std::string free_alias(const std::string& wanted);
  void delete_in_parts(const char* statement, user_id who);

  config::mysql_database where_;
  mysql::tuning how_;
  purpose purpose_;
  std::chrono::milliseconds patience_;
  reporter report_;
  std::string description_;

  std::vector<std::unique_ptr<store>> readers_; // connected, not handed out yet
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

/// Whether there is nothing in it, and nothing was ever done in it; changes nothing. Throws as open_mysql().
bool is_empty_mysql(const config::mysql_database& where, const open_options& options);

} // namespace salond::persistence
