// The load engine: many clients on one epoll in one thread.
#pragma once
#include "tools/bench/client.hpp"
#include <deque>
#include <functional>
#include <set>
#include <vector>

namespace salond::bench {

class crowd {
public:
  /// Clients `u0` … of a server on this port of this machine. Raises the limit of open files as far as it goes.
  crowd(uint16_t port, size_t size, way over = way::clear) : crowd(std::vector<uint16_t>{port}, size, over) {}
  /// Spread over several ports: the first client to the first one, and so on.
  crowd(const std::vector<uint16_t>& ports, size_t size, way over = way::clear);
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;
  ~crowd();

  size_t size() const { return clients_.size(); }
  client& at(size_t i) { return clients_[i]; }
  int epoll() const { return epoll_; }
  /// The next time it logs in, it does so there.
  void send_to(size_t i, uint16_t port) { ports_[i] = port; }

  /// Sends what was said since the last turn; then waits for events, at most so long, and handles them.
  void turn(std::chrono::nanoseconds at_most);
  /// Turns for so long.
  void run(std::chrono::nanoseconds duration);
  void say(size_t i, std::string_view line);

  /// How getting everyone in went.
  struct entry {
    double seconds = 0;
    size_t failed = 0;  ///< attempts that were repeated, after 100 ms
    size_t outside = 0; ///< who never got in
  };
  /// Logs everyone in, at most `window` at the same time.
  entry log_in(size_t window, std::chrono::seconds patience);
  /// Logs these in. `meanwhile` is called in each turn.
  entry log_in(
      const std::vector<size_t>& who, size_t window, std::chrono::seconds patience,
      const std::function<void()>& meanwhile = [] {});
  /// Everyone asks for a token, to be used at the next login. Answers who has one.
  size_t ask_tokens(std::chrono::seconds patience);

private:
  int epoll_;
  std::vector<uint16_t> ports_; ///< of each client
  std::deque<client> clients_;  // they do not move: epoll knows their addresses
  std::set<client*> unflushed_;
};

} // namespace salond::bench
