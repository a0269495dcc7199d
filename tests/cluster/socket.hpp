// A client's socket: it never blocks, and its peer may stand still.
#pragma once
#include "tests/cluster/scene.hpp"

namespace salond::faults {

class line_socket {
public:
  line_socket() = default;
  line_socket(const line_socket&) = delete;
  line_socket& operator=(const line_socket&) = delete;
  ~line_socket() { close(); }

  /// Begins to connect; what is said is sent once it is.
  void connect(const door& to);
  void close();
  bool open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  bool has_to_send() const { return !unsent_.empty(); }

  void say(const std::string& line) {
    unsent_ += line + "\n";
    send();
  }
  void send();
  /// Takes what has come; false at the end, or where the connection is broken.
  bool receive();
  std::optional<std::string> line();

private:
  int descriptor_ = -1;
  std::string unsent_, heard_;
};

} // namespace salond::faults
