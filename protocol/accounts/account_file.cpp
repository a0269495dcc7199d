#include "protocol/accounts/account_file.hpp"
#include "protocol/accounts/csv.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <unordered_map>

namespace salond {
namespace {

using nlohmann::json;

// What one hash may cost, or a file could make every login of an account eat the server's memory.
constexpr uint32_t max_memory_kib = 1 << 20, max_passes = 64;
// Memory times passes is what a hash takes in time, about a second for this. Anybody may have it computed, who only
// says the account's name: a few that take longer would keep everybody else out.
constexpr uint64_t max_work_kib = 2 << 20;
constexpr size_t max_hash_bytes = 127; // what libsodium takes

constexpr const char* header_wanted =
    "the first line names the columns, with commas between them: username, and alias, password, hash, salons as far as"
    " they are there";

/// What a line says, before it is judged.
struct spoken_account {
  std::optional<std::string> username, alias, password, hash;
  std::vector<std::string> salons;
};

std::string in_quotes(const std::string& text) {
  constexpr size_t longest = 260; // a name of 64 characters has no more bytes
  return "\"" + shown(text.substr(0, longest)) + (text.size() > longest ? "…\"" : "\"");
}

/// Judges accounts one after the other.
class judge {
public:
  explicit judge(account_file& into) : into_(into) {}

  void take(size_t line, spoken_account said) {
    listed_account account;
    account.line = line;
    account.username = said.username.value_or("");
    account.alias = said.alias.value_or(account.username);
    account.password = said.password.value_or("");
    account.hash = said.hash.value_or("");
    account.salons = std::move(said.salons);
    const auto before = into_.faults.count();
    judge_names(account);
    judge_password(line, said);
    if (into_.faults.count() == before)
      into_.accounts.push_back(std::move(account));
  }

private:
  void refuse(size_t line, const std::string& why) { into_.faults.add(line, why); }

  void judge_names(listed_account& account) {
    if (!is_name(account.username))
      return refuse(account.line, account.username.empty()
                                      ? "there is no username"
                                      : "the username " + in_quotes(account.username) + " is none that can be given");
    if (is_reserved(account.username))
      return refuse(account.line, "the username " + in_quotes(account.username) + " is reserved");
    if (!is_name(account.alias))
      return refuse(account.line, "the alias " + in_quotes(account.alias) + " is none that can be given");
    account.username_key = key_of(account.username);
    account.alias_key = key_of(account.alias);
    account.username_looks = skeletons_of(account.username);
    account.alias_looks = account.alias == account.username ? account.username_looks : skeletons_of(account.alias);
    refuse_lookalike(account);
    refuse_second(usernames_, account.username_key, account.line, "username " + in_quotes(account.username));
    refuse_second(aliases_, account.alias_key, account.line, "alias " + in_quotes(account.alias));
  }

  /// A second name that only looks like an earlier one; one that is the same is told as that.
  void refuse_lookalike(const listed_account& account) {
    for (const auto& look : {account.username_looks.folded, account.username_looks.spelled}) {
      const auto first = looks_.emplace(look, account.line).first->second;
      if (first != account.line && usernames_.count(account.username_key) == 0)
        return refuse(account.line, "the username " + in_quotes(account.username) + " looks like that of line "
                                        + std::to_string(first));
    }
  }

  void refuse_second(std::unordered_map<std::string, size_t>& seen, const std::string& key, size_t line,
                     const std::string& named) {
    const auto [first, is_new] = seen.emplace(key, line);
    if (!is_new)
      refuse(line, "the " + named + " stands in line " + std::to_string(first->second) + " already");
  }

  void judge_password(size_t line, const spoken_account& said) {
    if (said.password.has_value() == said.hash.has_value())
      return refuse(line,
                    said.hash ? "there are a password and a hash; give one" : "there is neither a password nor a hash");
    if (said.password && !is_new_password(*said.password))
      refuse(line, "a password has 1 to 1,024 bytes, in UTF-8, without a line end");
    if (said.hash && !is_password_hash(*said.hash))
      refuse(line, "the hash is neither Argon2id in PHC form (at most 1 GiB, 64 passes, 2 GiB in all passes) nor 64 "
                   "lower-case hexadecimal digits");
  }

