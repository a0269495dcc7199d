// The one interface of all databases: a function for each question that the server asks.
// Who calls: one thread at a time, in persistence's store_worker. Invariants that every store keeps are in
// tests/contract/store_contract_test.cpp.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/fields.hpp"
#include "protocol/words/outcome.hpp"
#include <functional>
#include <memory>
#include <stdexcept>

namespace salond::persistence {

/// A breakdown of the database, not a refusal of the client's.
class store_error : public std::runtime_error {
public:
  enum class kind {
    /// Certainly nothing of the transaction is or will be stored; a later try may succeed.
    unavailable,
    /// A statement was refused by the database (a constraint): nothing of the transaction is stored, and the same work
    /// would be refused again. Seen only when a look before the write was missing.
    refused,
    /// The database cannot be trusted any more (damaged file, failed fsync, another writer): the process must end.
    fatal,
    /// Configuration or installation: wrong password, no such database, not a database. At start: status 1.
    setup,
  };

  store_error(kind what, const std::string& why) : std::runtime_error(why), kind_(what) {}
  kind what_kind() const { return kind_; }

private:
  kind kind_;
};

/// What the log says where there is store::trouble().
inline constexpr const char* in_trouble = "what is said and done now may be lost";

class store {
public:
  virtual ~store() = default;

  /// Runs `work` in one write transaction and returns once that is durable. `work` calls the functions below; it may be
  /// run again from its start when the database undid the transaction, never after a commit, and what it computed last
  /// is valid. While it is unknown whether a commit happened (a lost connection) this waits for the database and finds
  /// out: nothing is stored twice, nothing reported as refused that is stored. Throws store_error; `unavailable` only
  /// when nothing is stored, and at the latest `patience()` after the call where that is certain.
  virtual void transact(const std::function<void()>& work) = 0;

  /// Runs `work`, which only asks, on what is committed. Throws store_error.
  virtual void read(const std::function<void()>& work) = 0;

  /// A second store on the same database, for reads beside the writes on another thread; null where there is none.
  virtual std::unique_ptr<store> reader() = 0;

  /// From any thread, at the end of the process: no function waits for the database any longer. One that does not know
  /// whether it committed throws `fatal`, any other `unavailable`.
  virtual void give_up() {}

  /// One line for the log and for status: kind, version, durability.
  virtual std::string describe() = 0;
  /// Why what is committed may be lost all the same, as far as that can be seen; empty: it is not known.
  virtual std::string trouble() { return {}; }

  // --- start ---
  /// No row stays `connected`; requests of who is not connected end (`keep_requests`: they stay). Write.
  enum class requests { end, keep };
  virtual void reset_presence(requests what) = 0;
  virtual administrator_state administrators() = 0;
  /// Makes `username` an administrator with this hash ("" for none: cannot log in): a new account, or a new role and
  /// hash for an existing one. Write.
  virtual user make_administrator(const std::string& username, const std::string& password_hash) = 0;

  // --- salons ---
  /// All but the archived ones, whose messages, members and names stay.
  virtual std::vector<salon_record> salons() = 0;
  virtual std::vector<user_id> members(salon_id salon) = 0;
  /// Of each salon that has members, or of `only` this one, by rising number; archived ones too.
  virtual std::vector<member_count> member_counts(std::optional<salon_id> only) = 0;
  /// invalid_name when another salon has the key, be it archived, or a name that looks like it. Write.
  virtual outcome<salon_record> create_salon(const std::string& name, policy how, const decision& why) = 0;
  /// Holds for who asks from now on; nobody becomes a member by it. unknown_salon. Write.
  virtual outcome<salon_record> set_policy(salon_id salon, policy how, const decision& why) = 0;
  /// REQUIRES: at most 4,096 characters. unknown_salon. Write.
  virtual outcome<salon_record> set_topic(salon_id salon, const std::string& topic, const decision& why) = 0;
  /// unknown_salon; invalid_name as create_salon(). Write.
  virtual outcome<salon_record> rename_salon(salon_id salon, const std::string& name, const decision& why) = 0;
  /// Its requests end, and nobody moderates it any longer. Answers it as it was. unknown_salon. Write.
  virtual outcome<salon_record> archive_salon(salon_id salon, const decision& why) = 0;
  /// By rising number.
  virtual std::vector<archived_salon> archived_salons() = 0;
  /// Ends its archiving: it has the members and messages that it had, and where its policy is automatic those who came
  /// meanwhile. unknown_salon: none that is archived has the key; invalid_name: another one looks like it now. Write.
  virtual outcome<salon_record> restore_salon(const std::string& name_key, const decision& why) = 0;

