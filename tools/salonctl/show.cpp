#include "tools/salonctl/show.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <vector>
#include <wchar.h>

namespace salonctl {
namespace {

std::string cell(const json& value) {
  if (value.is_null())
    return "-";
  if (value.is_string())
    return salond::escaped(value.get<std::string>());
  if (value.is_boolean())
    return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value.get<double>());
    return text;
  }
  if (value.is_array()) {
    std::string joined;
    for (const auto& element : value)
      joined += (joined.empty() ? "" : ", ") + cell(element);
    return joined.empty() ? "none" : joined;
  }
  return value.dump();
}

/// The columns of the next character on a terminal; `place` is behind it then. What is no character takes one.
size_t next_width(const std::string& text, size_t& place, std::mbstate_t& state) {
  wchar_t character = 0;
  const auto length = std::mbrtowc(&character, text.data() + place, text.size() - place, &state);
  if (length == 0 || length > text.size()) {
    state = {};
    ++place;
    return 1;
  }
  place += length;
  return static_cast<size_t>(std::max(0, ::wcwidth(character)));
}

size_t width_of(const std::string& text) {
  size_t columns = 0;
  std::mbstate_t state{};
  for (size_t place = 0; place < text.size();)
    columns += next_width(text, place, state);
  return columns;
}

