// What the schemas of all databases read alike. `Found` is a database's answer to a question: next() goes to the next
// row, and text() reads its columns, counted from 0.
#pragma once
#include <string>
#include <vector>

namespace salond::persistence {

/// A row of a table of usernames.
struct named_row {
  std::string username, key;
};
/// REQUIRES: columns username, username_key.
template <class Found>
std::vector<named_row> named_rows_in(Found& found) {
  std::vector<named_row> result;
  while (found.next())
    result.push_back({found.text(0), found.text(1)});
  return result;
}

} // namespace salond::persistence