  // --- users ---
  /// By key. unknown_user.
  virtual outcome<user> find_user(const std::string& username_key) = 0;
  /// name_taken (also for a username that is banned for good, and for one that looks like another's or like a banned
  /// one), reserved_name for one that looks like an administrator's, alias_taken; all of it for names that wait, too.
  /// Write.
  virtual outcome<registered_user> register_user(const new_user& who) = 0;
  /// Why register_user() would refuse these names now, if so.
  virtual std::optional<fault> refuses_user(const new_user& who) = 0;
  /// Replaces the hash if it still is `expected`; answers whether it did. Write.
  virtual bool replace_hash(user_id who, const std::string& expected, const std::string& hash) = 0;
  /// A new password: as replace_hash, and all tokens of the user end. Write.
  virtual bool change_password(user_id who, const std::string& expected, const std::string& hash,
                               const decision& why) = 0;

  // --- accounts that wait for an administrator ---
  static constexpr size_t most_registrations = 1000;
  static constexpr size_t most_registrations_of_network = 20; ///< that wait
  /// As register_user(), but there is no account before it is accepted. busy: so many wait already; too_many_attempts:
  /// of its network. Write.
  virtual outcome<done> request_registration(const new_user& who, moment now) = 0;
  /// Why it would refuse this one now, if so.
  virtual std::optional<fault> refuses_request(const new_user& who) = 0;
  /// Oldest first.
  virtual std::vector<registration> registrations() = 0;
  /// Whether somebody waits for this username.
  virtual bool is_waiting(const std::string& username_key) = 0;
  /// The account is made. no_such_request; name_taken and alias_taken where the server itself took a name, or a name
  /// was banned that looks like it: it goes on waiting. Write.
  virtual outcome<registered_user> accept_registration(const std::string& username_key, const decision& why) = 0;
  /// Its names are free again. no_such_request. Write.
  virtual outcome<done> reject_registration(const std::string& username_key, const decision& why) = 0;
  /// The same for many; answers how many. One line in the audit log. no_such_request. Write.
  virtual outcome<size_t> reject_registrations(const registration_filter& which, const decision& why) = 0;

  /// As register_user(). Write.
  virtual outcome<registered_user> add_user(const new_user& who, const decision& why) = 0;
  /// The new name may be another spelling of the old; a kick goes on. unknown_user; name_taken as register_user().
  /// Write.
  virtual outcome<user> rename_user(const std::string& username_key, const std::string& new_username,
                                    const decision& why) = 0;
  /// All tokens of the user end. unknown_user. Write.
  virtual outcome<user> set_password(const std::string& username_key, const std::string& hash, const decision& why) = 0;
  /// What keeps these accounts from being made, in their order. REQUIRES: their names can be given, and are not taken
  /// by one another.
  virtual std::vector<import_fault> import_faults(const std::vector<imported_account>& all) = 0;
  /// Makes all of them, or none where there is a fault. REQUIRES: as import_faults(). Write.
  virtual import_result import_accounts(const std::vector<imported_account>& all, const decision& why) = 0;
  /// Users whose key contains `key_part`, by rising key, at most `most` after the key `after_key`; without their
  /// salons.
  virtual std::vector<user_profile> find_users(const std::string& key_part, const std::string& after_key,
                                               size_t most) = 0;
  /// unknown_user.
  virtual outcome<user_profile> profile(const std::string& username_key) = 0;
  /// The salons that are given to a moderator.
  virtual std::vector<salon_id> moderates(const std::string& username_key) = 0;
  /// The user's role, and for a moderator the salons that are given to him instead of those before. unknown_user,
  /// unknown_salon; not_allowed: nobody takes from himself or from the last administrator. Write.
  virtual outcome<user> set_role(const std::string& username_key, role now, const std::vector<salon_id>& moderated,
                                 const decision& why) = 0;

