// The store in one SQLite file, for one process. What each function promises stands in persistence/store.hpp.
// Its functions are in files by concern: sqlite_store (transactions, start), salons, settings (what operators decide
// about salons), users, people (what operators ask about users), messages, bans, audit.
#pragma once
#include "persistence/open.hpp"
#include "persistence/sqlite/database.hpp"
#include "persistence/sqlite/files.hpp"

namespace salond::persistence {

/// SQLite: a failed commit is never ambiguous, and the process and its database end together, so there is nothing to
/// find out after an error and nothing to run again.
class sqlite_store final : public store {
public:
  /// REQUIRES: `db` is durable and its schema is the newest. The lock is shared with reader(): who comes next waits for
  /// both.
  sqlite_store(std::unique_ptr<sqlite::database> db, std::shared_ptr<const sqlite::file_lock> lock,
               sqlite::database::purpose what);
  ~sqlite_store() override;

  void transact(const std::function<void()>& work) override;
  void read(const std::function<void()>& work) override;
  std::unique_ptr<store> reader() override;
  std::string describe() override;

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
  std::optional<fault> why_not_remove(const std::string& target_key, const outcome<user>& target, const decision& why);
  void put_name(const user& who, const std::string& new_username);
  std::optional<fault> why_not_demote(const user& target, role now, const decision& why);
  bool is_last_administrator(const user& target);
  void put_role(const user& target, role now, const std::vector<salon_id>& moderated);
  /// Writes the line of a refused decision; answers the refusal.
  fault refuse(const decision& why, const char* what, const std::string& to, fault because);

  std::shared_ptr<const sqlite::file_lock> lock_; // goes last
  std::unique_ptr<sqlite::database> db_;
  sqlite::database::purpose purpose_;
};

/// Opens `where`, makes it if it is not there, and brings its tables up to date. Throws store_error as open() does.
std::unique_ptr<store> open_sqlite(
    const config::sqlite_database& where, const reporter& report = [](const std::string&) {});

/// What open_sqlite would change, one sentence a line; changes nothing. Throws as open_sqlite().
std::vector<std::string> dry_run_sqlite(const config::sqlite_database& where);

} // namespace salond::persistence
