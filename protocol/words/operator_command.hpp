// What an operator can say: one table of all commands, which salonctl, the server, the completion and the manual page
// share. A command is a row of words; what it may hold is written in its row as it is shown to people.
#pragma once
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

/// One row of the table.
struct operator_command {
  std::string_view name; ///< one word or two: "kick", "salon create"
  /// `NAME` is demanded, `[NAME]` may be left out, `NAME...` takes one word or more, `[--name]` and `[--name=VALUE]`
  /// may stand anywhere, and `[--name=VALUE...]` several times. An optional NUMBER (MINUTES, SECONDS, N) takes whole
  /// numbers alone: other words pass it by.
  std::string_view arguments;
  std::string_view summary; ///< one sentence for `help`
  right needs = right::administrators;
  command_effect effect = command_effect::changes;
  command_input input = command_input::none;
};

/// Bytes that a command may have, its words joined by spaces: fewer than one message to the server holds.
constexpr size_t most_command_bytes = 48 << 10;

/// All of them, in the order in which `help` shows them.
const std::vector<operator_command>& operator_commands();

/// A command that fits its row.
struct spoken_command {
  const operator_command* what = nullptr;
  std::map<std::string, std::string, std::less<>> values; ///< by the names in the row: "USER", "--policy"
  std::vector<std::string> rest;                          ///< of the argument, or the option, with `...`

  bool has(std::string_view name) const { return values.find(name) != values.end(); }
  /// "" where it was left out.
  std::string get(std::string_view name) const;
  std::optional<int64_t> number(std::string_view name) const;
  /// The rest as one text, its words joined by single spaces.
  std::string text() const;
};

/// Whether a person is asked before it, since it destroys something, and did not say `--yes`. Of `message delete` and
/// `reject`: only where they are about many.
bool asks_first(const spoken_command& said);
/// Whether it is about many of those who wait, not about one that it names: `accept` and `reject`.
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

} // namespace salond