std::string upper(std::string name) {
  for (auto& c : name)
    c = c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

using row = std::vector<std::string>;

// A longer one, as a name of 512 bytes that somebody tried, moves what is behind it in its own row alone.
constexpr size_t max_column = 64;

std::string table_of(const std::vector<row>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], std::min(width_of(row[i]), max_column));
    }
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size())
        text += std::string(std::max(widths[i], width_of(row[i])) - width_of(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

bool is_table(const json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

const json& field(const json& of, const std::string& name) {
  static const json none;
  const auto found = of.find(name);
  return found == of.end() ? none : *found;
}

/// What a column of tables holds, a table for each row, named by the row's first column.
std::string tables_below(const json& all, const std::string& name);

std::string list(const json& all) {
  if (all.empty())
    return "none\n";
  if (!all.front().is_object()) {
    std::string text;
    for (const auto& row : all)
      text += cell(row) + "\n";
    return text;
  }
  std::vector<row> rows(1);
  std::string below;
  std::set<std::string> of_tables; // columns
  for (const auto& row : all)
    for (const auto& [name, value] : row.items())
      if (is_table(value))
        of_tables.insert(name);
  for (const auto& [name, value] : all.front().items()) {
    if (of_tables.count(name) != 0)
      below += tables_below(all, name);
    else
      rows[0].push_back(upper(name));
  }
  for (const auto& row : all) { // some rows have more to say than the first
    auto& line = rows.emplace_back();
    for (const auto& [name, value] : row.items())
      if (of_tables.count(name) == 0)
        line.push_back(cell(value));
  }
  return table_of(rows) + below;
}

std::string plain(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string tables_below(const json& all, const std::string& name) {
  std::string text;
  for (const auto& row : all)
    if (is_table(field(row, name)))
      text += plain(name) + " of " + cell(*row.begin()) + ":\n" + list(field(row, name));
  return text;
}

std::string object(const json& all, const std::string& prefix) {
  std::string lines, below;
  for (const auto& [name, value] : all.items()) {
    if (name == "done" && value == true) {
      lines += "done\n";
    } else if (value.is_object()) {
      lines += object(value, prefix + plain(name) + " ");
    } else if (is_table(value)) {
      below += plain(name) + ":\n" + list(value);
    } else {
      lines += prefix + plain(name) + ": " + cell(value) + "\n";
    }
  }
  return lines + below;
}

double number(const json& in, const char* name) {
  const auto found = in.find(name);
  return found != in.end() && found->is_number() ? found->get<double>() : 0;
}

struct rates {
  double messages, deliveries, commits, commit_ms, longest_ms;
};

/// Whether they sum up the same nodes: else one came, went or did not answer, and all that it counted would be taken
/// for what happened since.
bool are_of_the_same(const json& before, const json& now) {
  return field(before, "nodes") == field(now, "nodes");
}

rates between(const json& before, const json& now, double seconds) {
  const auto a = before.value("database", json::object()), b = now.value("database", json::object());
  if (!are_of_the_same(before, now)) // the nodes' own means say more
    return {number(now, "messages_per_second"), number(now, "deliveries_per_second"), 0, 0,
            number(b, "commit_ms_longest")};
  const auto rise = [](const json& from, const json& to, const char* name) { // a node may have begun anew
    return std::max(0.0, number(to, name) - number(from, name));
  };
  const auto commits = rise(a, b, "commits"), busy = rise(a, b, "commit_ms_total");
  const auto over = std::max(seconds, 0.001);
  return {rise(before, now, "messages") / over, rise(before, now, "deliveries") / over, commits / over,
          commits > 0 ? busy / commits : 0, number(b, "commit_ms_longest")};
}

template <class... Values>
std::string format(const char* form, Values... values) {
  char text[512];
  std::snprintf(text, sizeof text, form, values...);
  return text;
}

} // namespace

std::string to_text(const json& answer) {
  if (answer.is_array())
    return list(answer);
  if (answer.is_object())
    return object(answer, {});
  return cell(answer) + "\n";
}

std::string log_line(const json& line) {
  std::string text;
  for (const auto& [name, value] : line.items()) {
    text += (text.empty() ? "" : " ") + name + "=";
    text += value.is_string() ? "\"" + salond::escaped(value.get<std::string>(), "\"\\") + "\"" : value.dump();
  }
  return text;
}

std::string for_terminal(std::string_view lines) {
  std::string text;
  for (;;) {
    const auto end = std::min(lines.find('\n'), lines.size());
    text += salond::escaped(lines.substr(0, end));
    if (end == lines.size())
      return text;
    text += '\n';
    lines.remove_prefix(end + 1);
  }
}

std::string cut_to_columns(const std::string& line, size_t columns) {
  size_t used = 0, kept = 0; // `kept`: bytes that leave a column for the mark
  std::mbstate_t state{};
  for (size_t place = 0; place < line.size();) {
    used += next_width(line, place, state);
    if (used > columns)
      return columns == 0 ? std::string{} : line.substr(0, kept) + "…";
    if (used < columns)
      kept = place;
  }
  return line;
}

std::string json_for_terminal(const std::string& answer) {
  return json::parse(answer).dump(-1, ' ', true);
}

std::string progress_line(const json& how_far) {
  std::string text;
  for (const auto& [name, value] : how_far.items())
    text += (text.empty() ? "" : ", ") + plain(name) + " " + cell(value);
  return text;
}

namespace {

/// Which nodes a sample does not hold, if so.
std::string lacking(const json& sample) {
  std::string text;
  for (const auto& word : field(sample, "incomplete"))
    text += (text.empty() ? "" : "; ") + cell(word);
  return text;
}

} // namespace

std::string watch_line(const json& before, const json& now, double seconds) {
  const auto r = between(before, now, seconds);
  const auto db = now.value("database", json::object());
  auto line = format("connections=%.0f users=%.0f messages/s=%.0f deliveries/s=%.0f commits/s=%.0f commit_ms=%.2f "
                     "longest_ms=%.2f writes_waiting=%.0f reads_waiting=%.0f posts_in_flight=%.0f parked=%.0f",
                     number(now, "connections"), number(now, "users"), r.messages, r.deliveries, r.commits, r.commit_ms,
                     r.longest_ms, number(db, "writes_waiting"), number(db, "reads_waiting"),
                     number(now, "posts_in_flight"), number(now, "posts_parked"));
  if (const auto missing = lacking(now); !missing.empty())
    line += " incomplete=\"" + missing + "\"";
  return line + "\n";
}

std::string watch_screen(const json& before, const json& now, double seconds, size_t lines) {
  constexpr size_t above = 6, most = 10; // lines above the table's salons; salons

  const auto r = between(before, now, seconds);
  const auto db = now.value("database", json::object());
  auto text = format("connections  %8.0f   users %8.0f\n", number(now, "connections"), number(now, "users"));
  text += format("messages     %8.0f/s  deliveries %10.0f/s\n", r.messages, r.deliveries);
  text += format("commits      %8.0f/s  mean %8.2f ms  longest %8.2f ms\n", r.commits, r.commit_ms, r.longest_ms);
  text +=
      format("waiting      writes %.0f, reads %.0f, posts in flight %.0f, parked %.0f\n", number(db, "writes_waiting"),
             number(db, "reads_waiting"), number(now, "posts_in_flight"), number(now, "posts_parked"));
  text += lacking(now) + "\n";
  std::vector<std::pair<double, json>> busy;
  for (const auto& salon : now.value("salons", json::array())) {
    auto moved = are_of_the_same(before, now) ? number(salon, "messages") : 0;
    for (const auto& old : before.value("salons", json::array()))
      if (old.value("salon", json{}) == salon.value("salon", json{}))
        moved -= number(old, "messages");
    busy.emplace_back(std::max(0.0, moved) / std::max(seconds, 0.001), salon);
  }
  std::stable_sort(busy.begin(), busy.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<row> rows{{"SALON", "MESSAGES/S", "HEARERS"}};
  const auto shown = lines > above ? std::min(lines - above - 1, most) : 0; // the last line stays empty
  for (size_t i = 0; i < busy.size() && i < shown; ++i)
    rows.push_back({cell(busy[i].second["salon"]), format("%.0f", busy[i].first), cell(busy[i].second["hearers"])});
  return text + table_of(rows);
}

} // namespace salonctl
