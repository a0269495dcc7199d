// The event loop that connections, salons and persistence live in: CAF's, except for how work of other threads enters
// it. CAF writes each piece of such work (an answer for a broker, a timer, a callback) into one pipe, and a turn of its
// loop takes one of them. Turns are long in a crowd, and pieces may be many: then all that other threads answer comes
// late by as many turns as pieces are before it. This loop takes all that waits at once, up to a bound.
#pragma once
#include <caf/io/network/default_multiplexer.hpp>
#include <deque>
#include <mutex>

namespace salond {

class io_loop final : public caf::io::network::default_multiplexer {
public:
  /// A turn takes so many pieces of work that other threads handed over; the rest waits for the next turn. As many as
  /// reports of sockets.
  static constexpr size_t max_a_turn = 64;

  explicit io_loop(caf::actor_system* system);
  ~io_loop() override;

  /// Until the system ends, on its own thread, which takes a core away when it wakes (see prefer_io_thread()).
  void run() override;

  /// Any thread may call it. Work of other threads than the loop's is done in the order in which it came.
  void exec_later(caf::resumable* work) override;

private:
  class taker;
  using works = std::deque<caf::intrusive_ptr<caf::resumable>>;

  /// Does what was handed over. Answers whether some of it is left.
  bool take();

  caf::intrusive_ptr<taker> taker_;
  std::mutex mutex_;
  works handed_over_;
  bool awaited_ = false; ///< the taker is on its way
};

} // namespace salond
