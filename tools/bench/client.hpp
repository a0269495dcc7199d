// One client of the text protocol: logs in, then hands what it hears to a listener.
#pragma once
#include "protocol/words/time.hpp"
#include <cstdint>
#include <functional>
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

namespace salond::bench {

/// How a client reaches the server.
enum class way { clear, tls };

class client {
public:
  enum class stage { closed, connecting, shaking, logging_in, asking_token, ready };

  /// `heard` gets all bytes that come once the client is ready.
  using listener = std::function<void(std::string_view bytes, instant now)>;

  /// With TLS it takes any certificate for good, and resumes no session.
  explicit client(std::string name, way over = way::clear) : name_(std::move(name)), over_(over) {}
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() { close(); }

  /// Begins to connect to a port of this machine; logs in with the token, if there is one, else with the password.
  /// `receive_buffer`: of the socket; 0 for the system's. Throws std::system_error.
  void open(uint16_t port, int epoll, int receive_buffer = 0);
  void close();
  /// It is ready once it is connected (and has shaken hands), and does not log in. REQUIRES: closed.
  void stay_a_stranger() { stranger_ = true; }
  /// Connects from this address of this machine, "127.0.0.9". REQUIRES: closed.
  void come_from(std::string address) { from_ = std::move(address); }

  /// Queues a line; flush() sends it.
  void say(std::string_view line);
  /// Queues bytes, which need be no line.
  void send(std::string_view bytes) {
    out_ += bytes;
    spoken_ = true;
  }
  /// Whether send() was called since it was opened.
  bool has_spoken() const { return spoken_; }
  void flush();
  /// Asks for a token; ready again once it is there.
  void ask_token();

  /// Reads or writes what the socket is ready for; once, so that nobody waits for one client.
  void on_event(uint32_t events);
  /// Stops reading, and reads again.
  void pause();
  void resume();

  void listen(listener heard) { heard_ = std::move(heard); }

  const std::string& name() const { return name_; }
  stage now_at() const { return stage_; }
  bool ready() const { return stage_ == stage::ready; }
  bool has_token() const { return !token_.empty(); }
  bool wants_flush() const { return !out_.empty(); }
  /// The last line before the other side closed, as far as it came.
  const std::string& last_words() const { return last_words_; }

private:
  bool shake_hands();
  ssize_t read_some();
  ssize_t write_some();
  void read();
  void take_greeting(std::string_view bytes, instant now);
  bool take_line(std::string_view line);
  void watch(uint32_t events);

  std::string name_, token_, in_, out_, last_words_, from_;
  way over_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
  listener heard_;
  stage stage_ = stage::closed;
  int socket_ = -1, epoll_ = -1;
  int lines_left_ = 0; ///< of the greeting
  uint32_t watched_ = 0;
  bool paused_ = false, stranger_ = false, spoken_ = false;
};

} // namespace salond::bench
