// A client that ends its lines, as one would type in nc.
#pragma once
#include "tests/support/process.hpp"
#include "tests/support/stream.hpp"

namespace salond::support {

/// What hear() answers instead of a line. No text of the protocol looks like these.
inline const std::string closed = "<the server closed>";
inline const std::string nothing = "<nothing came>";

class line_client {
public:
  explicit line_client(const std::string& endpoint, const std::string& from = {}) : stream_(endpoint, from) {}

  /// Sends the line and its end.
  bool say(const std::string& line) { return stream_.send(line + "\n"); }
  bool send(std::string_view bytes) { return stream_.send(bytes); }
  /// The next line, without its end; `closed` or `nothing`.
  std::string hear(std::chrono::milliseconds within = 20s);
  /// All lines up to the close.
  std::vector<std::string> hear_all(std::chrono::milliseconds within = 20s);
  /// Says `username:password` and takes the three frames of the answer; false where another one comes.
  bool log_in(const std::string& username, const std::string& password = "secret");
  /// Whether nothing waits to be read: what is said next is answered next.
  bool hears_nothing();

  stream& socket() { return stream_; }

private:
  bool take_line(std::string& line);

  stream stream_;
  std::string heard_;
  size_t searched_ = 0;
};

/// A connection of its own that registers the user with the alias `username` and the password "secret"; the answer.
std::string register_user(const std::string& endpoint, const std::string& username);
/// A client that registered and logged in. Throws std::runtime_error where that fails.
line_client newcomer(const std::string& endpoint, const std::string& username);

} // namespace salond::support
