// One command of an operator, from the request to the last piece of its answer.
#pragma once
#include "actors/admin/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/rules/permissions.hpp"
#include "actors/transport/tls_folder.hpp"
#include "actors/transport/transport.hpp"
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace salond {

using json = nlohmann::ordered_json;

/// Certificates of operators, as the admin actor hands them out. Functions throw pki_error.
struct certificate_office {
  std::function<std::string(const identity&)> issue; ///< a bundle's one file
  std::function<std::vector<issued_certificate>()> list;
  std::function<size_t(const std::string& name)> revoke; ///< live connections end; how many certificates
};

/// A configuration that was read again and checked whole, and is not yet in force.
struct reread_configuration {
  std::vector<std::string> faults;        ///< a sentence each; if there is one, nothing can be taken up
  std::vector<std::string> warnings;      ///< the same, for what is allowed and yet unwise
  std::vector<std::string> changed;       ///< names of what is another than in force
  std::vector<std::string> needs_restart; ///< names of what stays as it is until then
  new_settings next;
};

/// The configuration of the node, as the admin actor has it read again. Any thread; may read files.
struct configuration_office {
  std::function<reread_configuration()> read;
  std::function<void(const reread_configuration&)> take_up;
};

/// Whom the admin actor asks, and what it knows of the node.
struct admin_parts {
  identify who;
  store_actor store;
  relay_actor relay;
  host_actor host;
  directory_actor directory;
  server_actor server;
  serving services;
  certificate_office certificates;
  configuration_office configuration;
  std::string database; ///< one line about it
  std::string state;    ///< the folder for what the server keeps
  moment started;
  bool keep_requests = false; ///< requests.keep_offline
};

class admin_call;
/// INTERNAL to the admin actor: a call that takes long says how far it is.
struct say_how_far {
  std::shared_ptr<admin_call> call;
};

/// The admin actor's own view of itself: operators', and what only the node and it itself send it.
using admin_core = admin_actor::extend<caf::reacts_to<serving>, caf::reacts_to<say_how_far>>;
struct admin_state;
using admin_pointer = admin_core::stateful_pointer<admin_state>;

/// What a command's words name, read before anything is decided.
struct case_file {
  rules::authority rights;
  std::optional<salon_record> salon;               ///< that SALON names
  std::optional<persistence::user_profile> target; ///< that USER names
  bool registers = false;                          ///< it is about accounts that wait
  std::optional<salon_id> shared;                  ///< of a kick: a salon of the moderator's that the target belongs to
};

class admin_call : public std::enable_shared_from_this<admin_call> {
public:
  admin_call(admin_pointer self, peer from, spoken_command said);

  // --- what it is ---
  admin_pointer self() const { return self_; }
  const admin_parts& parts() const;
  const spoken_command& said() const { return said_; }
  const peer& from() const { return from_; }
  /// Who, from where and when; for the audit log.
  decision why(const std::string& reason = {}) const;
  case_file file;
  std::string input; ///< all of it

  // --- what it answers: once done or refused, at most progress before ---
  void done(const json& value);
  void done() { done(json::object({{"done", true}})); }
  void refuse(fault why);
  void refuse(admin_verdict how, const std::string& why);
  /// A piece of the answer's text, as much as is to be held at once; `more` is called when it is told and the asker
  /// wants the next one, and then gives one or ends the text.
  void part(std::string piece, std::function<void()> more);
  void end_text(std::string last_piece);
  void progress(const json& value);
  /// Until it is decided, tells as progress once a second what `how_far` says. It is called by the admin actor.
  void report(std::function<json()> how_far);
  /// INTERNAL: the second is over.
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
  bool decided() const { return verdict_.has_value(); }
  /// Its asker has asked for nothing for so long that he must be gone.
  bool deserted() const;
  instant touched;

private:
  void tell();
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
  bool wants_input_ = false, over_ = false;
};

using admin_call_ptr = std::shared_ptr<admin_call>;

/// Carries out a command that is allowed.
using admin_command = void (*)(const admin_call_ptr&);

/// The function of each command, by its name. One place a group: accounts.cpp, salons.cpp, node.cpp, data.cpp,
/// import.cpp, personal.cpp.
void add_account_commands(std::map<std::string_view, admin_command>& to);
void add_salon_commands(std::map<std::string_view, admin_command>& to);
void add_node_commands(std::map<std::string_view, admin_command>& to);
void add_data_commands(std::map<std::string_view, admin_command>& to);
void add_import_commands(std::map<std::string_view, admin_command>& to);
void add_personal_commands(std::map<std::string_view, admin_command>& to);

/// The salon of that name as typed, if there is one.
std::optional<salon_record> salon_named(const std::string& name, const std::vector<salon_record>& all);

/// "2026-11-25T12:00:00Z".
std::string iso_time(moment when);
/// A fault as an operator is told it.
std::string sentence_of(fault why);
/// A line of the audit log as an operator is told it, without its number.
json audit_fields(const persistence::audit_line& line);
/// All of them, with `between` between two.
std::string joined(const std::vector<std::string>& all, const char* between);

} // namespace salond

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(salond::say_how_far)
