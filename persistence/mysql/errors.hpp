// What the error codes of MySQL and MariaDB mean for the connection, the transaction and the next try.
#pragma once
#include "persistence/store.hpp"

namespace salond::persistence::mysql {

/// What an error leaves behind.
struct reaction {
  bool alive = false;  ///< the connection can go on, after a ROLLBACK
  bool retry = true;   ///< the same work may succeed later
  bool unknown = true; ///< as the answer to COMMIT: whether it happened is not known
};

/// What to make of an error code. A code that nobody listed has the safe reading: reconnect, outcome unknown.
reaction reaction_to(int code);

/// True for what a retry does not mend: rights, names, TLS, statements that do not fit the server.
bool is_setup(int code);

/// An error of the database or of the way to it. Its kind is `unavailable` where a later try may succeed, else
/// `refused`.
class error : public store_error {
public:
  error(int code, const std::string& why);
  int code() const { return code_; }

private:
  int code_;
};

} // namespace salond::persistence::mysql