  /// The account cannot log in, and keeps all that it has but its tokens. Nobody disables himself or the last
  /// administrator who can log in: not_allowed. unknown_user. Write.
  virtual outcome<user> disable_user(const std::string& username_key, const decision& why) = 0;
  /// It can again. unknown_user. Write.
  virtual outcome<user> enable_user(const std::string& username_key, const decision& why) = 0;

  // --- invitations ---
  static constexpr size_t most_invitations = 1000; ///< that can still be used
  /// Answers its number. busy: there are so many; unknown_salon. Write.
  virtual outcome<int64_t> create_invitation(const new_invitation& what, const decision& why) = 0;
  /// Those that can be used at `now`, oldest first.
  virtual std::vector<invitation> invitations(moment now) = 0;
  /// invalid_invitation: there is none of that number. Write.
  virtual outcome<done> revoke_invitation(int64_t id, const decision& why) = 0;
  /// invalid_invitation: it cannot be used at `now`.
  virtual outcome<done> find_invitation(const std::string& code_hash, moment now) = 0;
  /// As register_user(), with the invitation's salons, of which it is used once; `why` is of the user, and says when.
  /// invalid_invitation. Write.
  virtual outcome<registered_user> register_invited(const new_user& who, const std::string& code_hash,
                                                    const decision& why) = 0;

  // --- sessions ---
  /// The user's row becomes `connected`, and was last seen `now`. banned, kicked, disabled, unknown_user. Write.
  virtual outcome<arrival> open_session(user_id who, moment now) = 0;
  /// The last connection of each of these users ended: `disconnected`, last seen `now`, and pending join requests end
  /// unless they are kept. Write.
  virtual void close_sessions(const std::vector<user_id>& who, requests what, moment now) = 0;
  /// Tokens of one user that live at the same time: more than anybody has clients, fewer than fill a table.
  static constexpr int64_t most_tokens = 100;
  static constexpr size_t most_known_addresses = 8; ///< of one account
  static constexpr auto address_life = std::chrono::hours{24 * 30};
  /// The user proved himself there. What is older than `address_life` goes, of every user, within an hour of such
  /// calls, and of this one all but the last `most_known_addresses`. REQUIRES: the account exists. Write.
  virtual void remember_address(user_id who, const std::string& address, moment now) = 0;
  /// The last `most` of them after `since`, oldest first.
  virtual std::vector<known_address> known_addresses(moment since, size_t most) = 0;
  /// `hash`: 32 bytes. Ends what has expired and, at `most_tokens`, the user's oldest. Write.
  virtual void issue_token(user_id who, const std::string& hash, moment now, moment expires) = 0;
  /// Whose the token is. wrong_credentials: nobody's, or it has expired.
  virtual outcome<user> find_token(const std::string& hash, moment now) = 0;
  /// It is used up. Write.
  virtual void end_token(const std::string& hash) = 0;
  /// All that the user has. Write.
  virtual void end_tokens(user_id who) = 0;

  // --- messages ---
  /// unknown_user when the author's account is gone. The order numbers of a salon are never reused: the store keeps
  /// (salon, seq) unique. Write.
  virtual outcome<done> append(const new_message& what) = 0;
  /// The last `count` messages with an order number below `before`, oldest first; those whose text is empty are kept
  /// but not shown.
  virtual std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) = 0;

