// One command of an operator, from the request to the last piece of its answer.
#pragma once
#include "actors/admin/messages.hpp"
#include "actors/certificate_service.hpp"
#include "actors/cluster/member.hpp"
#include "actors/interfaces/asking.hpp"
#include "actors/interfaces/certificates.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/links.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/server.hpp"
#include "actors/retention_board.hpp"
#include "actors/rules/permissions.hpp"
#include "actors/transport/transport.hpp"
#include "config/load.hpp"
#include "protocol/words/time_meant.hpp"
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace salond {

using json = nlohmann::ordered_json;

/// A configuration that was read again and checked whole, and is not yet in force.
struct reread_configuration {
  std::vector<std::string> faults;        ///< a sentence each; if there is one, nothing can be taken up
  std::vector<std::string> warnings;      ///< the same, for what is allowed and yet unwise
  std::vector<std::string> changed;       ///< names of the settings that differ from those in force
  std::vector<std::string> needs_restart; ///< names of those of them that a restart alone takes up
  new_settings next;
  config::value_sources sources;
  std::optional<std::string> file; ///< as it was read
};

/// The configuration of the node, as the admin actor has it read again. Any thread; may read files.
struct configuration_service {
  std::function<reread_configuration()> read;
  std::function<void(const reread_configuration&)> take_up;
  std::function<std::vector<config::effective_value>()> show; ///< the values that are in force
  /// From when and until when the clients' certificate is good, if there is one.
  std::function<std::optional<std::pair<std::time_t, std::time_t>>()> certificate_lasts;
};

/// The actors that the admin actor asks, and what it knows of the node.
struct admin_parts {
  identify who;
  store_actor store;
  relay_actor relay;
  host_actor host;
  directory_actor directory;
  server_actor server;
  serving services;
  certificate_service certificates;
  configuration_service configuration;
  std::string database;             ///< one line about it
  std::string state;                ///< the folder for what the server keeps
  std::vector<std::string> sockets; ///< files of the unix sockets at which clients are let in
  moment started;
  bool keep_requests = false;                       ///< requests.keep_offline
  std::shared_ptr<retention_board> retention;       ///< how long messages are kept
  std::shared_ptr<cluster_member> member = nullptr; ///< of a node
  links_actor links;                                ///< the same
  certificates_actor shared_certificates;           ///< the same
  asking_actor asking;                              ///< the same: asks the other nodes
};

class admin_call;
/// INTERNAL to the admin actor: a call that is not over tells its progress, or that it is alive.
struct say_how_far {
  std::shared_ptr<admin_call> call;
};
/// INTERNAL to the admin actor: bursts of refused commands may be over.
struct tell_refusals {};

/// A line of the audit log that the database did not take in time.
struct late_line {
  decision why;
  audit_word action;
  std::string to, result;
};

/// Whether a line of the audit log is that call's. No two calls of a server have the same time.
bool is_of_call(const persistence::audit_line& line, const decision& why);

/// The admin actor's own view of itself: operators' messages, and those that only the node and it itself send it.
using admin_core =
    admin_actor::extend<caf::reacts_to<serving>, caf::reacts_to<say_how_far>, caf::reacts_to<tell_refusals>>;
struct admin_state;
using admin_pointer = admin_core::stateful_pointer<admin_state>;

/// What a command's words name, read before anything is decided.
struct command_context {
  rules::authority rights;
  user_id account;                                 ///< that the operator's certificate belongs to, if any
  bool disabled = false;                           ///< it is disabled, and its owner may do nothing
  std::optional<salon_record> salon;               ///< that SALON names
  std::optional<persistence::user_profile> target; ///< that USER names
  bool registers = false;                          ///< it is about accounts that wait
  std::optional<salon_id> shared; ///< of a kick: a salon of the moderator's that the target came to without one
  bool above = false;             ///< the target has rights in that salon, or everywhere
};

class admin_call : public std::enable_shared_from_this<admin_call> {
public:
  admin_call(admin_pointer self, peer from, spoken_command said);

  // --- what it is ---
  admin_pointer self() const { return self_; }
  const admin_parts& parts() const;
  const spoken_command& said() const { return said_; }
  const peer& from() const { return from_; }
  /// Who gave the command, from where and when; for the audit log.
  decision why(const std::string& reason = {}) const;
  command_context context;
  std::string input; ///< all of it

  // --- what it answers: once done or refused, at most progress before ---
  /// The command's changes are in the store, and its effects were told by tell() of effects.hpp. Answers once all of
  /// that holds for everybody who asks from then on, here and over other connections.
  void done(const json& value);
  void done() { done(json::object({{"done", true}})); }
  /// The answer is a list that was cut off: the operator is told that there is more.
  void cut_off() { cut_off_ = true; }
  /// The answer is not complete. `sentence` has no full stop: "node lyon did not answer". An object says it in
  /// `incomplete`; beside a list the person is told it.
  void lacks(std::string sentence) { lacking_.push_back(std::move(sentence)); }
  const std::vector<std::string>& lacking() const { return lacking_; }
  /// Says so in an answer that is an object, and told in parts; done() does it by itself.
  void name_lacking(json& object) const;
  /// As done(), without waiting for anybody: the server stops.
  void done_at_once(const json& value);
  /// The refusal stands in the audit log if the command would have changed something: the one that decided has written
  /// the line, or it is written here. A misused command has no line, nor has one that the database could not take.
  void refuse(fault why);
  void refuse(admin_verdict verdict, const std::string& why);
  /// The same if the audit log has the line already, or gets it later.
  void refuse_noted(admin_verdict verdict, const std::string& why);
  /// The operator has no right to the command. This stands in the audit log.
  void forbid(const std::string& why);
  /// A piece of the answer's text, as much as is to be held at once. `more` is called when it is told and the asker
  /// wants the next one. It gives one or ends the text.
  void part(std::string piece, std::function<void()> more);
  void end_text(std::string last_piece);
  void progress(const json& value);
  /// Tells `how_far`'s answer as progress once a second, until the call is decided. The admin actor calls `how_far`.
  void report(std::function<json()> how_far);
  /// Tells the operator every three seconds that the server lives: he waits for the answer, however long that takes.
  void keep_alive();
  /// INTERNAL: the time until the next progress is over.
  void second_over();

  // --- the asker's turn ---
  /// The answer for the asker's question, as soon as there is one.
  caf::result<admin_answer> next();
  /// Takes a piece of input; false when none is wanted.
  bool take(const std::string& piece);
  void want_input() {
    wants_input_ = true;
    tell();
  }
  void input_ended() { wants_input_ = false; }
  bool asked() const { return waiting_.pending(); }
  /// Nothing more will be asked of it.
  bool over() const { return over_; }
  bool decided() const { return verdict_.has_value() || refusing_; }
  /// Its asker is gone, or has been silent for so long that he must be.
  bool deserted() const;
  /// The asker's connection ended. `abandon` gives up what can be given up.
  void desert();
  /// Called once should the asker go before it is decided.
  void when_deserted(std::function<void()> abandon) { abandon_ = std::move(abandon); }
  instant touched;

private:
  void tell();
  void decide_done();
  void take_text(json value);
  void refuse_with(admin_verdict verdict, const std::string& why, const std::string& result);
  std::optional<admin_answer> take_answer();

  admin_pointer self_;
  peer from_;
  spoken_command said_;
  moment begun_;
  caf::typed_response_promise<admin_answer> waiting_;
  std::optional<admin_answer> progress_;
  std::function<json()> how_far_;
  std::string part_;                     ///< of the answer, not told yet
  std::function<void()> more_;           ///< gives the next one
  std::optional<admin_verdict> verdict_; ///< it is decided
  std::string text_;                     ///< of which `sent_` bytes are told
  size_t sent_ = 0;
  std::vector<std::string> lacking_;
  std::function<void()> abandon_;
  bool wants_input_ = false, over_ = false, gone_ = false, cut_off_ = false;
  bool has_words_ = false; ///< the text is that of done_with_words
  bool refusing_ = false;  ///< its line is being written
};

using admin_call_ptr = std::shared_ptr<admin_call>;

/// Carries out a command that is allowed.
using admin_command = void (*)(const admin_call_ptr&);

/// The function of each command, by its name.
std::map<std::string_view, admin_command> all_admin_commands();
/// Those of one group, a file each: accounts.cpp, bans.cpp, sessions.cpp, invitations.cpp, salons.cpp,
/// salon_details.cpp, retention.cpp, contents.cpp, status.cpp, node.cpp, nodes.cpp (add_cluster_commands), health.cpp,
/// audit.cpp, data.cpp, import.cpp, personal.cpp.
void add_account_commands(std::map<std::string_view, admin_command>& to);
void add_ban_commands(std::map<std::string_view, admin_command>& to);
void add_session_commands(std::map<std::string_view, admin_command>& to);
void add_invitation_commands(std::map<std::string_view, admin_command>& to);
void add_salon_commands(std::map<std::string_view, admin_command>& to);
void add_salon_detail_commands(std::map<std::string_view, admin_command>& to);
void add_retention_commands(std::map<std::string_view, admin_command>& to);
void add_status_commands(std::map<std::string_view, admin_command>& to);
void add_node_commands(std::map<std::string_view, admin_command>& to);
void add_cluster_commands(std::map<std::string_view, admin_command>& to);
void add_health_commands(std::map<std::string_view, admin_command>& to);
void add_audit_commands(std::map<std::string_view, admin_command>& to);
void add_content_commands(std::map<std::string_view, admin_command>& to);
void add_data_commands(std::map<std::string_view, admin_command>& to);
void add_import_commands(std::map<std::string_view, admin_command>& to);
void add_personal_commands(std::map<std::string_view, admin_command>& to);

/// The salon of that name as typed, if there is one.
std::optional<salon_record> salon_named(const std::string& name, const std::vector<salon_record>& all);

/// "2026-11-25T12:00:00Z".
std::string iso_time(moment when);
/// From `since` on, and before `until`; without an end on a side that has none.
struct time_span {
  std::optional<moment> since, until;
  bool holds(moment when) const { return (!since || when >= *since) && (!until || when < *until); }
};
/// The clock may have jumped: a row that is older by less is no sign that all rows before it are older, too.
constexpr auto clock_jump = std::chrono::hours{24};
/// The time that `--since` and `--until` mean. Nothing: one cannot be understood, and the call is refused.
std::optional<time_span> span_meant(const admin_call_ptr& call);
/// Rows of a list that `--limit` may say, whatever the list.
constexpr size_t max_listed = 10000;
/// Rows that are gathered to be sorted; for more the operator is asked to narrow the list.
constexpr size_t max_sorted = 100000;
/// The form of a list that is answered: the column with a row's name, the number of rows without `--limit`, and whether
/// it comes in the order of its names' keys.
struct list_form {
  const char* name;
  size_t usual = max_listed;
  bool by_name = false;
  /// If several rows may have one name: the column that tells them apart and in whose order they come, and its values.
  /// `--after` may be KIND:NAME then; without a kind it means all rows of the name.
  const char* kind = nullptr;
  std::vector<std::string> kinds = {};
};
/// Answers a list: sorted by the column of `--sort` (a hyphen in front: falling), from behind the row that `--after`
/// names, with at most `--limit` rows. In the order of names the row of `--after` may be gone meanwhile.
void answer_list(const admin_call_ptr& call, std::vector<json> rows, list_form form);
/// The number of `--limit`, or `usual` without one. Nothing: it is not from 1 to max_listed, and the call is refused.
std::optional<size_t> limit_meant(const admin_call_ptr& call, size_t usual);
/// A fault as an operator is told it.
std::string sentence_of(fault why);
/// An account as an operator is told of it, without its salons.
json profile_fields(const persistence::user_profile& profile);
/// Adds to a salon's fields how long its messages are kept, and where that stands. `own`: the salon's own days.
void tell_retention(json& shown, const admin_call_ptr& call, std::optional<int64_t> own);
/// Adds the fate of an account's certificates to an answer; adds nothing if there were none.
void tell_ended(json& answer, const ended_certificates& ended);
/// A line of the audit log as an operator is told it, without its number.
json audit_fields(const persistence::audit_line& line);
/// All of them, with `between` between two.
std::string joined(const std::vector<std::string>& all, const char* between);

} // namespace salond
