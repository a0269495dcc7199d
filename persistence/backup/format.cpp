#include "persistence/backup/format.hpp"
#include "protocol/words/names.hpp"
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <sodium.h>

namespace salond::persistence {
namespace {

using json = nlohmann::ordered_json; // an order that is always the same: the last line is compared as a text

constexpr int64_t our_format = 1;

std::string to_hex(std::string_view bytes) {
  std::string result(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(result.data(), result.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  result.pop_back();
  return result;
}

// --- one value ---

/// A text as a JSON text; what is no UTF-8, which JSON cannot hold, as {"hex":"…"}.
std::string spelled(const std::string& bytes) {
  return is_utf8(bytes) ? json(bytes).dump() : "{\"hex\":\"" + to_hex(bytes) + "\"}";
}

std::string spelled(const field& value) {
  if (const auto* number = std::get_if<int64_t>(&value))
    return std::to_string(*number);
  if (const auto* bytes = std::get_if<std::string>(&value))
    return spelled(*bytes);
  return "null";
}

std::optional<int64_t> number_in(const json& value) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return std::nullopt;
  return value.is_number_integer() ? std::optional{value.get<int64_t>()} : std::nullopt;
}

std::optional<std::string> bytes_in(const json& value) {
  if (value.is_string())
    return value.get<std::string>();
  if (!value.is_object() || value.size() != 1 || !value.contains("hex") || !value["hex"].is_string())
    return std::nullopt;
  const auto& digits = value["hex"].get_ref<const std::string&>();
  std::string result(digits.size() / 2, '\0');
  size_t size = 0;
  const bool whole = sodium_hex2bin(reinterpret_cast<unsigned char*>(result.data()), result.size(), digits.data(),
                                    digits.size(), nullptr, &size, nullptr)
                     == 0;
  return whole && size == result.size() && digits.size() % 2 == 0 ? std::optional{result} : std::nullopt;
}

/// The value of a column, if it can be one.
std::optional<field> field_in(const json& value, const table_column& column) {
  if (value.is_null())
    return column.may_be_null ? std::optional<field>{nullptr} : std::nullopt;
  if (column.type == table_column::kind::number) {
    const auto number = number_in(value);
    return number ? std::optional<field>{*number} : std::nullopt;
  }
  auto bytes = bytes_in(value);
  return bytes ? std::optional<field>{std::move(*bytes)} : std::nullopt;
}

/// What stands in a column of a row that is older than the column.
field value_before(const table_column& column) {
  if (column.may_be_null)
    return nullptr;
  return column.type == table_column::kind::number ? field{int64_t{0}} : field{std::string{}};
}

std::optional<table_row> row_in(const json& line, const stored_table& of, int64_t schema) {
  if (!line.is_array())
    return std::nullopt;
  table_row result;
  result.reserve(of.columns.size());
  size_t place = 0;
  for (const auto& column : of.columns) {
    if (column.since > schema) {
      result.push_back(value_before(column));
      continue;
    }
    auto value = place < line.size() ? field_in(line[place++], column) : std::nullopt;
    if (!value)
      return std::nullopt;
    result.push_back(std::move(*value));
  }
  return place == line.size() ? std::optional{std::move(result)} : std::nullopt;
}

// --- one line ---

/// Whether values stand in values more than twice, which is so in no line of ours. A parser needs memory for each level
/// of a text, and what writes a value again needs a call for each.
bool nests_too_deep(std::string_view line) {
  constexpr int deepest = 2;
  int depth = 0;
  bool in_text = false;
  for (size_t place = 0; place < line.size(); ++place) {
    const char c = line[place];
    if (in_text && c == '\\')
      ++place;
    else if (c == '"')
      in_text = !in_text;
    else if (!in_text && (c == '[' || c == '{') && ++depth > deepest)
      return true;
    else if (!in_text && (c == ']' || c == '}'))
      --depth;
  }
  return false;
}

constexpr const char* not_ours = "it is no backup of salond";

json columns_of(const stored_table& table, int64_t schema) {
  json names = json::array();
  for (const auto& column : table.columns)
    if (column.since <= schema)
      names.push_back(column.name);
  return names;
}

std::string last_line(const backup_facts& facts, const std::string& sum) {
  json counts;
  for (size_t number = 0; number < facts.rows.size(); ++number)
    if (const auto& table = stored_tables()[number]; table.since <= facts.schema)
      counts[table.name] = facts.rows[number];
  return json{{"rows", counts}, {"sha256", sum}}.dump() + "\n";
}

/// Reads line by line, and keeps the sum and the place.
class line_by_line {
public:
  explicit line_by_line(const std::function<bool(std::string&)>& source) : source_(source) {}

  void next() {
    ++number_;
    if (source_(text_) && !text_.empty() && text_.back() == '\n')
      return;
    if (number_ > 1)
      throw backup_error("it is cut off after line " + std::to_string(number_ - 1));
    if (text_.empty() || text_.front() == '{')
      throw backup_error("it is cut off in its first line");
    throw backup_error(not_ours);
  }
  const std::string& text() const { return text_; }
  /// The line, which belongs to what the sum is made of.
  json value() {
    sum_.add(text_);
    return nests_too_deep(text_) ? json(json::value_t::discarded)
                                 : json::parse(text_.begin(), text_.end() - 1, nullptr, false);
  }
  /// The line is just as we write this value: no member stands in it twice, of which a parser drops one.
  void check_spelling(const json& value) const {
    if (value.dump() + "\n" != text_)
      refuse();
  }
  [[noreturn]] void refuse() const { throw backup_error("line " + std::to_string(number_) + " is damaged"); }

  /// The line is the last one, and what it should be.
  void check_end(const backup_facts& facts) {
    if (text_ != last_line(facts, sum_.end()))
      throw backup_error("it is not as it was written: its sum (SHA-256) or its number of rows is another");
    if (source_(text_))
      throw backup_error("something follows its end");
  }

private:
  const std::function<bool(std::string&)>& source_;
  std::string text_;
  running_sum sum_;
  uint64_t number_ = 0;
};

void read_header(line_by_line& lines, backup_facts& facts) {
  lines.next();
  const auto header = lines.value();
  if (!header.is_object() || !header.contains("salond_backup"))
    throw backup_error(not_ours);
  const auto format = number_in(header["salond_backup"]), schema = number_in(header.value("schema", json{})),
             made = number_in(header.value("made_ms", json{}));
  const auto version = header.value("salond", json{});
  if (!format || !schema || !made || !version.is_string())
    lines.refuse();
  const auto by = "it was written by salond " + version.get<std::string>();
  if (*format != our_format)
    throw backup_error(by + " in format " + std::to_string(*format) + ", and this one reads format "
                       + std::to_string(our_format) + "; restore it with that salond");
  if (*schema > stored_schema)
    throw backup_error(by + " from schema " + std::to_string(*schema) + ", and this one knows up to "
                       + std::to_string(stored_schema) + "; restore it with that salond, or a newer one");
  if (*schema < oldest_restored_schema)
    throw backup_error(by + " from schema " + std::to_string(*schema) + ", and this one reads backups from schema "
                       + std::to_string(oldest_restored_schema)
                       + " on; restore it with that salond, whose database this one takes over");
  lines.check_spelling(header);
  facts.version = version.get<std::string>();
  facts.schema = *schema;
  facts.made_ms = *made;
}

void read_table_line(line_by_line& lines, const stored_table& table, backup_facts& facts) {
  const auto value = lines.value();
  if (!value.is_object() || value.value("table", json{}) != table.name)
    lines.refuse();
  if (value.value("columns", json{}) != columns_of(table, facts.schema))
    throw backup_error("its table " + std::string(table.name)
                       + " has other columns than this salond's; restore it with the salond that wrote it");
  const auto next = number_in(value.value("next", json{}));
  if (!next || *next < 0)
    lines.refuse();
  facts.next_numbers.back() = *next;
  lines.check_spelling(value);
}

} // namespace

// --- the sum ---

struct running_sum::state {
  crypto_hash_sha256_state of;
};

running_sum::running_sum() : state_(std::make_unique<state>()) {
  crypto_hash_sha256_init(&state_->of);
}

running_sum::~running_sum() = default;

void running_sum::add(std::string_view bytes) {
  crypto_hash_sha256_update(&state_->of, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string running_sum::end() {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state_->of, reinterpret_cast<unsigned char*>(digest.data()));
  return to_hex(digest);
}

uint64_t backup_facts::all_rows() const {
  return std::accumulate(rows.begin(), rows.end(), uint64_t{0});
}

// --- writing ---

backup_writer::backup_writer(taker to, const std::string& version, int64_t made_ms) : to_(std::move(to)) {
  facts_.version = version;
  facts_.made_ms = made_ms;
  const json header{
      {"salond_backup", our_format}, {"schema", stored_schema}, {"salond", version}, {"made_ms", made_ms}};
  line(header.dump() + "\n");
}

void backup_writer::line(std::string text) {
  sum_.add(text);
  to_(text);
}

void backup_writer::table(int64_t next_number) {
  const auto& table = stored_tables().at(facts_.rows.size());
  facts_.next_numbers.push_back(next_number);
  facts_.rows.push_back(0);
  line(json{{"table", table.name}, {"columns", columns_of(table, stored_schema)}, {"next", next_number}}.dump() + "\n");
}

void backup_writer::row(const table_row& row) {
  std::string text = "[";
  for (const auto& value : row)
    text += (text.size() == 1 ? "" : ",") + spelled(value);
  ++facts_.rows.back();
  line(text + "]\n");
}

void backup_writer::end() {
  to_(last_line(facts_, sum_.end()));
}

// --- reading ---

backup_facts read_backup(const std::function<bool(std::string& line)>& next_line,
                         const std::function<void(const stored_table& of, table_row&& row)>& take) {
  backup_facts facts;
  line_by_line lines(next_line);
  read_header(lines, facts);
  lines.next();
  for (const auto& table : stored_tables()) {
    facts.next_numbers.push_back(table.counts ? 1 : 0);
    facts.rows.push_back(0);
    if (table.since > facts.schema)
      continue;
    read_table_line(lines, table, facts);
    for (lines.next(); lines.text().front() == '['; lines.next()) {
      auto row = row_in(lines.value(), table, facts.schema);
      if (!row)
        lines.refuse();
      take(table, std::move(*row));
      ++facts.rows.back();
    }
  }
  lines.check_end(facts);
  return facts;
}

std::optional<int64_t> made_ms_in(const std::string& first_line) {
  const auto header = json::parse(first_line, nullptr, false);
  if (!header.is_object() || !number_in(header.value("salond_backup", json{})))
    return std::nullopt;
  const auto made = number_in(header.value("made_ms", json{}));
  return made && *made >= 0 ? made : std::nullopt; // no clock shows a time before 1970
}

bool is_last_line(std::string_view line) {
  if (line.empty() || line.back() != '\n' || nests_too_deep(line))
    return false;
  const auto end = json::parse(line.begin(), line.end(), nullptr, false);
  return end.is_object() && end.contains("rows") && end.contains("sha256");
}

} // namespace salond::persistence
