#include "protocol/words/operator_command.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <charconv>
#include <utility>

namespace salond {
namespace {

constexpr auto some = right::operators;
constexpr auto salons = right::moderators;
constexpr auto all = right::administrators;
constexpr audit_word not_audited{};
constexpr auto no_input = command_input::none;

// clang-format off
const std::vector<operator_command> table = {
    {"status", "", "Version, uptime, connections, queues, rates and the database.", some},
    {"check", "[--backup-days=N]", "One line for a monitoring program: database, queue, disk, certificates, clock, backups; status 0 to 3.", some},
    {"nodes", "", "The nodes that share the database: state, salons, connections, links.", some},
    {"config show", "", "The configuration in force, and where each value comes from.", all},
    {"users", "[PATTERN] [--sort=COLUMN] [--limit=N] [--after=USER]", "The users whose name holds PATTERN, 1,000 where not said.", all},
    {"user", "USER", "One user: sessions, addresses, salons, last seen.", all},
    {"user disable", "USER", "Nobody can log in with the account, which keeps all that it has; ends its sessions.", all, audited::disable_user},
    {"user enable", "USER", "Ends that.", all, audited::enable_user},
    {"sessions", "[USER]", "Who is connected, from where, since when.", all},
    {"session end", "USER [ID]", "Closes a user's connections, or the one that sessions shows so, and ends the user's tokens.", all, audited::end_session},
    {"salons", "[--archived] [--sort=COLUMN] [--limit=N] [--after=NAME]", "The salons: policy, topic, members, who hears them now; or those that are archived.", some},
    {"salon show", "SALON", "One salon: policy, topic, members, moderators, how much was said.", salons},
    {"salon members", "SALON [--sort=COLUMN] [--limit=N] [--after=USER]", "Who belongs to a salon, 1,000 where not said.", salons},
    {"salon export", "SALON", "A salon with all its members and messages, as JSON.", all, audited::export_salon, no_input, trait::document},
    {"requests", "", "The join requests and the registrations that wait for a decision.", some},
    {"accept", "[USER] [SALON] [--from=ADDRESS] [--older-than=TIME] [--all]", "Makes a join request a membership; without SALON, a registration an account, or those of an address, or all.", salons, audited::accept, no_input, trait::decides_registrations},
    {"reject", "[USER] [SALON] [REASON...] [--from=ADDRESS] [--older-than=TIME] [--all] [--reason=REASON] [--yes]", "Ends a join request and a membership; without SALON, a registration, or those of an address, or all.", salons, audited::reject, no_input, trait::decides_registrations | trait::salon_may_be_reason | trait::ends_membership | trait::asks_about_many},
    {"kick", "USER [MINUTES] [REASON...]", "Closes a user's connections and refuses logins, for 5 minutes or MINUTES (moderators: 60 at most).", salons, audited::kick, no_input, trait::reaches_members},
    {"ban", "USER [REASON...] [--name] [--for=TIME] [--yes]", "Deletes an account and its messages, and refuses the name for good; with --name, refuses one that no account has; of an address or a network, lets nobody in from there, for good or for TIME.", all, audited::ban},
    {"unban", "USER [--name]", "Ends a ban or a kick, or the ban of an address or a network; with --name, that of a name, whatever it looks like.", all, audited::unban},
    {"bans", "[--sort=COLUMN] [--limit=N] [--after=USER]", "Who is out, names and addresses, until when and since when, by whom and why (moderators: kicks of their members).", some},
    {"message delete", "[ID] [--author=USER] [--since=TIME] [--until=TIME] [--yes]", "Deletes a message (history --ids shows their numbers), or those of a user: all, or those of a time.", all, audited::delete_message, no_input, trait::asks_about_many},
    {"announce", "TEXT...", "Tells everybody who is connected.", all, audited::announce, no_input, trait::long_text},
    {"salon create", "SALON [--policy=POLICY]", "Makes a salon; POLICY is auto, open or approval (the default).", all, audited::create_salon, no_input, trait::names_new_salon},
    {"salon policy", "SALON POLICY", "Who becomes a member: auto, open, approval.", all, audited::set_policy},
    {"salon topic", "SALON [TEXT...]", "What the salon is about.", salons, audited::set_topic},
    {"salon retention", "SALON DAYS [--dry-run] [--yes]", "How long its messages are kept: DAYS, none (for good) or default (as configured); older ones are deleted. With --dry-run, changes nothing and says how many would go now.", all, audited::set_retention},
    {"salon rename", "SALON NAME", "Gives a salon another name.", all, audited::rename_salon},
    {"salon archive", "SALON [--yes]", "Closes a salon; its messages and members stay in the database.", all, audited::archive_salon},
    {"salon restore", "NAME", "Opens an archived salon again.", all, audited::restore_salon},
    {"member add", "USER SALON", "Makes a user a member; one whom a moderator adds is kicked by no moderator for it.", salons, audited::admit},
    {"member remove", "USER SALON", "Ends a membership.", salons, audited::dismiss, no_input, trait::ends_membership},
    {"user add", "USER [--alias=ALIAS]", "Makes an account; asks for its password.", all, audited::add_user, command_input::password},
    {"user rename", "USER NAME", "Gives a user another name.", all, audited::rename_user},
    {"password", "USER", "Gives a user another password; asks for it.", all, audited::set_password, command_input::password},
    {"invite create", "[--uses=N] [--days=N] [--salon=SALON...]", "A code with which one account may register, or N, for 7 days or N, also where registration is closed.", all, audited::create_invitation},
    {"invite list", "", "The invitations that can be used, without their codes.", all},
    {"invite revoke", "ID", "Ends an invitation; invite list shows the numbers.", all, audited::revoke_invitation},
    {"role", "USER ROLE [SALON...]", "ROLE is administrator, user, or moderator with its salons.", all, audited::set_role},
    {"history", "SALON [N] [--ids] [--author=USER] [--since=TIME] [--until=TIME]", "The last N messages of a salon, 50 where not said.", all},
    {"search", "SALON TEXT... [--author=USER] [--since=TIME] [--until=TIME]", "Messages of a salon that hold a text, 200 at most.", all},
    {"log", "[N] [--follow] [--after=ID] [--before=ID] [--user=USER] [--command=COMMAND] [--result=RESULT] [--since=TIME] [--until=TIME] [--lines]", "The last N lines (50) of the audit log, or those behind ID; --follow goes on with new ones.", all, not_audited, no_input, trait::live_after},
    {"watch", "[--node=NAME]", "A live view: connections, rates, latencies, queues, busiest salons; of all nodes, or of one.", some, not_audited, no_input, trait::live},
    {"kill", "[SECONDS] [--yes]", "Stops the server in order, after 10 seconds or SECONDS.", all, audited::kill},
    {"users import", "FILE", "Makes accounts from a file, CSV or JSON lines; all of them or none. -: standard input.", all, audited::import_users, command_input::file},
    {"export", "USER", "All that is kept about a user, as JSON.", all, audited::export_user, no_input, trait::document},
    {"erase", "USER [REASON...] [--yes]", "Deletes a user and all that is personal; the name becomes free. Answers a receipt.", all, audited::erase},
    {"backup", "NAME [--keep=N]", "Writes all that the database holds to STATE/backups/NAME; with --keep, deletes all backups but the newest N.", all, audited::backup},
    {"backup verify", "FILE", "Reads a backup of STATE/backups to its end: whether it could be restored.", all},
    {"reload", "", "Reads the configuration and the certificates again; all or nothing.", all, audited::reload},
    {"cert issue", "NAME [--role=ROLE] [--days=N] [--out=FILE]", "Makes a bundle for an operator, administrator (the default) or moderator, for a year or N days; NAME.pem, or FILE.", all, audited::issue_certificate, no_input, trait::makes_bundle},
    {"cert list", "", "The certificates.", all},
    {"cert revoke", "NAME", "Revokes all certificates of a name, live connections too.", all, audited::revoke_certificates},
    {"node add", "NAME", "Makes a bundle for another node of the cluster, which starts with --join=NAME.pem. It holds the authority's key.", all, audited::add_node, no_input, trait::makes_bundle},
    {"node remove", "NAME", "Takes another node out of the cluster for good: revokes its certificates and ends it.", all, audited::remove_node},
    {"node drain", "NAME [SECONDS]", "Has a node give its salons and its clients away, these over 30 seconds or SECONDS, and end.", all, audited::drain_node},
};
// clang-format on

/// One word of a row's `arguments`.
struct slot {
  std::string name;
  bool optional = false, many = false, option = false, takes_value = false;
  bool takes_number = false; ///< an option
  bool number() const { return optional && (name == "MINUTES" || name == "SECONDS" || name == "N"); }
};

std::vector<slot> slots_of(const operator_command& command) {
  std::vector<slot> result;
  std::string_view left = command.arguments;
  while (!left.empty()) {
    const auto end = std::min(left.find(' '), left.size());
    auto word = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    slot found;
    if (word.front() == '[') {
      found.optional = true;
      word = word.substr(1, word.size() - 2);
    }
    if (word.size() > 3 && word.substr(word.size() - 3) == "...") {
      found.many = true;
      word.remove_suffix(3);
    }
    found.option = word.substr(0, 2) == "--";
    if (const auto equals = word.find('='); equals != std::string_view::npos) {
      found.takes_value = true;
      found.takes_number = word.substr(equals + 1) == "ID" || word.substr(equals + 1) == "N";
      word = word.substr(0, equals);
    }
    found.name = word;
    result.push_back(std::move(found));
  }
  return result;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Looks like a number: what is wrong with it is no reason to take it for a word.
bool is_numeric(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos
         && text.find_first_not_of("0123456789+-.,") == std::string_view::npos;
}

std::string usage_of(const operator_command& command) {
  std::string text = "usage: " + std::string(command.name);
  if (!command.arguments.empty())
    text += " " + std::string(command.arguments);
  return text;
}

/// The row that the words begin with, and how many of them name it.
std::pair<const operator_command*, size_t> row_of(const std::vector<std::string>& words) {
  if (words.size() > 1)
    for (const auto& row : table)
      if (row.name == words[0] + " " + words[1])
        return {&row, 2};
  for (const auto& row : table)
    if (row.name == words[0])
      return {&row, 1};
  return {nullptr, 0};
}

/// Puts an option where it belongs; else says what is wrong with it.
std::string fault_of_option(spoken_command& out, const std::vector<slot>& slots, const std::string& word) {
  const auto equals = word.find('=');
  const auto name = word.substr(0, equals);
  const auto known =
      std::find_if(slots.begin(), slots.end(), [&](const slot& each) { return each.option && each.name == name; });
  if (known == slots.end())
    return "\"" + word.substr(0, 100) + "\" is no option here";
  if (known->takes_value != (equals != std::string::npos))
    return name + (known->takes_value ? " needs a value: " + name + "=…" : " takes no value");
  const auto value = known->takes_value ? word.substr(equals + 1) : std::string{};
  if (known->takes_number && !is_number(value))
    return name + " takes a whole number";
  if (known->many)
    out.rest.push_back(value);
  else if (!out.values.emplace(name, value).second)
    return name + " stands twice";
  return {};
}

/// Puts the arguments into the slots, in order; false when there are too few or too many.
bool take_arguments(spoken_command& out, const std::vector<slot>& slots, const std::vector<std::string>& arguments) {
  size_t next = 0;
  for (const auto& slot : slots) {
    if (slot.option)
      continue;
    if (slot.many) {
      out.rest.assign(arguments.begin() + static_cast<std::ptrdiff_t>(next), arguments.end());
      if (out.rest.empty() && !slot.optional)
        return false;
      next = arguments.size();
    } else if (next == arguments.size()) {
      if (!slot.optional)
        return false;
    } else if (!slot.number() || is_number(arguments[next])) {
      out.values.emplace(slot.name, arguments[next++]);
    } else if (is_numeric(arguments[next])) {
      return false;
    }
  }
  return next == arguments.size();
}

/// What is demanded must say something.
std::optional<usage_fault> what_is_blank(const spoken_command& said, const std::vector<slot>& slots) {
  for (const auto& slot : slots)
    if (slot.many && !slot.optional && said.text().find_first_not_of(" \t\r\n") == std::string::npos)
      return usage_fault{slot.name + " is empty"};
  return std::nullopt;
}

/// The audit log keeps what is said, and no name is so long: what is longer is refused, not cut. What everybody is told
/// may be as long as a command.
std::optional<usage_fault> what_is_too_long(const spoken_command& said, const std::vector<slot>& slots) {
  constexpr size_t most = 1024;
  for (const auto& [name, value] : said.values)
    if (value.size() > most)
      return usage_fault{name + " has at most 1,024 bytes"};
  for (const auto& slot : slots)
    if (slot.many && !slot.option && slot.name != "SALON" && !said.row->is(trait::long_text)
        && said.text().size() > most)
      return usage_fault{slot.name + " has at most 1,024 bytes"};
  for (const auto& word : said.rest)
    if (word.size() > most && !said.row->is(trait::long_text))
      return usage_fault{"a name has at most 1,024 bytes"};
  return std::nullopt;
}

/// A command travels in one message.
bool is_too_long(const std::vector<std::string>& words) {
  size_t bytes = 0;
  for (const auto& word : words)
    bytes += word.size() + 1;
  return bytes > max_command_bytes;
}

/// Takes the next word, quotes resolved, off the line; false when a quote does not end.
bool next_word(std::string_view& left, std::string& word) {
  char quote = '\0';
  size_t place = 0;
  for (; place < left.size() && (quote != '\0' || left[place] != ' '); ++place) {
    const auto c = left[place];
    if (c == '\\' && quote != '\'' && place + 1 < left.size())
      word += left[++place];
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote && quote != '\0')
      quote = '\0';
    else
      word += c;
  }
  left.remove_prefix(place);
  return quote == '\0';
}

/// The replaced console's syntax; nothing where the line is none of it.
std::optional<std::vector<std::string>> replaced_console(std::string_view line) {
  if (line == "KILL")
    return std::vector<std::string>{"kill"};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto verb = line.substr(0, colon);
  const auto about = line.substr(colon + 1);
  if (verb == "KICK" || verb == "BAN")
    return std::vector<std::string>{verb == "KICK" ? "kick" : "ban", "--", std::string(about)};
  if (verb != "ACCEPT" && verb != "REJECT")
    return std::nullopt;
  // No name holds a colon, but one of the replaced server's database may: the salon is what follows the last.
  const auto last = about.rfind(':');
  if (last == std::string_view::npos)
    return std::nullopt;
  return std::vector<std::string>{verb == "ACCEPT" ? "accept" : "reject", "--", std::string(about.substr(0, last)),
                                  std::string(about.substr(last + 1))};
}

} // namespace

const std::vector<operator_command>& operator_commands() {
  return table;
}

bool changes_something(const operator_command& command) {
  return !command.audited.text.empty() && !command.is(trait::document);
}

audit_word audited_as(const operator_command& command) {
  return command.audited.text.empty() ? audit_word{command.name} : command.audited;
}

std::string_view present_audit_word(std::string_view word) {
  const auto row = std::find_if(table.begin(), table.end(), [&](const auto& command) { return command.name == word; });
  return row == table.end() ? word : audited_as(*row).text;
}

bool asks_first(const spoken_command& said) {
  if (said.row->arguments.find("[--yes]") == std::string_view::npos || said.has("--yes") || said.has("--dry-run"))
    return false;
  return !said.row->is(trait::asks_about_many) || is_about_many(said);
}

bool is_about_many(const spoken_command& said) {
  return said.has("--all") || said.has("--from") || said.has("--older-than") || said.has("--author");
}

std::string spoken_command::get(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? std::string{} : found->second;
}

std::optional<int64_t> spoken_command::number(std::string_view name) const {
  const auto text = get(name);
  if (!is_number(text))
    return std::nullopt;
  int64_t result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::string spoken_command::text() const {
  std::string result;
  for (const auto& word : rest)
    result += (result.empty() ? "" : " ") + word;
  return result;
}

std::variant<spoken_command, usage_fault> understand(const std::vector<std::string>& words) {
  if (words.empty())
    return usage_fault{"no command; see help"};
  if (is_too_long(words))
    return usage_fault{"a command has at most 49,152 bytes"};
  const auto [row, named] = row_of(words);
  if (!row)
    return usage_fault{"\"" + escaped(words[0].substr(0, 100)) + "\" is no command; see help"};
  const auto slots = slots_of(*row);
  spoken_command out;
  out.row = row;
  std::vector<std::string> arguments;
  bool options_over = false;
  for (auto place = named; place < words.size(); ++place) {
    const auto& word = words[place];
    if (!options_over && word == "--")
      options_over = true;
    else if (options_over || word.substr(0, 2) != "--")
      arguments.push_back(word);
    else if (const auto why = fault_of_option(out, slots, word); !why.empty())
      return usage_fault{why + "; " + usage_of(*row)};
  }
  if (!take_arguments(out, slots, arguments))
    return usage_fault{usage_of(*row)};
  if (auto blank = what_is_blank(out, slots))
    return std::move(*blank);
  if (auto too_long = what_is_too_long(out, slots))
    return std::move(*too_long);
  return out;
}

bool takes_password(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (; words.size() < 2; words.push_back(std::exchange(word, {}))) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty() || !next_word(line, word))
      break;
  }
  const auto* row = words.empty() ? nullptr : row_of(words).first;
  return row && row->input == command_input::password;
}

std::variant<std::vector<std::string>, usage_fault> words_of_line(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
    line.remove_suffix(1);
  if (auto old = replaced_console(line))
    return std::move(*old);
  std::vector<std::string> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty())
      return words;
    if (!next_word(line, words.emplace_back()))
      return usage_fault{"a quote is not closed"};
  }
}

} // namespace salond
