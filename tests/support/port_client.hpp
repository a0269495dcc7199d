// A client of the text port that ends its frames. Waits for facts, each with a deadline; what does not come fails the
// test.
#pragma once
#include "tests/support/process.hpp"
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond::support {

/// Longer than anything takes on a busy machine under a sanitizer.
constexpr std::chrono::seconds deadline{20};

class port_client {
public:
  struct options {
    std::string from = "127.0.0.1"; ///< its own address
    int buffer_bytes = 0;           ///< of the kernel, each way; 0: as the system likes
  };
  /// Connects to 127.0.0.1; connected() says whether that worked.
  explicit port_client(uint16_t port);
  port_client(uint16_t port, const options& wanted);
  port_client(port_client&& other) noexcept;
  port_client& operator=(port_client&& other) noexcept;
  ~port_client();

  bool connected() const { return fd_ >= 0; }
  /// Says a line.
  void say(std::string_view line);
  /// Says as much of `bytes` as the kernel takes within `patience`; answers how many.
  size_t push(std::string_view bytes, std::chrono::milliseconds patience);
  /// The next line that comes, without its end.
  std::string line();
  /// The next line, or nothing if the server closes first.
  std::optional<std::string> line_or_end();
  /// True when the server closes and says nothing more before.
  bool ends();
  /// Waits until there is something to read, which stays unread.
  bool is_told_something();
  /// Ends our output; what is told is still read.
  void end_output();
  /// Closes, as a program does: with a reset where something is unread.
  void close();
  /// Ends the connection at once, with a reset.
  void reset();

private:
  bool fill(std::chrono::steady_clock::time_point until);

  int fd_ = -1;
  std::string unread_;
  bool ended_ = false;
};

} // namespace salond::support
