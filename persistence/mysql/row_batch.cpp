#include "persistence/mysql/row_batch.hpp"
#include "persistence/mysql/classes.hpp"
#include <algorithm>
#include <iterator>

namespace salond::persistence::mysql {
namespace {

constexpr size_t max_rows = 256;
constexpr size_t row_overhead = 64; // what a row has besides its text, amply

} // namespace

row_batch::row_batch(const std::string& table, const std::string& columns, size_t count) : columns_(count) {
  std::string marks = "(?";
  for (size_t column = 1; column < count; ++column)
    marks += ",?";
  marks += ")";
  for (const auto size : insert_classes) {
    auto statement = "INSERT INTO " + table + "(" + columns + ") VALUES " + marks;
    for (size_t row = 1; row < size; ++row)
      statement += "," + marks;
    statements_.emplace_back(size, std::move(statement));
  }
}

void row_batch::add(std::initializer_list<value> row) {
  bytes_ += row_overhead;
  for (const auto& each : row) {
    if (const auto* text = std::get_if<std::string>(&each))
      bytes_ += text->size();
    values_.push_back(each);
  }
}

// A quarter: what the packet carries besides is small, but the server's own limits are not ours to know.
bool row_batch::is_full(size_t text_bytes, size_t max_packet) const {
  return rows() >= max_rows || bytes_ + text_bytes + row_overhead > max_packet / 4;
}

void row_batch::send(connection& on) {
  in_classes(insert_classes, rows(), [&](size_t from, size_t count) {
    const auto begin = std::make_move_iterator(values_.begin() + static_cast<std::ptrdiff_t>(from * columns_));
    const std::vector<value> some(begin, begin + static_cast<std::ptrdiff_t>(count * columns_));
    const auto statement =
        std::find_if(statements_.begin(), statements_.end(), [&](const auto& each) { return each.first == count; });
    on.run(statement->second, some);
  });
  clear();
}

void row_batch::clear() {
  values_.clear();
  bytes_ = 0;
}

} // namespace salond::persistence::mysql
