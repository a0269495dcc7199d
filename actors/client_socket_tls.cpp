// The part of a client's socket that speaks TLS.
#include "actors/client_socket.hpp"
#include "actors/transport/handshake_pace.hpp"
#include <sys/socket.h>
#include <utility>

namespace salond {
namespace {

constexpr auto record_bytes = tls_stream::record_bytes;
constexpr int records_at_once = 4; // encrypted before the kernel is asked whether it takes them
// What is sealed at once, and as much again that the peer made us say.
constexpr size_t most_sealed = 2 * records_at_once * record_bytes;

} // namespace

void client_socket::speak_tls(std::shared_ptr<const tls_credentials> with) {
  tls_ = std::make_unique<tls_stream>(std::move(with));
}

/// Handshakes have had their share of this turn: the bytes of this one stay in the socket until its turn comes.
void client_socket::wait_for_handshake() {
  leave_loop();
  if (std::exchange(waits_to_shake_, true))
    return;
  const caf::intrusive_ptr<client_socket> self{this};
  pace_of_handshakes().wait([self] {
    if (!std::exchange(self->waits_to_shake_, false))
      return;
    self->add_to_loop();
    self->read_some();
  });
}

void client_socket::read_sealed(std::string_view bytes) {
  if (finished_ || tls_->now() == tls_stream::state::failed)
    return; // read and forgotten: unread input would turn our FIN into a reset
  auto& plain = rd_buf();
  plain.clear();
  const auto was_shaking = shaking();
  const auto feed = [&] { tls_->feed(bytes, std::chrono::steady_clock::now(), plain, sealed_); };
  if (was_shaking)
    handshake_step(events_.backend(), feed);
  else
    feed();
  const auto now = tls_->now();
  if (now == tls_stream::state::failed)
    forget_queue();
  if (!sealed_.empty() || was_shaking != shaking())
    flush(); // a handshake's answer, TLS's alert, or what waited for the end of the handshake
  if (sealed_.size() - sealed_sent_ > most_sealed)
    return abort(); // it makes us answer and does not read
  if (!plain.empty() && !consume(&events_.backend(), plain.data(), plain.size()))
    leave_loop();
  if (now == tls_stream::state::failed && owner_)
    return owner_->tls_failed(tls_->why_failed());
  if (tls_->holds_more() && waits_to_read_)
    return read_on_later();
  if (now != tls_stream::state::ended || input_over_)
    return;
  if (aborted_ || last_ || !owner_)
    return fail(net::operation::read);
  input_over_ = true;
  leave_loop();
  owner_->input_ended();
}

/// What is left has a turn of its own: bytes that the stream holds are none that the loop would wake us for.
void client_socket::read_on_later() {
  if (std::exchange(reads_later_, true))
    return;
  const caf::intrusive_ptr<client_socket> self{this};
  events_.backend().post([self] {
    self->reads_later_ = false;
    if (self->waits_to_read_)
      self->read_sealed({});
  });
}

/// False when the kernel has not taken all of it.
bool client_socket::write_sealed() {
  // One buffer for all connections: a connection has one of its own only while the kernel does not take what is in it.
  static thread_local std::string spare;
  if (sealed_.empty())
    sealed_.swap(spare);
  while (send_sealed()) {
    if (!shaking() && first_ < queue_.size()) {
      seal_some();
    } else if (last_ && !said_end_ && !shaking()) {
      said_end_ = true;
      tls_->seal_end(sealed_);
    } else {
      spare.swap(sealed_);
      std::string{}.swap(sealed_);
      return true;
    }
  }
  return false;
}

/// False when the kernel has not taken all that is encrypted.
bool client_socket::send_sealed() {
  while (sealed_sent_ < sealed_.size()) {
    const auto sent = ::send(events_.fd(), sealed_.data() + sealed_sent_, sealed_.size() - sealed_sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN)
      return false;
    if (sent < 0 && errno != EINTR)
      lose();
    else if (sent > 0)
      sealed_sent_ += static_cast<size_t>(sent);
  }
  sealed_.clear();
  sealed_sent_ = 0;
  return true;
}

/// Encrypts a few records of what waits: as much in each as it holds, so that all that a connection is told in a turn
/// costs one.
void client_socket::seal_some() {
  static thread_local std::string joined;
  for (int n = 0; n < records_at_once && first_ < queue_.size(); ++n) {
    std::string_view text{queue_[first_]->data() + done_, queue_[first_]->size() - done_};
    if (text.size() < record_bytes && first_ + 1 < queue_.size()) {
      joined.assign(text);
      for (auto i = first_ + 1; i < queue_.size() && joined.size() < record_bytes; ++i)
        joined.append(*queue_[i], 0, record_bytes - joined.size());
      text = joined;
    }
    text = text.substr(0, record_bytes);
    tls_->seal(text, sealed_);
    if (tls_->now() == tls_stream::state::failed)
      return lose();
    advance(text.size());
  }
}

} // namespace salond
