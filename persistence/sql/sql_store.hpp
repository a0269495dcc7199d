// The store in a database that speaks SQL, whichever. What each function promises stands in persistence/store.hpp.
// Its functions are in files by feature: sql_store (transactions, start), salons (who belongs to them), settings (what
// they are), users, people (users as operators see them), invitations, messages, private_messages, bans, audit,
// imports, tables (rows as they are). What is decided, and what is refused, stands in deciding_store; how databases
// differ, in their drivers.
#pragma once
#include "persistence/deciding_store.hpp"
#include "persistence/sql/driver.hpp"

namespace salond::persistence {

class sql_store final : public deciding_store {
public:
  /// REQUIRES: the schema is the newest.
  explicit sql_store(std::unique_ptr<driver> on);

  void transact(const std::function<void()>& work) override;
  void read(const std::function<void()>& work) override;
  std::unique_ptr<store> reader() override;
  void give_up() override;
  std::string describe() override;
  std::string trouble() override;

  void reset_presence(requests what) override;
  administrator_state administrators() override;
  user make_administrator(const std::string& username, const std::string& password_hash) override;

  std::vector<salon_record> salons() override;
  std::vector<archived_salon> archived_salons() override;
  std::vector<user_id> members(salon_id salon) override;
  std::vector<member_count> member_counts(std::optional<salon_id> only) override;

  outcome<user> find_user(const std::string& username_key) override;
  std::vector<registration> registrations() override;
  bool replace_hash(user_id who, const std::string& expected, const std::string& hash) override;
  std::vector<invitation> invitations(moment now) override;

  std::vector<user_profile> find_users(const std::string& key_part, const std::string& after_key, size_t most) override;
  outcome<user_profile> profile(const std::string& username_key) override;
  std::vector<salon_id> moderates(const std::string& username_key) override;

  outcome<arrival> open_session(user_id who, moment now) override;
  void close_sessions(const std::vector<user_id>& who, requests what, moment now) override;
  void remember_address(user_id who, const std::string& address, moment now) override;
  std::vector<known_address> known_addresses(moment since, size_t most) override;
  void issue_token(user_id who, const std::string& hash, moment now, moment expires) override;
  outcome<user> find_token(const std::string& hash, moment now) override;
  void end_token(const std::string& hash) override;
  void end_tokens(user_id who) override;

  outcome<done> append(const new_message& what) override;
  std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) override;
  history_page begin_history(salon_id salon, size_t count) override;
  history_page begin_search(salon_id salon, const std::string& text, size_t count) override;
  searched_part look_through(salon_id salon, const std::string& text, int64_t before, size_t count) override;
  void delete_messages(const std::vector<message_id>& which) override;
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
  // --- what decisions are made of ---
  outcome<salon_record> salon_of(salon_id salon) override;
  std::string name_of(salon_id salon) override;
  bool is_salon_key_taken(const std::string& key, salon_id by_other_than) override;
  salon_id insert_salon(const std::string& name, policy how) override;
  void put_policy(salon_id salon, policy how) override;
  void put_topic(salon_id salon, const std::string& topic) override;
  void put_salon_name(salon_id salon, const std::string& name) override;
  void put_archived(salon_id salon, moment at) override;
  void end_archiving(salon_id salon) override;
  outcome<user> user_of(user_id who) override;
  bool is_last_administrator(const user& target, moment now) override;
  user insert_user(const new_user& who) override;
  std::vector<similar_user> users_like(const skeletons& looks) override;
  bool is_alias_taken(const std::string& alias_key) override;
  std::optional<new_user> waiting_user(const std::string& username_key) override;
  size_t count_registrations() override;
  void insert_registration(const new_user& who, moment at) override;
  void end_registration(const std::string& username_key) override;
  void put_name(const user& who, const std::string& new_username) override;
  void put_password(user_id who, const std::string& hash) override;
  void put_disabled(user_id who, std::optional<moment> since) override;
  void put_role(const user& target, role now, const std::vector<salon_id>& moderated) override;
  size_t count_invitations(moment now) override;
  void forget_invitations(moment now) override;
  int64_t insert_invitation(const new_invitation& what, const decision& why) override;
  bool end_invitation(int64_t id) override;
  std::optional<int64_t> usable_invitation(const std::string& code_hash, moment now) override;
  void use_invitation(int64_t id) override;
  std::vector<salon_id> salons_of_invitation(int64_t id) override;
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
  private_page private_page_of(user_id who, const std::string& rest, const parameters& values);
  std::vector<private_message> texts_of(user_id who, const std::vector<int64_t>& ids);
  /// `condition`, with its values behind the salon's: which of messages m.
  std::vector<chat_message> last_messages(const std::string& condition, parameters values, size_t count);
  history_page history_page_of(salon_id salon, const std::string& condition, const parameters& values, size_t count);
  std::string free_alias(const std::string& wanted);

  driver& db() { return *driver_; }

  std::unique_ptr<driver> driver_;
  moment addresses_swept_{}; ///< the last time that old known addresses were looked for
};

} // namespace salond::persistence
