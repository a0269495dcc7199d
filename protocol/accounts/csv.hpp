// Comma-separated values as RFC 4180 has them: records end with a line end (CRLF or LF), a field that holds commas,
// line ends or quotes stands in quotes, a quote in it is doubled.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

/// The records of a text, one by one. Any text is legal.
class csv_records {
public:
  /// REQUIRES: the text outlives the object.
  explicit csv_records(std::string_view text) : left_(text) {}

  struct record {
    size_t line = 0; ///< in which it begins, from 1
    std::vector<std::string> fields;
    std::string fault; ///< what is wrong with it, for people; empty: nothing
  };
  /// The next one; nothing at the end. Empty lines are none. Behind a fault the reading goes on in the next line, or
  /// where a quote is never closed, nowhere.
  std::optional<record> next();

private:
  bool at_line_end() const;
  void skip_line_end();
  void read_field(record& into);
  void read_quoted(record& into);
  void give_up_line(record& into, const char* why);
  char take();

  std::string_view left_;
  size_t line_ = 1;
};

} // namespace salond
