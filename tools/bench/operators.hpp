// Operators who work beside a load: searches, backups, bans of accounts that have said much, an end of old messages.
#pragma once
#include "tools/bench/running_server.hpp"
#include <atomic>
#include <thread>

namespace salond::bench {

/// From now on until it ends, one command after the other, a second apart.
class operators {
public:
  /// REQUIRES: prefill() of a history by so many authors. `at` outlives this.
  operators(const running_server& at, size_t authors);
  operators(const operators&) = delete;
  operators& operator=(const operators&) = delete;
  ~operators();

  size_t commands() const { return commands_; }
  /// What was said of the first command that was refused; empty: none was. REQUIRES: stop()
  const std::string& fault() const { return fault_; }
  void stop();

private:
  void work(size_t authors);
  void ask(const std::vector<std::string>& command);

  const running_server& at_;
  std::atomic<bool> over_{false};
  std::atomic<size_t> commands_{0};
  std::string fault_;
  std::thread thread_;
};

} // namespace salond::bench
