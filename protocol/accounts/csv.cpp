#include "protocol/accounts/csv.hpp"
#include <algorithm>

namespace salond {

bool csv_records::at_line_end() const {
  return left_.empty() || left_.front() == '\n' || left_.substr(0, 2) == "\r\n";
}

void csv_records::skip_line_end() {
  if (!left_.empty() && left_.front() == '\r')
    take();
  if (!left_.empty())
    take();
}

char csv_records::take() {
  const auto c = left_.front();
  left_.remove_prefix(1);
  line_ += c == '\n' ? 1 : 0;
  return c;
}

void csv_records::give_up_line(record& into, const char* why) {
  into.fault = why;
  left_.remove_prefix(std::min(left_.find('\n'), left_.size()));
}

void csv_records::read_quoted(record& into) {
  auto& field = into.fields.emplace_back();
  take();
  for (;;) {
    if (left_.empty()) {
      into.fault = "a quote is not closed";
      return;
    }
    const auto c = take();
    if (c != '"')
      field += c;
    else if (!left_.empty() && left_.front() == '"')
      field += take();
    else
      break;
  }
  if (!at_line_end() && left_.front() != ',')
    give_up_line(into, "something stands behind a closing quote; a quote in a quoted field is doubled");
}

void csv_records::read_field(record& into) {
  if (!left_.empty() && left_.front() == '"')
    return read_quoted(into);
  auto& field = into.fields.emplace_back();
  while (!at_line_end() && left_.front() != ',') {
    if (left_.front() == '"')
      return give_up_line(into, "a quote stands in a field without quotes around it");
    field += take();
  }
}

std::optional<csv_records::record> csv_records::next() {
  while (!left_.empty() && at_line_end())
    skip_line_end();
  if (left_.empty())
    return std::nullopt;
  record result;
  result.line = line_;
  read_field(result);
  while (result.fault.empty() && !at_line_end()) {
    take(); // the comma
    read_field(result);
  }
  skip_line_end();
  return result;
}

} // namespace salond
