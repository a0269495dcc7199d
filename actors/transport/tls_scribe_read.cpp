// The reading half of tls_scribe: frames, the gate, and the binding of a node id to a certificate.
#include "actors/transport/hub.hpp"
#include "actors/transport/node_ids.hpp"
#include "actors/transport/tls_scribe.hpp"
#include <algorithm>
#include <caf/all.hpp>

namespace salond {
namespace {

constexpr size_t read_step = 65536;        // a buffer grows as bytes come, not as a header announces
constexpr size_t most_kept_buffer = 65536; // above this a buffer is given back after its use
constexpr int most_reads_a_turn = 64;      // then the other connections have theirs

} // namespace

void tls_scribe::read_some() {
  for (int reads = 0; reads < most_reads_a_turn; ++reads)
    if (!reading_ || at_ == phase::dead || read_once() == step::wait)
      return;
  if (reading_ && at_ != phase::dead && tls_->holds_more())
    read_on_later();
}

/// Bytes that OpenSSL holds already are none that the loop would wake us for.
void tls_scribe::read_on_later() {
  const caf::intrusive_ptr<tls_scribe> self{this};
  events_.backend().post([self] {
    if (self->reading_ && self->at_ != phase::dead)
      self->read_some();
  });
}

tls_scribe::step tls_scribe::read_once() {
  if (in_.size() < want_)
    in_.resize(std::min(want_, std::max(got_ + read_step, in_.size())));
  size_t count = 0;
  switch (tls_->read(in_.data() + got_, std::min(in_.size(), want_) - got_, count)) {
  case tls_session::progress::wants_write: want_write(true); return step::wait;
  case tls_session::progress::wants_read:
    if (sent_ < out_.size() && !writing_)
      write_some();
    return step::wait;
  case tls_session::progress::failed:
    end(why_.empty() ? tls_->why_failed() : dial_failure{dial_fault::lost, why_});
    return step::wait;
  case tls_session::progress::done: break;
  }
  got_ += count;
  return got_ < want_ ? step::go_on : take_frame();
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
    events_.passivate();
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