  account_file& into_;
  std::unordered_map<std::string, size_t> usernames_, aliases_, looks_;
};

// --- CSV ---

/// The names in a field, with colons between, which no name holds.
std::vector<std::string> names_in(std::string_view field) {
  std::vector<std::string> result;
  while (!field.empty()) {
    const auto end = std::min(field.find(':'), field.size());
    if (end > 0)
      result.emplace_back(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
  }
  return result;
}

/// Puts a field where it belongs; false for an unknown column. An empty one says nothing.
bool put(spoken_account& into, const std::string& column, std::string field) {
  if (column == "salons") {
    into.salons = names_in(field);
    return true;
  }
  auto* to = column == "username"   ? &into.username
             : column == "alias"    ? &into.alias
             : column == "password" ? &into.password
             : column == "hash"     ? &into.hash
                                    : nullptr;
  if (to && !field.empty())
    *to = std::move(field);
  return to != nullptr;
}

/// What is wrong with the header; empty: nothing.
std::string fault_of_header(const csv_records::record& header) {
  if (!header.fault.empty())
    return header.fault;
  auto columns = header.fields;
  if (std::find(columns.begin(), columns.end(), "username") == columns.end())
    return header_wanted; // what stands there may be a password, and is not repeated
  for (const auto& column : columns) {
    spoken_account any;
    if (!put(any, column, {}))
      return in_quotes(column) + " is no column; " + header_wanted;
  }
  std::sort(columns.begin(), columns.end());
  return std::adjacent_find(columns.begin(), columns.end()) != columns.end() ? "a column stands twice" : "";
}

/// A hash of Argon2id has commas, which nobody thinks of: its parts are then what is too much.
std::string fault_of_count(const std::vector<std::string>& fields, size_t columns) {
  const bool parted = fields.size() > columns && std::any_of(fields.begin(), fields.end(), [](const auto& field) {
                        return field.rfind("$argon2", 0) == 0;
                      });
  return "there are " + std::to_string(fields.size()) + " fields, and " + std::to_string(columns) + " columns"
         + (parted ? "; a hash that begins with $argon2 has commas in it: put it into double quotes" : "");
}

void read_csv(std::string_view text, account_file& into) {
  csv_records records(text);
  judge judged(into);
  const auto header = records.next();
  if (!header)
    return into.faults.add(1, header_wanted);
  if (const auto why = fault_of_header(*header); !why.empty())
    return into.faults.add(header->line, why);
  while (auto record = records.next()) {
    if (record->fault.empty() && record->fields.size() != header->fields.size())
      record->fault = fault_of_count(record->fields, header->fields.size());
    if (!record->fault.empty()) {
      into.faults.add(record->line, record->fault);
      continue;
    }
    spoken_account said;
    for (size_t place = 0; place < record->fields.size(); ++place)
      put(said, header->fields[place], std::move(record->fields[place]));
    judged.take(record->line, std::move(said));
  }
}

// --- JSON lines ---

/// Values stand in values more often than in any account.
struct too_deep {};

/// A line's value, and the member that it names twice, if there is one: the value holds the last of them alone. Throws
/// too_deep: the parser needs memory for each level of a text.
std::pair<json, std::optional<std::string>> parse_line(std::string_view line) {
  constexpr int deepest = 8; // an account has two
  std::set<std::string> members;
  std::optional<std::string> twice;
  const auto look = [&](int depth, json::parse_event_t event, json& parsed) {
    const bool begins = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (begins && depth >= deepest)
      throw too_deep{};
    if (event == json::parse_event_t::key && depth == 1 && !members.insert(parsed.get<std::string>()).second)
      twice = parsed.get<std::string>();
    return true;
  };
  auto value = json::parse(line.begin(), line.end(), look, false);
  return {std::move(value), std::move(twice)};
}

/// What is wrong with an object, which goes into `said`; empty: nothing.
std::string take_object(const json& object, spoken_account& said) {
  if (!object.is_object())
    return "it is no JSON object";
  for (const auto& [name, value] : object.items()) {
    if (name == "salons") {
      if (!value.is_array()
          || !std::all_of(value.begin(), value.end(), [](const json& element) { return element.is_string(); }))
        return "\"salons\" is no list of names";
      for (const auto& salon : value)
        said.salons.push_back(salon.get<std::string>());
      continue;
    }
    spoken_account any;
    if (!put(any, name, {}))
      return in_quotes(name) + " is no member of an account: username, alias, password, hash, salons";
    if (value.is_null())
      continue;
    if (!value.is_string())
      return in_quotes(name) + " is no text";
    put(said, name, value.get<std::string>());
  }
  return {};
}

void read_json_line(std::string_view text, size_t line, account_file& into, judge& judged) {
  try {
    const auto [object, twice] = parse_line(text);
    spoken_account said;
    if (const auto why = take_object(object, said); !why.empty())
      into.faults.add(line, why);
    else if (twice)
      into.faults.add(line, in_quotes(*twice) + " stands twice; remove one");
    else
      judged.take(line, std::move(said));
  } catch (const too_deep&) {
    into.faults.add(line, "lists or objects stand in each other too deep");
  }
}

void read_json_lines(std::string_view text, account_file& into) {
  judge judged(into);
  for (size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto single = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (single.find_first_not_of(" \t\r") != std::string_view::npos)
      read_json_line(single, line, into, judged);
  }
}

// --- hashes ---

/// Takes `text` off the front, if it is there.
bool skip(std::string_view& from, std::string_view text) {
  const bool there = from.substr(0, text.size()) == text;
  if (there)
    from.remove_prefix(text.size());
  return there;
}

/// Takes a number of at most `most` off the front, into `number`.
bool skip_number(std::string_view& from, uint32_t most, uint32_t& number) {
  const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), number);
  if (error != std::errc{} || number == 0 || number > most || from.front() == '0')
    return false;
  from.remove_prefix(static_cast<size_t>(end - from.data()));
  return true;
}

/// Takes bytes in base64 without padding off the front, of that many digits at least.
bool skip_base64(std::string_view& from, size_t least) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto size = std::min(from.find_first_not_of(digits), from.size());
  from.remove_prefix(size);
  return size >= least && size % 4 != 1;
}

} // namespace

