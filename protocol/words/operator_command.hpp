// What an operator can say: one table of all commands, which salonctl, the server, the completion and the manual page
// share. A command is a row of words; what it may hold is written in its row as it is shown to people.
#pragma once
#include "protocol/words/audit_words.hpp"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace salond {

/// Who may give a command. What a moderator may do in a salon he may do in those given to him.
enum class right : uint8_t {
  operators,  ///< every operator
  moderators, ///< administrators, and moderators of the salon that it names
  administrators
};

/// Whether a command would change something where it is not refused. Of one that would the audit log has a line.
enum class command_effect : uint8_t { changes, looks };

/// What a command takes beside its words, and never among them: words are seen in `ps`.
enum class command_input : uint8_t { none, password, file };

/// What is special about a command, so that nobody has to ask for its name. Several may be joined by `|`.
enum class trait : uint16_t {
  none = 0,
  names_new_salon = 1 << 0,       ///< SALON is to be made, and need not be there
  decides_registrations = 1 << 1, ///< USER may be somebody who waits for an account
  salon_may_be_reason = 1 << 2,   ///< of a registration SALON is the first word of the reason
  ends_membership = 1 << 3,       ///< of USER in SALON: a moderator ends none of who has rights there
  reaches_members = 1 << 4,       ///< a moderator may give it about who is a member of one of his salons
  long_text = 1 << 5,             ///< what it says may be as long as a command
  live = 1 << 6,                  ///< asked again and again, so that people can watch
  live_after = 1 << 7,            ///< the same where it says `--after`
  makes_bundle = 1 << 8,          ///< its answer holds a secret that salonctl writes to a file
  document = 1 << 9,              ///< its answer is JSON for whatever else reads it, and shown as it is
  asks_about_many = 1 << 10,      ///< people are asked before it only where it is about many
};
constexpr trait operator|(trait first, trait second) {
  return static_cast<trait>(static_cast<uint16_t>(first) | static_cast<uint16_t>(second));
}

/// One row of the table.
struct operator_command {
  std::string_view name; ///< one word or two: "kick", "salon create"
  /// `NAME` is demanded, `[NAME]` may be left out, `NAME...` takes one word or more, `[--name]` and `[--name=VALUE]`
  /// may stand anywhere, and `[--name=VALUE...]` several times. An optional NUMBER (MINUTES, SECONDS, N) takes whole
  /// numbers alone: other words pass it by.
  std::string_view arguments;
  std::string_view summary; ///< one sentence for `help`
  right needs = right::administrators;
  audit_word audited = {}; ///< its lines in the audit log; without one it changes nothing, and only a refusal is noted
  command_input input = command_input::none;
  trait traits = trait::none;

  bool is(trait asked) const { return (static_cast<uint16_t>(traits) & static_cast<uint16_t>(asked)) != 0; }
};

/// Bytes that a command may have, its words joined by spaces: fewer than one message to the server holds.
constexpr size_t max_command_bytes = 48 << 10;

/// All of them, in the order in which `help` shows them.
const std::vector<operator_command>& operator_commands();

/// Whether it would change something where it is not refused: then the audit log has a line of a refusal, too.
bool changes_something(const operator_command& command);

/// The word of its lines in the audit log: its own name where it has none.
audit_word audited_as(const operator_command& command);
/// The same of the command that is called so; any other word stands for itself. Lines of before there was one
/// vocabulary may have the command's name.
std::string_view present_audit_word(std::string_view word);

/// A command that fits its row.
struct spoken_command {
  const operator_command* row = nullptr;
  std::map<std::string, std::string, std::less<>> values; ///< by the names in the row: "USER", "--policy"
  std::vector<std::string> rest;                          ///< of the argument, or the option, with `...`

  bool has(std::string_view name) const { return values.find(name) != values.end(); }
  /// "" where it was left out.
  std::string get(std::string_view name) const;
  std::optional<int64_t> number(std::string_view name) const;
  /// The rest as one text, its words joined by single spaces.
  std::string text() const;
};

/// Whether a person is asked before it, since it destroys something, and did not say `--yes`.
bool asks_first(const spoken_command& said);
/// Whether it is about many, and not about one that it names: `accept`, `reject` and `message delete`.
bool is_about_many(const spoken_command& said);

/// Why words are no command: a sentence for people.
struct usage_fault {
  std::string text;
};

/// Any words are legal, and have bounds; never throws for them. A word `--` makes all that follow it arguments.
std::variant<spoken_command, usage_fault> understand(const std::vector<std::string>& words);

/// A line of the console: words with quotes ('…', "…", \x), or the replaced console's own syntax: KICK:user,
/// BAN:user, ACCEPT:user:salon, REJECT:user:salon, KILL.
std::variant<std::vector<std::string>, usage_fault> words_of_line(std::string_view line);

/// Whether a line of the console begins as a command that takes a password, whatever is wrong with the rest: then the
/// next line is the password, and no command.
bool takes_password(std::string_view line);

} // namespace salond
