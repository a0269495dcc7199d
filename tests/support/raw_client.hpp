// The old desktop client, imitated exactly: no terminator, and what one recv(1024) gives is one whole frame.
#pragma once
#include "tests/support/line_client.hpp"
#include <nlohmann/json.hpp>

namespace salond::support {

class raw_client {
public:
  explicit raw_client(const std::string& endpoint) : stream_(endpoint) {}

  bool send(std::string_view bytes) { return stream_.send(bytes); }
  /// One recv(1024); `closed` or `nothing`.
  std::string read(std::chrono::milliseconds within = 20s);

  /// The login as that client does it: three reads, compared with CONNECTED and parsed as JSON twice. What went wrong;
  /// empty when all is well.
  std::string log_in(const std::string& username, const std::string& password = "secret");
  nlohmann::json salons;      ///< the second frame
  nlohmann::json memberships; ///< the third

  stream& socket() { return stream_; }

private:
  stream stream_;
};

/// Lets this thread run as soon as there is something to read, where the system allows: a reader that is kept waiting
/// for longer than the server's pace would take two frames for one, as the old client would.
void read_promptly();

} // namespace salond::support
