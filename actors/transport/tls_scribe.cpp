#include "actors/transport/tls_scribe.hpp"
#include "actors/transport/handshake_pace.hpp"
#include "actors/transport/hub.hpp"
#include "actors/transport/node_ids.hpp"
#include <algorithm>
#include <caf/all.hpp>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

namespace salond {
namespace {

namespace net = caf::io::network;

// What gate.cpp knows of CAF without including it.
using basp = caf::io::basp::message_type;
static_assert(static_cast<int>(basp::server_handshake) == 0 && static_cast<int>(basp::heartbeat) == 6);
static_assert(caf::io::basp::header_size == gate::header_size);
static_assert(caf::message_id::response_flag_mask == uint64_t{1} << 63);
static_assert(caf::message_id::answered_flag_mask == uint64_t{1} << 62);
static_assert(caf::message_id::upstream_message_category << caf::message_id::category_offset == uint64_t{1} << 61);

constexpr char tls_handshake_record = 0x16; // the first byte of every TLS connection
constexpr size_t most_kept_buffer = 65536;  // above this a buffer is given back after its use
constexpr size_t sealed_at_once = 65536;    // encrypted before the kernel is asked whether it takes it

} // namespace

tls_scribe::handler::handler(net::default_multiplexer& loop, int descriptor, tls_scribe& owner)
    : net::event_handler(loop, descriptor), scribe(owner) {}

void tls_scribe::handler::handle_event(net::operation what) {
  const caf::intrusive_ptr<tls_scribe> alive{&scribe};
  scribe.on_event(what);
}

void tls_scribe::handler::removed_from_loop(net::operation what) {
  (what == net::operation::read ? scribe.reading_ : scribe.writing_).reset();
}

tls_scribe::tls_scribe(net::default_multiplexer& loop, int descriptor, origin from)
    : caf::io::scribe(net::conn_hdl_from_socket(descriptor)), events_(loop, descriptor, *this), from_(std::move(from)),
      gate_(from_.rules, from_.side, to_wire(from_.us)), at_(accepted() ? phase::silent : phase::dialling) {}

tls_scribe::~tls_scribe() {
  leave_lobby();
}

void tls_scribe::leave_lobby() {
  const auto was_bound = at_ == phase::open && place_.list && !last_;
  from_.shared->waiting.forget(*this);
  if (was_bound)
    from_.shared->peers.unbind(node_, std::chrono::steady_clock::now());
}

void tls_scribe::report(const char* what, const std::string& why) {
  from_.shared->log({what, to_string(certificate().who), from_.address, why});
}

/// Once, and only for a connection that was open.
void tls_scribe::report_end(const std::string& why) {
  if (at_ == phase::open && !last_)
    report("admin connection closed", why);
}

void tls_scribe::end(const dial_failure& why) {
  if (at_ == phase::dead)
    return;
  const caf::intrusive_ptr<tls_scribe> alive{this};
  leave_lobby();
  if (at_ == phase::open || last_)
    report_end(why.text);
  else if (!accepted())
    from_.report->set(why);
  else
    from_.shared->waiting.refused(why.text);
  if (at_ == phase::shaking && accepted())
    from_.shared->waiting.handshake_failed(from_.address);
  at_ = phase::dead;
  shut_down();
  io_failure(&events_.backend(), net::operation::read);
  leave_loop();
  want_write(false);
}

/// Unread input would turn our FIN into a RST, and that would take the alert that says why from the peer.
void tls_scribe::shut_down() {
  char rest[16384];
  [[maybe_unused]] const auto ignored = ::recv(descriptor(), rest, sizeof rest, MSG_DONTWAIT);
  ::shutdown(descriptor(), SHUT_RDWR);
}

void tls_scribe::end_late() {
  switch (at_) {
  case phase::dialling: return end({dial_fault::filtered, "no answer: filtered, or the host is down"});
  case phase::silent: return end({dial_fault::mute, "silent"});
  case phase::shaking: return end({dial_fault::mute, "no TLS handshake in time"});
  case phase::greeting:
  case phase::open:
  case phase::dead: return end({dial_fault::mute, "no BASP handshake in time"});
  }
}

void tls_scribe::abort() {
  leave_lobby();
  ::shutdown(descriptor(), SHUT_RDWR);
  want_write(false);
}

void tls_scribe::configure_read(caf::io::receive_policy::config policy) {
  want_ = policy.second;
  if (launched_)
    return;
  launched_ = true;
  add_to_loop();
  want_write(at_ == phase::dialling);
}

uint16_t tls_scribe::port() const {
  const auto found = net::remote_port_of_fd(events_.fd());
  return found ? *found : uint16_t{0};
}

void tls_scribe::add_to_loop() {
  if (reading_)
    return;
  reading_.reset(this);
  events_.activate();
}

/// Entered and left in one turn: the loop, which has forgotten both, says nothing.
void tls_scribe::leave_loop() {
  events_.passivate();
  if ((events_.eventbf() & net::input_mask) == 0)
    reading_.reset();
}

void tls_scribe::want_write(bool want) {
  if (want == static_cast<bool>(writing_))
    return;
  if (want) {
    writing_.reset(this);
    events_.backend().add(net::operation::write, descriptor(), &events_);
  } else {
    events_.backend().del(net::operation::write, descriptor(), &events_);
  }
}

void tls_scribe::flush() {
  out_.insert(out_.end(), fresh_.begin(), fresh_.end());
  fresh_.clear();
  if (out_.size() - done_ + sealed_.size() - sent_ > from_.rules->most_unsent) {
    if (at_ == phase::open && why_.empty())
      ++from_.shared->counters.cut;
    return lose("does not read");
  }
  if ((at_ == phase::greeting || at_ == phase::open) && !writing_ && !out_.empty())
    write_some();
}

/// What waits goes. We may be inside a handler: the loop hears of the shutdown, and calls end().
void tls_scribe::lose(const std::string& why) {
  if (why_.empty())
    why_ = why;
  out_.clear();
  sealed_.clear();
  done_ = sent_ = 0;
  ::shutdown(descriptor(), SHUT_RDWR);
}

/// The broker closes: what it wrote goes out, then the end of TLS, then FIN.
void tls_scribe::graceful_shutdown() {
  flush();
  leave_lobby();
  report_end("closed by us");
  last_ = true;
  from_.shared->waiting.see_off(*this); // a peer that neither reads nor closes would keep the descriptor
  if (at_ != phase::greeting && at_ != phase::open)
    ::shutdown(descriptor(), SHUT_RDWR);
  else if (!writing_)
    write_some();
  detach(&events_.backend(), false);
}

void tls_scribe::on_event(net::operation what) {
  if (at_ == phase::dead)
    return;
  if (at_ == phase::dialling && connected(what) == step::wait)
    return;
  if (what == net::operation::propagate_error)
    return end({dial_fault::lost, why_.empty() ? "connection lost" : why_});
  if (at_ == phase::silent && first_byte() == step::wait)
    return;
  if (what == net::operation::write)
    return write_some();
  read_some();
}

tls_scribe::step tls_scribe::connected(net::operation what) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    end({dial_fault::unreachable, std::strerror(error)});
    return step::wait;
  }
  if (what != net::operation::write || !start_tls())
    return step::wait;
  tls_->stream().greet(sealed_);
  return step::go_on;
}

