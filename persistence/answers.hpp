// What the store is given and what it answers, beside the records that everybody knows: plain values.
#pragma once
#include "protocol/words/fault.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/pieces.hpp"
#include "protocol/words/records.hpp"
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace salond::persistence {

struct new_user {
  std::string username, alias, password_hash;
  salond::role role = salond::role::user;
  std::string network = {}; ///< that asks for it; "" where that is no address
};

/// Where the owner of an account was last.
struct known_address {
  user_id who;
  std::string username_key, address;
  moment at;
};

struct registered_user {
  salond::user user;
  std::vector<salon_id> salons; ///< of which the user is a member now: those whose policy is automatic
};

/// An invitation, as it is made. Its code is known to nobody but who asked for it.
struct new_invitation {
  std::string code_hash; ///< 32 bytes
  int64_t uses = 1;      ///< how many accounts
  moment expires;
  std::vector<salon_id> salons; ///< of which who comes by it is a member, besides the automatic ones
};

/// One that can still be used.
struct invitation {
  int64_t id = 0;
  std::string by; ///< the operator
  moment at, expires;
  int64_t uses = 0, used = 0;
  std::vector<std::string> salons;
};

/// How somebody stands who logs in.
struct standing {
  bool banned = false, kicked = false, disabled = false;
  bool has_decisions = false; ///< of which the user was not told
  bool has_mail = false;      ///< private messages wait
  std::vector<salon_id> salons;
  user who; ///< as he is now, but for his alias
};

/// What becomes of join requests of who is not connected.
enum class offline_requests { end, keep };

/// What a login needs to know at once.
struct arrival {
  std::vector<salon_id> salons;         ///< memberships
  std::vector<private_message> waiting; ///< undelivered, oldest first: as many as one piece holds
  std::vector<decided_request> decided; ///< of which the user was not told, oldest first
  std::vector<weighed> later;           ///< the private messages behind `waiting`
  user who = {};                        ///< as he is now, but for his alias
};

/// The first piece of some private messages, oldest first, and those behind it.
struct private_page {
  std::vector<private_message> texts;
  std::vector<weighed> later;
};

/// The first piece of a salon's history, oldest first, and the order numbers of the messages behind it.
struct history_page {
  std::vector<chat_message> messages;
  std::vector<weighed> later;
};

/// A part of a salon's messages, searched for a text.
struct searched_part {
  std::vector<weighed> found; ///< newest first
  int64_t before = 0;         ///< where to go on: nothing below this order number was searched. 0: there is nothing
  size_t looked_at = 0;       ///< short messages that take as long to be looked through as this part took
};

enum class membership_change { made, was_so };
enum class request_change { made, was_pending, was_member };

/// What waits in a mailbox.
struct mailbox {
  user_id of;
  std::string username;                 ///< as its owner spells it
  int64_t count = 0, bytes = 0;         ///< of all
  int64_t own_count = 0, own_bytes = 0; ///< of the author who asks
  std::vector<int64_t> runs;            ///< of nodes, those with which the owner is connected
  std::vector<int64_t> author_runs;     ///< the same of the author who asks, where that is another
};

struct stored_private {
  private_id id;
  user_id target;
  std::string target_username;           ///< the stored spelling
  std::vector<int64_t> runs = {};        ///< of nodes, those with which the target is connected
  std::vector<int64_t> author_runs = {}; ///< the same of the author, where that is another
};

/// How many members a salon has.
struct member_count {
  salon_id salon;
  size_t members = 0;
};

/// A salon that an operator closed.
struct archived_salon {
  salon_record record;
  moment at;
};

/// Which of those who wait for an account; all of them where it says nothing.
struct registration_filter {
  std::optional<std::string> network = {};
  std::optional<moment> before = {}; ///< who asked earlier
};

/// Who a kick or a ban hit. There is no user for a name that is only refused from now on.
struct removed_user {
  user_id id;
  std::string username;
  std::vector<salon_id> salons; ///< of which the user was a member
};

/// An account of an import, with the line of the file that it stands in.
struct imported_account {
  size_t line = 0;
  std::string username, username_key, alias, alias_key, password_hash;
  std::vector<std::string> salons; ///< besides the automatic ones, as typed
  skeletons username_looks, alias_looks;
};

/// Why one of them cannot be made: name_taken, reserved_name, alias_taken, unknown_salon.
struct import_fault {
  size_t line = 0;
  fault why = fault::name_taken;
  std::string about; ///< the name in question
};

/// Users who are members of a salon now.
struct new_members {
  salon_id salon;
  std::vector<user_id> who;
};

struct import_result {
  std::vector<import_fault> faults; ///< none: all of them are made
  std::vector<new_members> members;
};

/// Keys of names that no new account can have.
struct taken_names {
  std::unordered_set<std::string>
      usernames; ///< of accounts, of who is banned for good, of who waits for an administrator
  std::unordered_set<std::string> aliases;
  std::unordered_map<std::string, role> looks; ///< skeletons of these usernames, and the highest role of who has one
};

/// Somebody whose username looks like another name.
struct similar_user {
  user_id id; ///< 0: the account waits for an administrator
  salond::role role = role::user;
};

/// What became of an account that was erased.
struct erased_user {
  removed_user who;
  int64_t receipt = 0;                                  ///< the number of its line in the audit log
  std::vector<std::pair<std::string, int64_t>> deleted; ///< how many rows, by table
  bool goes_on = false;                                 ///< messages are yet to go, which are not counted there
};

/// What the administrators look like at a start.
enum class administrator_state {
  none,      ///< nobody has the role
  locked,    ///< administrators exist, none has a hash that a password could match
  can_log_in ///< at least one can
};

/// An account with what an operator asks about it.
struct user_profile {
  salond::user who; ///< without the password's hash, which is nobody's to see
  bool connected = false;
  bool disabled = false;           ///< cannot log in
  std::optional<moment> last_seen; ///< the last login or its end; nothing: never
  std::vector<std::string> salons; ///< of which the user is a member
  std::vector<std::string> moderates;
};

/// A decision, or an attempt at one, as the audit log has it.
struct audit_line {
  int64_t id = 0; ///< rises with each line
  moment at;
  std::string by, from;   ///< who and from where
  std::string action, to; ///< a stable word; to whom, or to which salon
  std::string reason;
  std::string result;    ///< "done", or the name of a fault
  std::string node = {}; ///< which one of several wrote it; empty: it was alone
};

} // namespace salond::persistence
