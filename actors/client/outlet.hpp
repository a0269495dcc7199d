// The way out to one client: what it is answered and what others say, through its codec into the queue of its socket.
// It bounds what waits, knows what is written, and ends the output. A plain object: its owner brings the time, writes
// what the queue holds, and closes the socket.
//
// Two kinds of output wait for a client (docs/decisions/0014-handing-out.md). An answer is given when there is room for
// it, and never is a reason to cut the client off. What others say has a bound: a client that does not read is cut off
// there. A client that reads all that is written to it may still wait for a pace of our own making: it is not cut off,
// but left out of what is too much.
#pragma once
#include "actors/client/send_queue.hpp"
#include "actors/rules/said_bytes.hpp"
#include "protocol/words/records.hpp"
#include <utility>

namespace salond {

class outlet {
public:
  /// While a client has more bytes than this to read, its next command waits, and so does the next piece of what it is
  /// handed. So nobody can make the server say a great deal by asking for it often.
  static constexpr size_t max_unread_answers = 65536;
  /// A client that has been hung up on gets this long to read what it was told and to close.
  static constexpr auto closing_time = std::chrono::seconds{5};

  enum class stage : uint8_t {
    passing,     ///< spelled texts go past the codec, which would only give them out again
    spelling,    ///< all goes through the codec
    leaving_out, ///< the same, but what others say is left out, until half of what waits is told
    parting,     ///< hung up: the last words, and what may wait before them, are on their way
    ended        ///< nothing is said any more
  };
  /// Whether there is room for what others say.
  enum class room : uint8_t {
    enough,
    left_out,          ///< it is not told; hear() of anything else all the same
    left_out_at_first, ///< the same, from now on
    too_slow,          ///< the client is to be cut off
    closed
  };
  /// What is written to the client.
  struct written {
    std::vector<private_id> messages;
    std::vector<decided_request> decisions;

    bool empty() const { return messages.empty() && decisions.empty(); }
  };

  /// Both outlive it.
  outlet(codec& speaks, send_queue& to) : codec_(&speaks), queue_(to) {}

  bool open() const { return stage_ < stage::parting; }
  bool passing() const { return stage_ == stage::passing; }
  bool ended() const { return stage_ == stage::ended; }

  // --- what the client is told ---
  /// What it asked for, or what waited for its login. Nothing once it is hung up.
  void answer(const event::any& event, instant now);
  /// Asked before each text of others is told, so that a client that reads everything is never cut off for one text,
  /// however long. `limit`: the bound, 0 for none.
  room room_for_others(size_t limit) {
    if (passing() && (limit == 0 || queue_.unsent() <= limit))
      return room::enough; // each delivery asks; most often that is all
    return look_for_room(limit);
  }
  /// What others say, without a copy. REQUIRES: room, and passing().
  void pass(const shared_texts& spelled) {
    said_.others_said(spelled->bytes.size());
    queue_.add(bytes_of(spelled));
  }
  /// What others say. REQUIRES: open().
  void hear(const shared_texts& spelled, instant now);
  void hear(const event::any& event, instant now);
  /// Notes the message that it was told last: it stands in written() once its last byte is out.
  void confirm(private_id message) { messages_.emplace_back(said_.said(), message); }
  /// The same; a decision that was left out is told at the next login.
  void confirm(const decided_request& decision);
  /// The same of a decision that it was told as an answer, which is never left out.
  void confirm_answered(const decided_request& decision);

  // --- what waits ---
  /// Bytes that the client's kernel has not been given.
  size_t unsent() const { return queue_.unsent() + (passing() ? 0 : codec_->unsent()); }
  /// Whether it may be given another answer. A client that takes all that it is given does not wait behind texts of
  /// others that come more quickly than our pace lets through.
  bool has_room();
  /// Whether the texts that the codec paces must wait for the client, which has not taken what the queue holds.
  bool waits_for_peer() const { return open() && queue_.unsent() != 0 && codec_->writing_deadline(); }
  /// Whether the pace of its writes has something left to give the queue.
  bool paced() const { return !passing() && codec_->writing_deadline(); }
  /// Gives the queue what may go out now. REQUIRES: not passing().
  void drain(instant now);
  /// Whether written() will have something, now or later.
  bool confirms() const { return !messages_.empty() || !decisions_.empty(); }
  /// What is written since it was asked last. REQUIRES: the connection is whole.
  written take_written();

  /// Another codec takes over, which outlives it as well: what the old one had to say goes first.
  void speak(codec& other, instant now);

  // --- its end ---
  /// Says `last`, and nothing after it.
  void part(const std::optional<event::any>& last, instant now);
  /// The same, and what waits is dropped, so that `last` may get through. What was not written is not delivered.
  void cut_off(const event::any& last, instant now);
  /// Whether all is out, the last words too: the output is to be ended.
  bool all_is_out() const { return stage_ == stage::parting && unsent() == 0; }
  /// The output is ended, or the socket is gone.
  void end() { stage_ = stage::ended; }
  /// When a client that is hung up is cut off, read or not; nothing while it is not.
  std::optional<instant> closes_by() const { return closes_by_; }
  /// It is cut off not later than that.
  void close_by(instant when) { closes_by_ = std::min(closes_by_.value_or(when), when); }

private:
  room look_for_room(size_t limit);
  bool waits_for_pace() const { return queue_.unsent() == 0 && codec_->writing_deadline(); }
  void hang_up(instant now);
  void give_queue(instant now);

  codec* codec_;
  send_queue& queue_;
  rules::said_bytes said_;
  // On their way; delivered when so many bytes of said_ are taken.
  std::vector<std::pair<uint64_t, private_id>> messages_;
  std::vector<std::pair<uint64_t, decided_request>> decisions_;
  std::optional<instant> closes_by_;
  stage stage_ = stage::spelling;
};

} // namespace salond