  /// The last `count` messages, oldest first, as a first piece and the numbers of the others. A few short ones are one
  /// question to the database.
  virtual history_page begin_history(salon_id salon, size_t count) = 0;
  /// The same of those that search() finds.
  virtual history_page begin_search(salon_id salon, const std::string& text, size_t count) = 0;
  static constexpr size_t most_looked_through = 2000;
  /// Looks through the last `most_looked_through` messages below `before`, so that others have their turn in between.
  /// Answers which of them search() finds, the newest `count`.
  virtual searched_part look_through(salon_id salon, const std::string& text, int64_t before, size_t count) = 0;
  /// Those of them that are still shown. REQUIRES: rising order numbers that make up a piece.
  virtual std::vector<chat_message> messages_at(salon_id salon, const std::vector<int64_t>& seqs) = 0;

  /// The text goes; its order number stays used. no_such_message. Write.
  virtual outcome<done> delete_message(message_id which, const decision& why) = 0;
  /// The same for a part of what a decision is about, of which note() writes the lines. Write.
  virtual void delete_messages(const std::vector<message_id>& which) = 0;
  /// As history(), of messages that contain `text`, in any case as far as the database knows case (MySQL: what its
  /// lower() knows; SQLite: all that Unicode folds).
  virtual std::vector<chat_message> search(salon_id salon, const std::string& text, int64_t before, size_t count) = 0;

  // --- memberships and join requests ---
  virtual outcome<membership_change> add_member(salon_id salon, user_id who) = 0;    // Write. unknown_user
  virtual outcome<membership_change> remove_member(salon_id salon, user_id who) = 0; // Write. unknown_user
  /// Write. unknown_user
  virtual outcome<request_change> add_request(salon_id salon, user_id who, moment now) = 0;
  /// The request becomes a membership. no_such_request. Write.
  virtual outcome<done> accept_request(salon_id salon, user_id who, const decision& why) = 0;
  /// The request ends, and the membership too, if any; answers whether there was a membership.
  /// no_such_request when there was neither. Write.
  virtual outcome<membership_change> reject_request(salon_id salon, user_id who, const decision& why) = 0;
  virtual std::vector<join_request> join_requests() = 0;
  /// The user's next logins are told, until mark_told(); in place of an earlier decision about that salon. REQUIRES:
  /// both exist, as after a decision in the same transaction. Write.
  virtual void remember_decision(user_id who, const decided_request& what) = 0;
  virtual void mark_told(user_id who, const std::vector<decided_request>& which) = 0; // Write.
  /// An operator makes a member, or ends a membership. unknown_salon, unknown_user. Write.
  virtual outcome<membership_change> admit(salon_id salon, const std::string& username_key, const decision& why) = 0;
  virtual outcome<membership_change> dismiss(salon_id salon, const std::string& username_key, const decision& why) = 0;
  /// The salons that the user belongs to, but for those to which a moderator added him.
  virtual std::vector<salon_id> joined_without_moderator(user_id who) = 0;

  // --- private messages ---
  /// What may wait for a user: so many, and 4 MiB; of one author so many, and as bytes_left_for() says. An empty
  /// mailbox takes any one text, however long, and counts it as most_bytes_of_one at most.
  static constexpr int64_t most_waiting = 1000, most_waiting_of_one = 100, most_bytes_of_one = 256 << 10;
  /// What one author may have waiting in a mailbox in which `others` bytes wait of everybody else. An eighth of what
  /// is free: so each author leaves room for the next, and no number of them fills it.
  static constexpr int64_t bytes_left_for(int64_t others) {
    constexpr int64_t most_bytes = 4 << 20;
    const auto share = (most_bytes - others) / 8;
    return share < most_bytes_of_one ? share : most_bytes_of_one;
  }
  /// unknown_user; mailbox_full: as above. Write.
  virtual outcome<stored_private> store_private(user_id author, const std::string& target_key, const std::string& text,
                                                moment now) = 0;
  /// All that were stored for the user from this number on, delivered or not; at most `most_waiting`.
  virtual private_page private_messages_from(user_id who, private_id first) = 0;
  /// Those of them that are still there, delivered or not. REQUIRES: rising numbers that make up a piece.
  virtual std::vector<private_message> private_messages(user_id who, const std::vector<private_id>& which) = 0;
  virtual void mark_delivered(const std::vector<private_id>& which, moment now) = 0; // Write.

