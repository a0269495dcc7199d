// What several features read out of rows, and statements about many rows at once.
#pragma once
#include "persistence/column_words.hpp"
#include "persistence/sql/driver.hpp"
#include "protocol/words/time.hpp"
#include <utility>

namespace salond::persistence {

/// The account in the present row. REQUIRES: the question's first columns are SALOND_USER_COLUMNS.
user user_in(const query_result& row);

/// What `made` makes of each row of an answer, in its order.
template <class Made>
auto all_in(std::unique_ptr<query_result> found, Made made) {
  std::vector<decltype(made(std::as_const(*found)))> result;
  while (found->next())
    result.push_back(made(std::as_const(*found)));
  return result;
}

/// Each row's first column.
std::vector<salon_id> salons_in(std::unique_ptr<query_result> found);
/// The first column of the first row; 0 where there is none.
int64_t number_in(std::unique_ptr<query_result> found);

/// The greatest order number of the messages of a salon, NULL where it has none; `salon`: its number, as the statement
/// calls it. Not max(seq): where the salon is no constant, MariaDB looks at each of its messages for that.
std::string newest_seq(const sql_words& words, const char* salon);

/// Two columns, of `contenu` and its bytes. Where the driver holds the whole of an answer: of texts alone that have at
/// most as many as the value of a `?` in them says.
std::string short_text_columns(const sql_words& words);
/// The value of that `?`; none where there is none.
parameters max_bytes_of_short(const sql_words& words, size_t most);

/// What an answer's rows weigh and, where they make up one piece, what `made` makes of each; else that is empty.
/// REQUIRES: the columns are a number, the author's name, short_text_columns(), and others.
template <class Made>
auto first_piece_in(std::unique_ptr<query_result> found, const sql_words& words, Made made) {
  std::vector<decltype(made(std::as_const(*found)))> texts;
  std::vector<weighed> later;
  auto whole = true;
  size_t bytes = 0;
  while (found->next()) {
    const auto size = words.holds_answers ? static_cast<size_t>(found->integer(3)) : found->bytes(2);
    bytes += later.emplace_back(weighed{found->integer(0), weight_of(size, found->bytes(1))}).bytes;
    whole = whole && bytes <= max_piece_bytes && !found->is_null(2);
    if (whole)
      texts.push_back(made(std::as_const(*found)));
  }
  (whole ? later.clear() : texts.clear());
  return std::pair(std::move(texts), std::move(later));
}

/// Of the addresses where a user was, all but the last session_store::max_known_addresses go.
void keep_newest_addresses(driver& on, user_id whose);

/// Before messages of a salon go, of which the newest is `last`: the highest order number is never used again.
void keep_last_seq(driver& on, salon_id salon, int64_t last);

/// Identifiers of any kind as their columns hold them.
template <class Id>
std::vector<int64_t> numbers_of(const std::vector<Id>& ids) {
  std::vector<int64_t> result;
  result.reserve(ids.size());
  for (const auto id : ids)
    result.push_back(id.value);
  return result;
}

/// Runs `statement`, which ends with a column, for the rows where that is one of `ids`: many a statement. Answers as
/// driver::run().
int64_t run_for_each(driver& on, const std::string& statement, const parameters& values,
                     const std::vector<int64_t>& ids);
/// Asks it, in as many questions; `order` ends each. `take` is given each row.
void ask_for_each(driver& on, const std::string& statement, const parameters& values, const std::vector<int64_t>& ids,
                  const std::string& order, const std::function<void(const query_result&)>& take);
/// `head` VALUES `marks`, … in as few statements as can be, each of which ends with `tail`.
void insert_many(driver& on, const std::string& head, const std::string& marks, const std::vector<parameters>& rows,
                 const std::string& tail = "");

/// Writes lines of the audit log, numbered by the database.
void write_audit(driver& on, const std::vector<audit_line>& lines);

} // namespace salond::persistence
