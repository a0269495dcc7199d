// The server that a transcript is played against: the daemon, or a node inside the test.
#pragma once
#include "tests/support/transcript.hpp"
#include <optional>
#include <string>

namespace salond::support {

class stage {
public:
  virtual ~stage() = default;
  /// Starts, again after an end, on the same data. Throws std::runtime_error.
  virtual void start() = 0;
  /// Asks it to stop in order; it ends when it has.
  virtual void begin_stop() = 0;
  /// Ends it at once, nothing tidied up.
  virtual void kill() = 0;
  /// The status with which it ended, as soon as it has; nothing when it does not.
  virtual std::optional<int> wait() = 0;
  /// What an operator does to the database while no server runs on it.
  virtual void do_as_operator(transcript::step::kind deed, const std::string& who) = 0;

  virtual std::string endpoint() const = 0;
  virtual std::string administrator_password() const = 0;
  virtual std::string log() const = 0;
};

} // namespace salond::support