/// What does not begin like TLS is closed without an answer: it may be another protocol's client.
tls_scribe::step tls_scribe::first_byte() {
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
void tls_scribe::wait_for_handshake() {
  leave_loop();
  const caf::intrusive_ptr<tls_scribe> self{this};
  pace_of_handshakes().wait([self] {
    if (self->at_ == phase::dead)
      return;
    self->add_to_loop();
    self->on_event(net::operation::read);
  });
}

bool tls_scribe::start_tls() {
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
void tls_scribe::write_some() {
  while (send_sealed()) {
    if (at_ == phase::shaking)
      return want_write(false);
    if (done_ < out_.size()) {
      seal_some();
      continue;
    }
    out_.clear();
    done_ = 0;
    if (out_.capacity() > most_kept_buffer)
      out_.shrink_to_fit();
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
bool tls_scribe::send_sealed() {
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
  if (sealed_.capacity() > most_kept_buffer)
    sealed_.shrink_to_fit();
  return true;
}

void tls_scribe::seal_some() {
  const auto count = std::min(out_.size() - done_, sealed_at_once);
  auto& stream = tls_->stream();
  stream.seal({out_.data() + done_, count}, sealed_);
  done_ += count;
  if (stream.now() == tls_stream::state::failed)
    lose(tls_->why_failed().text);
}

/// All is written.
void tls_scribe::finish() {
  want_write(false);
  ::shutdown(descriptor(), SHUT_WR);
}

} // namespace salond
