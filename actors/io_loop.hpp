// The event loop that connections, salons and persistence live in: CAF's, but for how work of other threads enters it.
// CAF writes each piece of such work (an answer for a broker, a timer, a callback) into one pipe, and a turn of its
// loop takes one of them. Where a crowd makes turns long, or where the pieces are many, everything that other threads
// answer is late by as many turns as pieces are before it. Here all that waits is taken at once, up to a bound.
#pragma once
#include <caf/io/network/default_multiplexer.hpp>
#include <deque>
#include <mutex>

namespace salond {

class io_loop final : public caf::io::network::default_multiplexer {
public:
  /// What other threads handed over, of a turn; the rest has the next one. As many as reports of sockets.
  static constexpr size_t most_a_turn = 64;

  explicit io_loop(caf::actor_system* system);
  ~io_loop() override;

  /// Any thread may call it. Of another thread than the loop's: work is done in the order in which it came.
  void exec_later(caf::resumable* work) override;

private:
  class taker;
  using works = std::deque<caf::intrusive_ptr<caf::resumable>>;

  /// Does what was handed over; whether some is left.
  bool take();

  caf::intrusive_ptr<taker> taker_;
  std::mutex mutex_;
  works handed_over_;
  bool awaited_ = false; ///< the taker is on its way
};

} // namespace salond
