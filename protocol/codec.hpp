// The one interface of all dialects. A codec is one client's dialect: buffers, framing, and the little state its
// protocol has. It is given bytes and the time; it is asked for utterances and bytes. Nothing calls back, so
// back-pressure is simply not asking.
#pragma once
#include "protocol/words/event.hpp"
#include "protocol/words/time.hpp"
#include "protocol/words/utterance.hpp"
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

/// Bytes that many connections send: made once, never copied.
using shared_bytes = std::shared_ptr<const std::string>;

/// What a text begins with before anything that its author wrote: who says it, and where. A client that is told a text
/// in pieces is told the envelope with each.
struct envelope {
  size_t size = 0;    ///< in bytes; 0: the text is the server's own
  std::string safely; ///< in its place for a client that ends no frames; empty: as it is
};

/// Texts that were spelled once for all clients of a dialect.
struct spelled_texts {
  std::string bytes;               ///< each text followed by its end
  std::vector<envelope> envelopes; ///< one a text
};
using shared_texts = std::shared_ptr<const spelled_texts>;

/// The bytes for a client that takes them as they are: shared, not copied.
inline shared_bytes bytes_of(const shared_texts& texts) {
  return {texts, &texts->bytes};
}

/// How events are spelled for all clients that take them alike: a dialect, and whatever changes a line of it.
class spelling {
public:
  virtual ~spelling() = default;
  /// Appends the event as each of these clients is told it: one or more texts, made once for all of them.
  virtual void spell(spelled_texts& to, const event::any& event) const = 0;
  /// Whether a connection is told what was said in a salon by itself: not where its client shows that by itself.
  virtual bool tells_author() const { return true; }
};

/// A client's dialect: bytes in, utterances out; events in, bytes out.
/// Knows no socket, no actor and no clock: the caller brings bytes and the time.
class codec {
public:
  virtual ~codec() = default;

  /// Takes bytes from the client. Any bytes are legal; it never throws for them.
  virtual void feed(std::string_view bytes, instant now) = 0;

  /// The client has ended its input (a half-close): what came so far is the last frame.
  virtual void end_input(instant now) = 0;

  /// The client's next utterance; nothing until more bytes or more time have come.
  virtual std::optional<utterance> next(instant now) = 0;

  /// Bytes taken in that have not yet been given out as utterances.
  virtual size_t unread() const = 0;

  /// Whether the pauses between its bytes say where an utterance ends: then the caller reads on, and feeds bytes as
  /// they come, while it does not ask for utterances.
  virtual bool pauses_matter() const = 0;

  /// Queues what the client is to be told.
  virtual void say(const event::any& event, instant now) = 0;

  /// How events are spelled for this client now. Lives for ever.
  virtual const spelling& spells() const = 0;

  /// Queues what was spelled so, once for many: one or more whole texts. Does not copy them where the client takes them
  /// as they are.
  virtual void say_spelled(const shared_texts& spelled, instant now) = 0;

  /// Nothing is said after this: what waits goes out without further delay, `last` (if any) as the closing text.
  virtual void say_last(const std::optional<event::any>& last, instant now) = 0;

  /// The client does not read: what waits is dropped, and nothing is said after this but `last`, which goes out
  /// without delay.
  virtual void cut_off(const event::any& last, instant now) = 0;

  /// Of a write that drain() gave, and of which the first `out` bytes are out: how many bytes behind these the client
  /// needs before it can be told `last` of a cut_off().
  virtual size_t rest_of_text(std::string_view write, size_t out) const = 0;

  /// Whether a connection of this dialect ends with this answer, as its closing text.
  virtual bool ends_with(const event::any& event) const = 0;

  /// Appends to `out` what may go out now; each element is a write of its own.
  virtual void drain(std::vector<shared_bytes>& out, instant now) = 0;

  /// Bytes queued that drain() has not yet given out.
  virtual size_t unsent() const = 0;

  /// Whether say_spelled() followed by drain() would only give out what it was given, and has no deadline, until the
  /// next say(), say_last() or cut_off(): the caller may then spare both.
  virtual bool transparent() const = 0;

  /// Another codec that the client goes on with, where it and this one agreed on that (an HTTP request that becomes a
  /// WebSocket): it has all bytes that were fed and not given out as utterances. Asked for behind each utterance, once
  /// what this one has to say is drained; none of that may wait for a time.
  virtual std::unique_ptr<codec> successor() { return nullptr; }

  /// When next() or drain() will have more without new bytes, if ever.
  virtual std::optional<instant> deadline() const = 0;

  /// When next() alone will, for a caller whose client takes nothing now.
  virtual std::optional<instant> reading_deadline() const = 0;

  /// When drain() alone will, for a caller who does not take what the client said now.
  virtual std::optional<instant> writing_deadline() const = 0;
};

} // namespace salond
