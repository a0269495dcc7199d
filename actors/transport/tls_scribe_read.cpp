// The reading half of tls_scribe: frames, the gate, and the binding of a node id to a certificate.
#include "actors/transport/handshake_pace.hpp"
#include "actors/transport/hub.hpp"
#include "actors/transport/node_ids.hpp"
#include "actors/transport/tls_scribe.hpp"
#include <algorithm>
#include <caf/all.hpp>
#include <cerrno>
#include <sys/socket.h>

namespace salond {
namespace {

constexpr size_t read_bytes = 65536;       // of a turn; one buffer for all connections
constexpr size_t most_kept_buffer = 65536; // above this a buffer is given back after its use
constexpr int most_frames_a_turn = 64;     // then the other connections have theirs

} // namespace

/// One turn: a buffer's bytes, and of them so many records and frames.
void tls_scribe::read_some() {
  if (!reading_ || at_ == phase::dead || reads_later_)
    return;
  if (at_ == phase::shaking && accepted() && !pace_of_handshakes().allows())
    return wait_for_handshake();
  static thread_local std::vector<char> buffer;
  buffer.resize(read_bytes);
  const auto count = ::recv(descriptor(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count > 0)
    return hear({buffer.data(), static_cast<size_t>(count)});
  const auto* why = count == 0 ? "closed by the peer" : "connection lost";
  end({dial_fault::lost, why_.empty() ? why : why_});
}

void tls_scribe::hear(std::string_view bytes) {
  using state = tls_stream::state;
  auto& stream = tls_->stream();
  if (at_ == phase::shaking && accepted())
    handshake_step(events_.backend(), [&] { stream.feed(bytes, std::chrono::steady_clock::now(), plain_, sealed_); });
  else
    stream.feed(bytes, std::chrono::steady_clock::now(), plain_, sealed_);
  const auto now = stream.now(); // what was said before a failure counts
  if (!sealed_.empty() && !writing_)
    write_some();
  if (at_ == phase::shaking && now != state::shaking && now != state::failed && shaken() == step::wait)
    return;
  if (at_ != phase::shaking && take_frames() == step::wait)
    return;
  if (now == state::failed)
    return end_failed();
  if (now == state::ended)
    return end({dial_fault::lost, why_.empty() ? "closed by the peer" : why_});
  if (stream.holds_more() || !plain_.empty())
    read_on_later();
}

void tls_scribe::end_failed() {
  if (at_ == phase::open)
    ++from_.shared->counters.cut;
  end(why_.empty() ? tls_->why_failed() : dial_failure{dial_fault::lost, why_});
}

tls_scribe::step tls_scribe::shaken() {
  if (!tls_->knows_peer()) { // cannot be: resumption is off; but without a name nobody comes in
    end({dial_fault::not_allowed, "no certificate"});
    return step::wait;
  }
  at_ = phase::greeting;
  write_some();
  return step::go_on;
}

/// What is left has a turn of its own: bytes that we hold are none that the loop would wake us for.
void tls_scribe::read_on_later() {
  reads_later_ = true;
  const caf::intrusive_ptr<tls_scribe> self{this};
  events_.backend().post([self] {
    self->reads_later_ = false;
    if (self->reading_ && self->at_ != phase::dead)
      self->hear({});
  });
}

/// Gathers the bytes of a frame, which grows as they come and not as its header announces.
tls_scribe::step tls_scribe::take_frames() {
  size_t at = 0;
  auto next = step::go_on;
  for (int frames = 0; frames < most_frames_a_turn && at < plain_.size() && next == step::go_on;) {
    const auto count = std::min(want_ - got_, plain_.size() - at);
    in_.resize(std::max(in_.size(), got_ + count));
    std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(at), count,
                in_.begin() + static_cast<std::ptrdiff_t>(got_));
    at += count;
    got_ += count;
    if (got_ < want_)
      break;
    next = take_frame();
    ++frames;
  }
  plain_.erase(plain_.begin(), plain_.begin() + static_cast<std::ptrdiff_t>(at));
  if (plain_.empty() && plain_.capacity() > most_kept_buffer)
    plain_.shrink_to_fit();
  return next;
}

/// A header, or the payload that belongs to it, is there.
tls_scribe::step tls_scribe::take_frame() {
  if (const auto* why = judge_frame()) {
    if (at_ == phase::open)
      ++from_.shared->counters.cut;
    end({dial_fault::lost, why});
    return step::wait;
  }
  const auto size = got_;
  got_ = 0;
  in_payload_ = !in_payload_ && gate_.payload_size() > 0;
  if (!consume(&events_.backend(), in_.data(), size)) { // BASP reads it, and sets want_
    leave_loop();
    return step::wait;
  }
  if (in_.capacity() > most_kept_buffer && want_ < most_kept_buffer)
    std::vector<char>{}.swap(in_);
  return step::go_on;
}

gate::refusal tls_scribe::judge_frame() {
  if (!in_payload_)
    return gate_.header(in_.data());
  if (const auto* why = gate_.payload(in_.data()))
    return why;
  if (at_ == phase::greeting)
    return open();
  return gate_.must_be_whole() && !whole() ? "malformed message" : nullptr;
}

/// Reads the message as CAF will. REQUIRES: all of its payload is in `in_`.
bool tls_scribe::whole() {
  caf::binary_deserializer source{&events_.backend(), in_.data(), want_};
  std::vector<caf::strong_actor_ptr> stages;
  caf::message content;
  return !source(stages, content) && !content.empty() && source.remaining() == 0;
}

gate::refusal tls_scribe::open() {
  auto& shared = *from_.shared;
  const auto settings = shared.tls.get();
  if (settings->revoked.count(certificate().serial) != 0)
    return "certificate revoked"; // between the two handshakes
  node_ = from_wire(gate_.peer_node());
  if (!shared.peers.bind(node_, peer{certificate(), from_.address}, shared.limits.open_per_identity,
                         std::chrono::steady_clock::now()))
    return "node id belongs to another, or too many connections";
  shared.waiting.promote(*this);
  at_ = phase::open;
  report("admin connection open");
  return nullptr;
}

} // namespace salond
