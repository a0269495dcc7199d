#include "persistence/mysql/row_batch.hpp"
#include "persistence/mysql/classes.hpp"
#include <iterator>

namespace salond::persistence::mysql {
namespace {

constexpr size_t max_rows = 256;
constexpr size_t row_overhead = 64; // what a row has besides its text, amply

} // namespace

row_batch::row_batch(const std::string& table, const std::string& columns, size_t count)
    : insert_("INSERT INTO " + table + "(" + columns + ") VALUES "), columns_(count) {}

const std::string& row_batch::statement(size_t rows) {
  auto& result = statements_[rows];
  if (!result.empty())
    return result;
  std::string marks = "(?";
  for (size_t column = 1; column < columns_; ++column)
    marks += ",?";
  result = insert_;
  for (size_t row = 0; row < rows; ++row)
    result += (row ? "," : "") + marks + ")";
  return result;
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
    on.run(statement(count), some);
  });
  clear();
}

void row_batch::clear() {
  values_.clear();
  bytes_ = 0;
}

} // namespace salond::persistence::mysql
