#include "persistence/sql/rows.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/sql/classes.hpp"
#include <algorithm>

namespace salond::persistence {

user user_in(const query_result& row) {
  return {user_id{row.integer(0)}, row.text(1), row.text(2), row.text(3), role_of(row.text(4))};
}

std::vector<salon_id> salons_in(std::unique_ptr<query_result> found) {
  return all_in(std::move(found), [](const query_result& row) { return salon_id{row.integer(0)}; });
}

int64_t number_in(std::unique_ptr<query_result> found) {
  return found->next() ? found->integer(0) : 0;
}

std::string newest_seq(const sql_words& words, const char* salon) {
  return std::string("(SELECT m.seq FROM messages m") + words.by_seq + " WHERE m.salon_id = " + salon
         + " ORDER BY m.seq DESC LIMIT 1)";
}

std::string short_text_columns(const sql_words& words) {
  if (!words.holds_answers)
    return "contenu, 0";
  const std::string bytes = words.text_bytes;
  return "CASE WHEN " + bytes + " <= ? THEN contenu END, " + bytes;
}

parameters max_bytes_of_short(const sql_words& words, size_t most) {
  return words.holds_answers ? parameters{static_cast<int64_t>(most)} : parameters{};
}

// By the address, not by the time: several may share the time of the eighth. A derived table: MySQL and MariaDB look
// into no table that they delete from.
void keep_newest_addresses(driver& on, user_id whose) {
  on.run("DELETE FROM known_addresses WHERE client_id = ? AND address NOT IN (SELECT address FROM"
         " (SELECT address FROM known_addresses WHERE client_id = ? ORDER BY last_ms DESC LIMIT ?) newest)",
         {whose.value, whose.value, int64_t{session_store::max_known_addresses}});
}

namespace {

/// `each(" IN (?,?,…)", its values behind `values`)` for as many lists as it takes.
template <class Each>
void for_each_list(const parameters& values, const std::vector<int64_t>& ids, Each each) {
  in_classes(list_classes, ids.size(), [&](size_t from, size_t count) {
    auto all = values;
    std::string list;
    for (auto place = from; place < from + count; ++place) {
      list += place == from ? "?" : ",?";
      all.emplace_back(ids[place]);
    }
    each(" IN (" + list + ")", all);
  });
}

// A statement stays far below every max_allowed_packet, of which the least that a start accepts is 1 MiB.
constexpr size_t max_bytes_a_statement = 1 << 19;

size_t bytes_of(const parameters& row) {
  size_t sum = 0;
  for (const auto& value : row)
    if (const auto* text = std::get_if<std::string_view>(&value))
      sum += text->size();
    else if (const auto* bytes = std::get_if<blob>(&value))
      sum += bytes->bytes.size();
    else
      sum += 8;
  return sum;
}

/// How many of the rows from there on one statement takes.
size_t fitting(const std::vector<parameters>& rows, size_t from, size_t most) {
  size_t bytes = 0, count = 0;
  while (from + count < rows.size() && count < most && bytes <= max_bytes_a_statement)
    bytes += bytes_of(rows[from + count++]);
  return *std::find_if(std::begin(row_classes), std::end(row_classes) - 1, [&](size_t size) { return size <= count; });
}

} // namespace

void keep_last_seq(driver& on, salon_id salon, int64_t last) {
  const auto newest = number_in(on.ask("SELECT max(seq) FROM messages WHERE salon_id = ?", {salon.value}));
  if (last >= newest)
    on.run("UPDATE salons SET last_seq = ? WHERE salon_id = ? AND last_seq < ?", {newest, salon.value, newest});
}

int64_t run_for_each(driver& on, const std::string& statement, const parameters& values,
                     const std::vector<int64_t>& ids) {
  int64_t count = 0;
  for_each_list(values, ids,
                [&](const std::string& list, const parameters& all) { count += on.run(statement + list, all); });
  return count;
}

void ask_for_each(driver& on, const std::string& statement, const parameters& values, const std::vector<int64_t>& ids,
                  const std::string& order, const std::function<void(const query_result&)>& take) {
  for_each_list(values, ids, [&](const std::string& list, const parameters& all) {
    const auto found = on.ask(statement + list + order, all);
    while (found->next())
      take(*found);
  });
}

void insert_many(driver& on, const std::string& head, const std::string& marks, const std::vector<parameters>& rows,
                 const std::string& tail) {
  std::string statement;
  parameters values;
  for (size_t from = 0, rows_of_statement = 0; from < rows.size(); from += rows_of_statement) {
    const auto count = fitting(rows, from, on.words().max_rows);
    if (count != rows_of_statement) {
      statement = head + " VALUES " + marks;
      for (size_t n = 1; n < count; ++n)
        statement += "," + marks;
      statement += tail;
      rows_of_statement = count;
    }
    values.clear();
    for (auto row = from; row < from + count; ++row)
      values.insert(values.end(), rows[row].begin(), rows[row].end());
    on.run(statement, values);
  }
}

void write_audit(driver& on, const std::vector<audit_line>& lines) {
  std::vector<parameters> rows;
  for (const auto& line : lines)
    rows.push_back({to_ms(line.at), line.by, line.from, line.action, line.to, line.reason, line.result,
                    line.node.empty() ? parameter{nullptr} : parameter{line.node}});
  insert_many(on, "INSERT INTO audit(at_ms, by_whom, from_where, what, to_whom, reason, result, node)",
              "(?,?,?,?,?,?,?,?)", rows);
}

} // namespace salond::persistence
