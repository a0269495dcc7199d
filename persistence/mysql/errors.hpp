// What the error codes of MySQL and MariaDB mean for the connection, the transaction, the next try, and an operator.
#pragma once
#include "persistence/cures.hpp"
#include <vector>

namespace salond::persistence::mysql {

/// What an error leaves behind.
struct aftermath {
  bool alive = false;  ///< the connection can go on, after a ROLLBACK
  bool unknown = true; ///< as the answer to COMMIT: whether it happened is not known
};

struct error_row {
  known_error known;
  aftermath left;
};

/// The errors that we know something of, each once.
const std::vector<error_row>& known_errors();

/// Its row. A code that nobody listed has the safe reading: reconnect, outcome unknown; a running server tries again.
/// Of the server's codes a start says it as it is and ends, for who knows what cures it: a person.
const error_row& row_of(int code);

/// An error of the database or of the way to it, with what helps behind what the server says. Its kind is that of a
/// running server.
class error : public store_error {
public:
  error(int code, const std::string& why);
  int code() const { return code_; }
  const error_row& row() const { return *row_; }
  const aftermath& left() const { return row_->left; }
  /// Whether the same work may succeed later: by itself, or once a person did something.
  bool may_pass() const { return what_kind() == kind::unavailable; }

private:
  int code_;
  const error_row* row_; ///< of a table that lasts
};

/// The same as an error of the start: open() throws it.
store_error at_start(const error& why, const std::string& address);

} // namespace salond::persistence::mysql
