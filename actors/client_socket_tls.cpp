// The part of a client's socket that speaks TLS.
#include "actors/client_socket.hpp"
#include "actors/transport/handshake_pace.hpp"
#include <sys/socket.h>
#include <utility>

namespace salond {
namespace {

constexpr auto record_bytes = tls_stream::record_bytes;
constexpr int records_at_once = 4; // encrypted before the kernel is asked whether it takes them
// As much as is sealed at once, and as much again that the peer made us say.
constexpr size_t max_sealed = 2 * records_at_once * record_bytes;

} // namespace

void client_socket::speak_tls(std::shared_ptr<const tls_credentials> credentials) {
  tls_ = std::make_unique<tls_stream>(std::move(credentials));
}

/// Handshakes have had their share of this turn of the loop. The bytes of this one stay in the socket until its turn.
void client_socket::wait_for_handshake() {
  leave_loop();
  input_ = input::in_line;
  const caf::intrusive_ptr<client_socket> self{this};
  pace_of_handshakes().wait([self] {
    if (self->input_ != input::in_line)
      return; // it was paused, or left the line for the loop
    self->add_to_loop();
    self->read_some();
  });
}

void client_socket::read_sealed(std::string_view bytes) {
  if (drops_input())
    return; // what waited for a turn of its own
  auto& plain = rd_buf();
  plain.clear();
  const auto was_shaking = shaking();
  const auto feed = [&] { tls_->feed(bytes, std::chrono::steady_clock::now(), plain, queue_.sealed.bytes()); };
  if (was_shaking)
    handshake_step(events_.backend(), feed);
  else
    feed();
  const auto now = tls_->now();
  if (now == tls_stream::state::failed) {
    queue_.forget();
    queue_.close();
  }
  if (!queue_.sealed.empty() || was_shaking != shaking())
    flush(); // a handshake's answer, TLS's alert, or what waited for the end of the handshake
  if (queue_.sealed.unsent() > max_sealed)
    return abort(); // it makes us answer and does not read
  if (!plain.empty() && !consume(&events_.backend(), plain.data(), plain.size()))
    leave_loop();
  if (now == tls_stream::state::failed && owner_)
    return owner_->tls_failed(tls_->why_failed());
  if (tls_->holds_more() && input_ == input::on)
    return read_on_later();
  if (now != tls_stream::state::ended || input_over_)
    return;
  ended_in_order_ = true;
  if (broken() || ending_ != ending::none || !owner_)
    return fail(net::operation::read);
  input_over_ = true;
  leave_loop();
  owner_->input_ended();
}

/// Reads what is left in a turn of its own. The loop would not wake us for bytes that the stream holds already.
void client_socket::read_on_later() {
  if (std::exchange(reads_later_, true))
    return;
  const caf::intrusive_ptr<client_socket> self{this};
  events_.backend().post([self] {
    self->reads_later_ = false;
    if (self->input_ == input::on)
      self->read_sealed({});
  });
}

/// False when the kernel has not taken all of it.
bool client_socket::write_sealed() {
  // One buffer for all connections: a connection has one of its own only while the kernel does not take what is in it.
  static thread_local std::string spare;
  auto& sealed = queue_.sealed.bytes();
  if (sealed.empty())
    sealed.swap(spare);
  while (send_sealed()) {
    if (!shaking() && queue_.waiting() != 0) {
      seal_some();
    } else if (ending_ == ending::asked && !shaking()) {
      ending_ = ending::notified;
      tls_->seal_end(sealed);
    } else {
      spare.swap(sealed);
      std::string{}.swap(sealed);
      return true;
    }
  }
  return false;
}

/// False when the kernel has not taken all that is encrypted.
bool client_socket::send_sealed() {
  auto& sealed = queue_.sealed;
  while (sealed.unsent() != 0) {
    const auto rest = sealed.rest();
    const auto sent = ::send(events_.fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN)
      return false;
    if (sent < 0 && errno != EINTR) {
      ended_in_order_ = ended_in_order_ || (errno == EPIPE && !broken());
      lose();
    }
    if (sent <= 0)
      continue;
    sealed.advance(static_cast<size_t>(sent));
    given_ += static_cast<uint64_t>(sent);
  }
  sealed.clear();
  return true;
}

/// Encrypts a few records of what waits. Each is as full as can be: so all that a connection is told in a turn costs
/// one record.
void client_socket::seal_some() {
  static thread_local std::string joined;
  for (int n = 0; n < records_at_once && queue_.waiting() != 0; ++n) {
    const auto text = queue_.join(record_bytes, joined);
    tls_->seal(text, queue_.sealed.bytes());
    if (tls_->now() == tls_stream::state::failed) {
      queue_.close();
      return lose();
    }
    queue_.advance(text.size());
  }
}

} // namespace salond
