// Stands between a node and what it reaches, and can be shut: as a cut cable does, nobody is told anything. What was
// sent waits, and goes on once it is open again. It never waits for one of its connections (support::lossy_proxy does,
// and only knows sockets in folders).
#pragma once
#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace salond::faults {

/// "unix:PATH" or "HOST:PORT", IPv4.
class gate {
public:
  /// Port 0: any free one. Throws std::runtime_error where it cannot listen.
  gate(const std::string& at, std::string to);
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  ~gate();

  void shut(bool now) { shut_ = now; }
  /// Where it listens.
  const std::string& at() const { return at_; }

private:
  struct way {
    int from, to;
    std::string unsent;
    bool ended = false;
  };
  struct connection {
    way there, back;
  };
  void serve();
  void take();
  void look_once();
  /// False once the connection is over.
  static bool carry(way& way, short from, short to);
  static void end(const connection& connection);

  std::string at_;
  const std::string to_;
  int listener_ = -1;
  std::list<connection> all_;
  std::atomic<bool> shut_{false}, stopping_{false};
  std::thread thread_;
};

} // namespace salond::faults
