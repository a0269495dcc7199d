// What all clients of a run share: where they can log in, what they may do, and where they note what they see.
#pragma once
#include "tests/cluster/notebook.hpp"
#include <atomic>
#include <optional>
#include <random>

namespace salond::faults {

/// Where clients of a node connect. A node that was stopped or killed has no door: whoever balances would see that.
struct door {
  std::string node, host;
  uint16_t port = 0;
};

struct scene {
  notebook notes;
  std::vector<std::string> users;
  int pause_ms = 400; ///< of a client between two things that it says, in the mean
  std::atomic<int64_t> last_connection{0};
  std::atomic<bool> calm{false};   ///< nobody says anything new, or leaves
  std::atomic<bool> ending{false}; ///< all say farewell

  void open(const door& door);
  void close(const std::string& node);
  /// Any door; nothing while there is none.
  std::optional<door> any_door(std::mt19937_64& random);

private:
  std::mutex guard_;
  std::vector<door> doors_;
};

} // namespace salond::faults
