// The way in from one client: its bytes through its codec to its session, as fast as the client may be heard. A plain
// object: its owner reads the socket, brings the time, has it woken, and carries out what the session decides.
//
// What slows a client down (docs/decisions/0015-one-budget-for-one-client.md): an utterance that its budget or its rate
// does not allow yet is held, and heard when its time has come; a turn of the loop hears a number of frames; a command
// whose answer would find no room waits until the client has read. A client that is held, or says more than is heard,
// is not read.
#pragma once
#include "actors/admission.hpp"
#include "protocol/codec.hpp"
#include <memory>

namespace salond {

class inlet {
public:
  static constexpr size_t max_frames_a_turn = 64; ///< then others have their turn
  /// So many bytes of a client that was hung up on are read all the same: unread input would turn our FIN into a reset.
  static constexpr size_t max_forgotten = 262144;
  /// So many bytes of a client that is held are read, where limits.unread_bytes sets no limit.
  static constexpr size_t max_unread_while_held = 65536;

  /// What the client, or the log, is told about how much the client says.
  enum class notice : uint8_t { none, asks_too_much, closed_for_asking, closed_for_saying };
  /// What comes next.
  struct step {
    std::optional<utterance> said{};               ///< the session is to hear it
    std::optional<instant::duration> wake_after{}; ///< the owner is to go on then, in a turn of its own
    notice about = notice::none;
  };

  /// `speaks`, `settings`, `allowed` and `network` outlive it. `network`: whose allowances the client uses.
  inlet(codec& speaks, const config::settings& settings, admission& allowed, const std::string& network);

  rules::session& session() { return session_; }
  const rules::session& session() const { return session_; }

  // --- bytes ---
  /// Takes bytes of the client. Answers whether they begin a frame.
  bool feed(std::string_view bytes, instant now);
  /// Another codec takes over, which outlives it as well, with the bytes that the old one had not given out.
  void speak(codec& other) { codec_ = &other; }
  /// Charges a read of so many bytes that brought no whole frame: it is work all the same. Called after the turn in
  /// which they were fed. A client that does not end its frames has the first bytes of each for nothing: such a frame
  /// is whole only when its time is over.
  step charge_read(size_t bytes, bool begins, instant now);
  /// Input after the last words is read and forgotten. False: it is too much, and is not to be read any more.
  bool forget(size_t bytes) { return (forgotten_ += bytes) <= max_forgotten; }
  enum class reading : uint8_t { on, paused };
  /// What the socket's reading is to be from now on; nothing where it stays as it is.
  std::optional<reading> reading_changes(instant now);

  // --- taking utterances ---
  /// The owner was woken, or bytes have come: the frames of a turn are counted anew.
  void count_anew() { heard_ = 0; }
  /// The same, and a client that was heard enough in its turn may be heard again.
  void begin_turn();
  /// False where nothing is to be taken now. Either the client was heard enough, or an answer came at once, inside
  /// take_next() … end_taking(): then the outer caller goes on, so that no input can nest calls.
  bool begin_taking();
  /// The next utterance, if one may be heard. `has_room`: its answer would find room.
  step take_next(bool has_room, instant now);
  void end_taking();
  /// Whether no utterance is taken now, even if there is one.
  bool takes_none(instant now) const;
  /// Whether the next command waits until the client has read.
  bool choked() const { return taking_ == taking::choked; }
  /// The client has read: the next command may be taken.
  void unchoke();
  /// Nothing is heard or asked any more, and what was held is dropped.
  void stop();

  // --- what it costs ---
  /// Nothing is heard before `wait` is over. Answers when to wake the owner.
  instant::duration hold(instant::duration wait, instant now);
  bool held(instant now) const { return now < held_until_; }
  /// Answers how long the client waits before it gets more of the same answer.
  instant::duration charge(double cost, instant now) { return allowed_.charge(budget_, network_, cost, now); }
  /// The client's command was wrong, and counts like words that are no command. False: that happened too often.
  bool may_fail(instant now);
  /// An answer is known now: charges what was not charged for it before. `more_comes`: it is not whole.
  void charge_answer(const rules::effects& answer, bool more_comes, instant now);
  /// The client waits until it is the turn of its handshake among those of its address. Answers when to wake the owner;
  /// 0: it need not wait. Answers nothing where too many of its address wait already: it is not heard at all.
  std::optional<instant::duration> arrive(instant now);
  /// It does not wait for that any more.
  void arrived();
  /// Whether the wait for that is over.
  bool arrives_now(instant now) const { return taking_ == taking::arriving && !held(now); }

  // --- a post that finds no room in its salon ---
  void park(command::post&& post, instant until);
  std::unique_ptr<command::post> take_parked() { return std::move(parked_); }
  /// Whether one has waited for long enough.
  bool parked_too_long(instant now) const { return parked_ && parked_until_ <= now; }

private:
  enum class taking : uint8_t {
    arriving, ///< not before the turn of its handshake
    no,
    yes,
    enough, ///< not before another turn of the loop
    choked  ///< not before the client has read its answers
  };
  enum class pace : uint8_t { go, wait };

  pace in_pace(utterance& said, step& result, instant now);
  pace in_budget(utterance& said, step& result, instant now);
  pace in_message_rate(utterance& said, step& result, instant now);
  bool is_not_to_be_read(instant now) const;

  codec* codec_;
  const config::settings& settings_;
  admission& allowed_;
  const std::string& network_;
  rules::session session_;
  rules::client_budget budget_;
  double prepaid_ = 0;              ///< for an answer that is not whole yet
  std::unique_ptr<utterance> held_; ///< paid for, and not heard before held_until_
  rules::message_rate::flood floods_since_;
  std::optional<instant> rate_waits_since_; ///< for the rate of its user
  instant held_until_{};
  std::unique_ptr<command::post> parked_; ///< these two apart: an idle client has neither, and there are many
  instant parked_until_{};
  size_t heard_ = 0;     ///< frames in this turn of the loop
  size_t forgotten_ = 0; ///< bytes, since it was hung up
  taking taking_ = taking::no;
  reading reading_ = reading::on;
};

} // namespace salond
