// The decisions of operators and users, alike for every database: what is asked first, what is refused, and the line in
// the audit log, of a refusal as well. A database brings the statements, one function each.
#pragma once
#include "persistence/store.hpp"

namespace salond::persistence {

class deciding_store : public store {
public:
  outcome<salon_record> create_salon(const std::string& name, policy how, const decision& why) override;
  outcome<salon_record> set_policy(salon_id salon, policy how, const decision& why) override;
  outcome<salon_record> set_topic(salon_id salon, const std::string& topic, const decision& why) override;
  outcome<salon_record> rename_salon(salon_id salon, const std::string& name, const decision& why) override;
  outcome<salon_record> archive_salon(salon_id salon, const decision& why) override;
  outcome<salon_record> restore_salon(const std::string& name_key, const decision& why) override;

  outcome<registered_user> register_user(const new_user& who) override;
  std::optional<fault> refuses_user(const new_user& who) override;
  outcome<done> request_registration(const new_user& who, moment now) override;
  std::optional<fault> refuses_request(const new_user& who) override;
  bool is_waiting(const std::string& username_key) override;
  outcome<registered_user> accept_registration(const std::string& username_key, const decision& why) override;
  outcome<done> reject_registration(const std::string& username_key, const decision& why) override;
  outcome<size_t> reject_registrations(const registration_filter& which, const decision& why) override;
  bool change_password(user_id who, const std::string& expected, const std::string& hash, const decision& why) override;
  outcome<registered_user> add_user(const new_user& who, const decision& why) override;
  outcome<user> rename_user(const std::string& username_key, const std::string& new_username,
                            const decision& why) override;
  outcome<user> set_password(const std::string& username_key, const std::string& hash, const decision& why) override;
  outcome<user> set_role(const std::string& username_key, role now, const std::vector<salon_id>& moderated,
                         const decision& why) override;

  outcome<user> disable_user(const std::string& username_key, const decision& why) override;
  outcome<user> enable_user(const std::string& username_key, const decision& why) override;

  outcome<int64_t> create_invitation(const new_invitation& what, const decision& why) override;
  outcome<done> revoke_invitation(int64_t id, const decision& why) override;
  outcome<done> find_invitation(const std::string& code_hash, moment now) override;
  outcome<registered_user> register_invited(const new_user& who, const std::string& code_hash,
                                            const decision& why) override;

  std::vector<import_fault> import_faults(const std::vector<imported_account>& all) override;
  import_result import_accounts(const std::vector<imported_account>& all, const decision& why) override;

  outcome<done> delete_message(message_id which, const decision& why) override;

  outcome<done> accept_request(salon_id salon, user_id who, const decision& why) override;
  outcome<membership_change> reject_request(salon_id salon, user_id who, const decision& why) override;
  outcome<membership_change> admit(salon_id salon, const std::string& username_key, const decision& why) override;
  outcome<membership_change> dismiss(salon_id salon, const std::string& username_key, const decision& why) override;

  outcome<removed_user> kick(const std::string& target_key, moment until, const decision& why) override;
  outcome<removed_user> ban(const std::string& target_key, const decision& why) override;
  outcome<done> ban_name(const std::string& name, const decision& why) override;
  outcome<done> unban(const std::string& target_key, const decision& why) override;
  outcome<erased_user> erase(const std::string& target_key, const decision& why) override;

protected:
  // --- salons ---
  /// As it is now. unknown_salon for an archived one too.
  virtual outcome<salon_record> salon_of(salon_id salon) = 0;
  /// Of an archived one too; its number where there is none.
  virtual std::string name_of(salon_id salon) = 0;
  virtual bool is_salon_key_taken(const std::string& key, salon_id by_other_than) = 0;
  virtual salon_id insert_salon(const std::string& name, policy how) = 0;
  virtual void put_policy(salon_id salon, policy how) = 0;
  virtual void put_topic(salon_id salon, const std::string& topic) = 0;
  virtual void put_salon_name(salon_id salon, const std::string& name) = 0;
  /// Ends its requests, and nobody moderates it any longer.
  virtual void put_archived(salon_id salon, moment at) = 0;
  virtual void end_archiving(salon_id salon) = 0;

  // --- users ---
  /// unknown_user.
  virtual outcome<user> user_of(user_id who) = 0;
  /// Whether nobody else could log in as an administrator now: who is disabled or out could not.
  virtual bool is_last_administrator(const user& target, moment now) = 0;
  /// A member of the salons whose policy is automatic. REQUIRES: neither name is taken.
  virtual user insert_user(const new_user& who) = 0;
  /// By an account, or by one that waits.
  virtual bool is_alias_taken(const std::string& alias_key) = 0;
  /// Who has such a username, or waits for it.
  virtual std::vector<similar_user> users_like(const skeletons& looks) = 0;
  /// Memberships and a kick follow. REQUIRES: the name is free.
  virtual void put_name(const user& who, const std::string& new_username) = 0;
  virtual void put_password(user_id who, const std::string& hash) = 0;
  /// Disabled from then on; enabled when there is none.
  virtual void put_disabled(user_id who, std::optional<moment> since) = 0;
  virtual void put_role(const user& target, role now, const std::vector<salon_id>& moderated) = 0;
  /// The account and all that hangs on it: memberships, requests, tokens, messages of both kinds. The salons keep the
  /// highest order number that was used.
  virtual void delete_account(user_id who) = 0;