bool is_password_hash(std::string_view text) {
  if (text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos)
    return true;
  uint32_t memory_kib = 0, passes = 0, lanes = 0;
  // Salt of 8 bytes, hash of 16 at least.
  return text.size() <= max_hash_bytes && skip(text, "$argon2id$v=19$m=")
         && skip_number(text, max_memory_kib, memory_kib) && skip(text, ",t=") && skip_number(text, max_passes, passes)
         && uint64_t{memory_kib} * passes <= max_work_kib && skip(text, ",p=") && skip_number(text, 64, lanes)
         && skip(text, "$") && skip_base64(text, 11) && skip(text, "$") && skip_base64(text, 22) && text.empty();
}

void line_faults::add(size_t line, const std::string& why) {
  if (++count_ <= max_kept)
    kept_.push_back({line, why});
}

std::string line_faults::text() const {
  auto sorted = kept_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const kept_fault& a, const kept_fault& b) { return a.line < b.line; });
  std::string result;
  for (const auto& each : sorted)
    result += "line " + std::to_string(each.line) + ": " + each.why + "\n";
  if (count_ > kept_.size())
    return result + "and " + std::to_string(count_ - kept_.size()) + " more";
  if (!result.empty())
    result.pop_back();
  return result;
}

account_file read_accounts(std::string_view text) {
  account_file result;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") // what some editors put in front of UTF-8
    text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{')
    read_json_lines(text, result);
  else
    read_csv(text, result);
  if (result.accounts.empty() && result.faults.empty())
    result.faults.add(1, "there is no account in the file");
  return result;
}

} // namespace salond
