#include "actors/transport/tls_socket.hpp"
#include "actors/transport/handshake_pace.hpp"
#include "actors/transport/transport_context.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

namespace salond {
namespace {

namespace net = caf::io::network;

constexpr char tls_handshake_record = 0x16; // the first byte of every TLS connection
constexpr size_t read_bytes = 65536;        // of a turn; one buffer for all connections

} // namespace

tls_socket::handler::handler(net::default_multiplexer& loop, int descriptor, tls_socket& owner)
    : net::event_handler(loop, descriptor), socket(owner) {}

void tls_socket::handler::handle_event(net::operation event) {
  const caf::intrusive_ptr<tls_socket> alive{&socket};
  socket.on_event(event);
}

void tls_socket::handler::removed_from_loop(net::operation event) {
  (event == net::operation::read ? socket.reading_ : socket.writing_).reset();
}

tls_socket::tls_socket(net::default_multiplexer& loop, int descriptor, origin from)
    : caf::io::scribe(net::conn_hdl_from_socket(descriptor)), events_(loop, descriptor, *this), from_(std::move(from)),
      at_(accepted() ? phase::silent : phase::dialling) {}

tls_socket::~tls_socket() {
  from_.shared->connections.forget(*this);
}

void tls_socket::end(const dial_failure& why) {
  if (at_ == phase::dead)
    return;
  const caf::intrusive_ptr<tls_socket> alive{this};
  auto& connections = from_.shared->connections;
  connections.forget(*this);
  if (at_ == phase::shaking && accepted())
    connections.handshake_failed(from_.address);
  const auto was = std::exchange(at_, phase::dead);
  shut_down();
  ended(was, why);
  leave_loop();
  want_write(false);
}

/// Unread input would turn our FIN into a RST, and that would take the alert that says why from the peer.
void tls_socket::shut_down() {
  char rest[16384];
  [[maybe_unused]] const auto ignored = ::recv(descriptor(), rest, sizeof rest, MSG_DONTWAIT);
  ::shutdown(descriptor(), SHUT_RDWR);
}

void tls_socket::end_late() {
  switch (at_) {
  case phase::dialling: return end({dial_fault::filtered, "no answer: filtered, or the host is down"});
  case phase::silent: return end({dial_fault::mute, "silent"});
  case phase::shaking: return end({dial_fault::mute, "no TLS handshake in time"});
  case phase::greeting:
  case phase::open:
  case phase::dead: return end({dial_fault::mute, why_late()});
  }
}

void tls_socket::abort() {
  from_.shared->connections.forget(*this);
  ::shutdown(descriptor(), SHUT_RDWR);
  want_write(false);
}

void tls_socket::launch() {
  add_to_loop();
  want_write(at_ == phase::dialling);
}

void tls_socket::admit() {
  from_.shared->connections.mark_open(*this);
  at_ = phase::open;
}

uint16_t tls_socket::port() const {
  const auto found = net::remote_port_of_fd(events_.fd());
  return found ? *found : uint16_t{0};
}

void tls_socket::add_to_loop() {
  if (reading_)
    return;
  reading_.reset(this);
  events_.activate();
}

/// Entered and left in one turn: the loop, which has forgotten both, says nothing.
void tls_socket::leave_loop() {
  events_.passivate();
  if ((events_.eventbf() & net::input_mask) == 0)
    reading_.reset();
}

void tls_socket::want_write(bool want) {
  if (want == std::exchange(waits_, want))
    return;
  if (want) {
    writing_.reset(this);
    events_.backend().add(net::operation::write, descriptor(), &events_);
  } else {
    events_.backend().del(net::operation::write, descriptor(), &events_);
    if ((events_.eventbf() & net::output_mask) == 0)
      writing_.reset(); // as in leave_loop()
  }
}

void tls_socket::write_now() {
  if (!waits_ && at_ != phase::dead)
    write_some();
}

void tls_socket::part() {
  from_.shared->connections.forget(*this);
  last_ = true;
  from_.shared->connections.mark_closing(*this); // a peer that neither reads nor closes would keep the descriptor
  if (at_ != phase::greeting && at_ != phase::open)
    ::shutdown(descriptor(), SHUT_RDWR);
  else if (!waits_)
    write_some();
}

void tls_socket::lose(const std::string& why) {
  if (why_.empty())
    why_ = why;
  sealed_.clear();
  sent_ = 0;
  ::shutdown(descriptor(), SHUT_RDWR);
}

void tls_socket::on_event(net::operation event) {
  if (at_ == phase::dead)
    return;
  if (at_ == phase::dialling && connected(event) == step::wait)
    return;
  if (event == net::operation::propagate_error)
    return end({dial_fault::lost, why_.empty() ? "connection lost" : why_});
  if (at_ == phase::silent && first_byte() == step::wait)
    return;
  if (event == net::operation::write)
    return write_some();
  read_some();
}

tls_socket::step tls_socket::connected(net::operation event) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    end({dial_fault::unreachable, std::strerror(error)});
    return step::wait;
  }
  if (event != net::operation::write || !start_tls())
    return step::wait;
  tls_->stream().greet(sealed_);
  return step::go_on;
}