  // --- accounts that wait ---
  virtual std::optional<new_user> waiting_user(const std::string& username_key) = 0;
  virtual size_t count_registrations() = 0;
  virtual void insert_registration(const new_user& who, moment at) = 0;
  virtual void end_registration(const std::string& username_key) = 0;

  // --- invitations ---
  virtual size_t count_invitations(moment now) = 0;
  /// Those that are too old at `now` go.
  virtual void forget_invitations(moment now) = 0;
  virtual int64_t insert_invitation(const new_invitation& what, const decision& why) = 0;
  /// Whether there was one.
  virtual bool end_invitation(int64_t id) = 0;
  /// The number of the one with this code, if it can be used at `now`.
  virtual std::optional<int64_t> usable_invitation(const std::string& code_hash, moment now) = 0;
  /// It is gone with its last use.
  virtual void use_invitation(int64_t id) = 0;
  /// Without those that are archived.
  virtual std::vector<salon_id> salons_of_invitation(int64_t id) = 0;

  // --- imports ---
  virtual taken_names all_taken_names() = 0;
  /// The highest number of an account; 0: there is none.
  virtual user_id newest_user() = 0;
  /// Without memberships. REQUIRES: no name is taken.
  virtual void insert_accounts(const std::vector<imported_account>& all) = 0;
  /// Accounts with higher numbers become members of the salons whose policy is automatic.
  virtual void join_automatic(user_id after) = 0;
  virtual void put_members(const std::vector<std::pair<std::string, salon_id>>& usernames) = 0;
  /// By salon, of the accounts with higher numbers.
  virtual std::vector<new_members> members_after(user_id after) = 0;

  // --- messages ---
  /// "AUTHOR (SALON: message ID)" of a message that is shown; nothing where there is none.
  virtual std::optional<std::string> describe_message(message_id which) = 0;
  /// Its row stays, and its order number is not used again.
  virtual void empty_message(message_id which) = 0;

  // --- memberships ---
  virtual std::vector<salon_id> salons_of(const std::string& username) = 0;
  virtual bool is_member(salon_id salon, const std::string& username) = 0;
  virtual void put_member(salon_id salon, const std::string& username) = 0;
  /// The membership is a moderator's doing. REQUIRES: there is one.
  virtual void mark_made_by_moderator(salon_id salon, user_id who) = 0;
  /// Whether there was one.
  virtual bool end_membership(salon_id salon, const std::string& username) = 0;
  virtual bool end_request(salon_id salon, user_id who) = 0;

  // --- who is out ---
  virtual bool banned_for_good(const std::string& username_key) = 0;
  /// How the name is spelled that is out at `now`, if it is.
  virtual std::optional<std::string> out_as(const std::string& username_key, moment now) = 0;
  /// In place of what there was; for good when there is no `until`.
  virtual void put_ban(const user& target, std::optional<moment> until, const decision& why) = 0;
  virtual void end_ban(const std::string& username_key) = 0;
  /// What a database remembers of a user beside the tables that all have.
  virtual void forget_beside(const user& who) = 0;
  /// Kicks that are over at `now` go.
  virtual void forget_kicks(moment now) = 0;

private:
  moment waits_since(const std::string& username_key);
  bool is_username_taken(const std::string& key);
  std::optional<fault> why_not_alike(const std::string& username, user_id but);
  bool looks_like_administrator(const std::string& alias);
  bool is_salon_name_taken(const std::string& name, salon_id by_other_than);
  std::vector<std::pair<std::string, salon_id>> asked_memberships(const std::vector<imported_account>& all);
  bool is_out_at(const std::string& username_key, moment then, moment now);
  std::optional<fault> why_not_demote(const user& target, role now, const decision& why);
  outcome<user> change_account(const char* what, const std::string& username_key, const decision& why,
                               const std::function<std::optional<fault>(const user&)>& change);
  std::optional<fault> why_not_remove(const std::string& target_key, const outcome<user>& target, const decision& why);
  template <class Change>
  outcome<membership_change> decide_membership(const char* what, salon_id salon, const std::string& username_key,
                                               const decision& why, Change change);
  /// Writes the line of a refused decision; answers the refusal.
  fault refuse(const decision& why, const char* what, const std::string& to, fault because);
};

} // namespace salond::persistence
