// Stands between a client and a server on unix sockets, and breaks the connection at a chosen word.
#pragma once
#include "tests/support/temporary_folder.hpp"
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace salond::support {

/// Serves any number of connections: a store holds one that writes and several that read.
class lossy_proxy {
public:
  enum class loss { question, answer };

  explicit lossy_proxy(std::string server_socket);
  lossy_proxy(const lossy_proxy&) = delete;
  lossy_proxy& operator=(const lossy_proxy&) = delete;
  ~lossy_proxy();

  std::string socket() const { return folder_ / "proxy"; }
  /// The next question that holds `word` does not reach the server, or does and its answer does not reach the client:
  /// the connection breaks instead. Once.
  void lose(loss kind, const std::string& word);
  /// How often it broke one.
  int losses() const { return losses_; }

private:
  struct session {
    int client, server;
  };
  void serve();
  /// Nothing where the server takes no connection.
  std::optional<session> accept();
  static void end(const session& of);
  /// Hands on what came from the client, the server, or both; false once the session has to end.
  bool relay(const session& of, bool asked, bool answered);

  temporary_folder folder_;
  /// What to do with a question; a loss is told once.
  enum class fate { pass, lose_question, lose_answer };
  fate fate_of(const std::string& question);

  std::string server_socket_;
  std::mutex guard_; ///< of what to lose
  std::string word_;
  bool armed_ = false;
  loss what_ = loss::answer;
  std::atomic<bool> stopping_{false};
  std::atomic<int> losses_{0};
  int listener_ = -1;
  std::thread thread_;
};

} // namespace salond::support