/// What does not begin like TLS is closed without an answer: it may be another protocol's client.
tls_socket::step tls_socket::first_byte() {
  char byte = 0;
  const auto count = ::recv(descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return step::wait;
  if (count <= 0) {
    end({dial_fault::lost, "left in silence"});
    return step::wait;
  }
  if (byte != tls_handshake_record) {
    end({dial_fault::other_protocol, "not TLS"});
    return step::wait;
  }
  if (!pace_of_handshakes().allows()) {
    wait_for_handshake();
    return step::wait;
  }
  return start_tls() ? step::go_on : step::wait;
}

/// Handshakes have had their share of this turn: the bytes of this one stay in the socket until its turn comes.
void tls_socket::wait_for_handshake() {
  leave_loop();
  const caf::intrusive_ptr<tls_socket> self{this};
  pace_of_handshakes().wait([self] {
    if (self->at_ == phase::dead)
      return;
    self->add_to_loop();
    self->on_event(net::operation::read);
  });
}

bool tls_socket::start_tls() {
  if (!from_.shared->tls.get()) {
    end({dial_fault::lost, "no certificate of our own"});
    return false;
  }
  tls_.emplace(from_.shared->tls, from_.rules, from_.side);
  if (!tls_->stream().ssl()) {
    end(tls_->why_failed());
    return false;
  }
  at_ = phase::shaking;
  return true;
}

/// Encrypts what waits, as the kernel takes it. Before the handshake is done only the handshake goes out.
void tls_socket::write_some() {
  while (send_sealed()) {
    if (at_ == phase::shaking)
      return want_write(false);
    if (const auto text = lost() ? std::string_view{} : to_say(); !text.empty()) {
      seal_some(text);
      continue;
    }
    if (!last_)
      return want_write(false);
    if (said_end_)
      return finish();
    said_end_ = true;
    tls_->stream().seal_end(sealed_);
  }
  want_write(true);
}

/// False when the kernel has not taken all that is encrypted.
bool tls_socket::send_sealed() {
  while (sent_ < sealed_.size()) {
    const auto count = ::send(descriptor(), sealed_.data() + sent_, sealed_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN)
      return false;
    if (count < 0 && errno != EINTR)
      lose("connection lost");
    else if (count > 0)
      sent_ += static_cast<size_t>(count);
  }
  sealed_.clear();
  sent_ = 0;
  if (sealed_.capacity() > max_kept_buffer)
    sealed_.shrink_to_fit();
  return true;
}

void tls_socket::seal_some(std::string_view text) {
  auto& stream = tls_->stream();
  stream.seal(text, sealed_);
  advance(text.size());
  if (stream.now() == tls_stream::state::failed)
    lose(tls_->why_failed().text);
}

/// All is written.
void tls_socket::finish() {
  want_write(false);
  ::shutdown(descriptor(), SHUT_WR);
}

/// One turn: a buffer's bytes, and of them so many records and frames.
void tls_socket::read_some() {
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

void tls_socket::hear(std::string_view bytes) {
  using state = tls_stream::state;
  auto& stream = tls_->stream();
  if (at_ == phase::shaking && accepted())
    handshake_step(events_.backend(), [&] { stream.feed(bytes, std::chrono::steady_clock::now(), plain_, sealed_); });
  else
    stream.feed(bytes, std::chrono::steady_clock::now(), plain_, sealed_);
  const auto now = stream.now(); // what was said before a failure counts
  if (!sealed_.empty() && !waits_)
    write_some();
  if (at_ == phase::shaking && now != state::shaking && now != state::failed && know_peer() == step::wait)
    return;
  if (at_ != phase::shaking && take(plain_) == step::wait)
    return;
  if (plain_.empty() && plain_.capacity() > max_kept_buffer)
    plain_.shrink_to_fit();
  if (now == state::failed)
    return end_failed();
  if (now == state::ended)
    return end({dial_fault::lost, decided_or("closed by the peer")});
  if (stream.holds_more() || !plain_.empty())
    read_on_later();
}

void tls_socket::end_failed() {
  if (at_ == phase::open)
    ++from_.shared->counters.cut;
  end(why_.empty() ? tls_->why_failed() : dial_failure{dial_fault::lost, why_});
}

tls_socket::step tls_socket::know_peer() {
  if (!tls_->knows_peer()) { // cannot be: resumption is off; but without a name nobody comes in
    end({dial_fault::not_allowed, "no certificate"});
    return step::wait;
  }
  at_ = phase::greeting;
  shaken();
  if (at_ == phase::dead)
    return step::wait;
  write_now();
  return step::go_on;
}

/// What is left has a turn of its own: bytes that we hold are none that the loop would wake us for.
void tls_socket::read_on_later() {
  reads_later_ = true;
  const caf::intrusive_ptr<tls_socket> self{this};
  events_.backend().post([self] {
    self->reads_later_ = false;
    if (self->reading_ && self->at_ != phase::dead)
      self->hear({});
  });
}

} // namespace salond