  // --- kick, ban ---
  /// Nobody kicks or bans himself (the decision's account) or the last administrator, and no moderator ends a kick that
  /// lasts longer: not_allowed. unknown_user, already_banned.
  virtual outcome<removed_user> kick(const std::string& target_key, moment until, const decision& why) = 0; // Write.
  /// The account, its memberships, requests, tokens and messages are deleted, the username stays refused.
  /// not_allowed, unknown_user, already_banned. Write.
  virtual outcome<removed_user> ban(const std::string& target_key, const decision& why) = 0;
  /// A name that no account has is refused for good. already_banned; name_taken: an account has it. Write.
  virtual outcome<done> ban_name(const std::string& name, const decision& why) = 0;
  /// Ends a ban or a kick. unknown_user when there is none. Write.
  virtual outcome<done> unban(const std::string& target_key, const decision& why) = 0;
  /// Deletes the account and all that hangs on it, as a ban does, and a kick and what waits under the name besides; the
  /// name is free. The audit log keeps it. Nobody erases himself or the last administrator: not_allowed. unknown_user.
  /// Write.
  virtual outcome<erased_user> erase(const std::string& target_key, const decision& why) = 0;
  /// All that are out at `now`.
  virtual std::vector<salond::ban> bans(moment now) = 0;

  // --- audit: each function above that takes a decision writes its line, a refused one as well ---
  /// The lines after the one with this number, oldest first.
  virtual std::vector<audit_line> audit_after(int64_t id, size_t most) = 0;
  /// The last lines, oldest first.
  virtual std::vector<audit_line> audit_tail(size_t most) = 0;
  /// A line for what has no other effect in the database. REQUIRES: `what` and `result` are short words. Write.
  virtual void note(const decision& why, const std::string& what, const std::string& to, const std::string& result) = 0;

  // --- rows as they are, for backups and for what is kept about a user ---
  /// Runs `work`, which only asks, on one state of the database however long that takes, beside the writes of others.
  /// Never runs it twice: throws `unavailable` when the connection is lost meanwhile.
  virtual void snapshot(const std::function<void()>& work) = 0;
  /// Of rows with messages' texts no more are answered at once than this holds, but at least one: then there may be
  /// others behind them, though they are fewer than were asked for.
  static constexpr size_t most_bytes_of_rows = 1 << 20;
  /// By rising key, at most `most` after the row with the key of `after`; the first ones when that is empty.
  virtual std::vector<table_row> rows_after(const stored_table& of, const table_row& after, size_t most) = 0;
  /// The same of those that have this value in a column.
  virtual std::vector<table_row> rows_with(const stored_table& of, size_t column, const field& value,
                                           const table_row& after, size_t most) = 0;
  virtual int64_t count_with(const stored_table& of, size_t column, const field& value) = 0;
  /// The number of the next row. REQUIRES: the table counts.
  virtual int64_t next_number(const stored_table& of) = 0;
  /// The next row gets this number, or the first one that was never used. Not in a transaction. REQUIRES: as
  /// next_number().
  virtual void count_from(const stored_table& of, int64_t next) = 0;
  /// Deletes all rows. Write.
  virtual void clear(const stored_table& which) = 0;
  virtual void put_rows(const stored_table& into, const std::vector<table_row>& rows) = 0; // Write.
};

} // namespace salond::persistence
