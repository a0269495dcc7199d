#include "actors/client_socket.hpp"
#include "actors/transport/handshake_pace.hpp"
#include <algorithm>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace salond {
namespace {

constexpr size_t read_bytes = 16384; // one buffer for all connections: the larger, the fewer calls for a burst
constexpr size_t dropped_bytes = 16 * read_bytes; // TCP drops them without a copy: MSG_TRUNC in tcp(7)
constexpr size_t max_parts = 64;                  // of one sendmsg

std::vector<char>& read_buffer() {
  static thread_local std::vector<char> buffer;
  return buffer;
}

} // namespace

client_socket::client_socket(net::default_multiplexer& loop, int fd, std::string peer)
    : caf::io::scribe(net::conn_hdl_from_socket(fd)), events_(loop, fd, *this), peer_(std::move(peer)) {}

client_socket::~client_socket() = default;

void client_socket::finish() {
  queue_.close();
  if (ending_ == ending::none)
    ending_ = ending::asked;
  flush();
}

void client_socket::abort() {
  link_ = link::given_up;
  break_off();
}

uint64_t client_socket::taken_by_peer() const {
  int left = 0;
  if (::ioctl(events_.fd(), SIOCOUTQ, &left) != 0)
    return 0;
  if (left > 0 && ending_ == ending::done)
    --left; // the FIN, which comes last and counts as a byte
  return given_ - std::min(given_, static_cast<uint64_t>(left));
}

bool client_socket::reset_by_peer() const {
  pollfd look{events_.fd(), 0, 0}; // an error is told unasked, and stays for the next call
  return broken() || ::poll(&look, 1, 0) < 0 || (look.revents & POLLERR) != 0;
}

void client_socket::break_off() {
  if (link_ == link::whole)
    link_ = link::broken;
  ::shutdown(events_.fd(), SHUT_RDWR);
  add_to_loop(); // a paused socket would not hear of its end
}

void client_socket::pause_reading() {
  if (input_ == input::in_line)
    input_ = input::off;
  leave_loop();
}

void client_socket::resume_reading() {
  if (!input_over_)
    add_to_loop();
}

void client_socket::configure_read(caf::io::receive_policy::config) {
  add_to_loop();
}

std::vector<char>& client_socket::rd_buf() {
  return read_buffer();
}

void client_socket::add_to_loop() {
  if (input_ == input::on)
    return;
  input_ = input::on;
  reading_.reset(this);
  events_.activate();
  if (tls_ && tls_->holds_more())
    read_on_later();
}

void client_socket::leave_loop() {
  if (input_ != input::on)
    return;
  input_ = input::off;
  events_.passivate();
  if (!registered(net::input_mask))
    reading_.reset(); // entered in this turn: the loop, which has forgotten that again, says nothing
}

void client_socket::flush() {
  if (output_ != output::full)
    write_some();
}

void client_socket::graceful_shutdown() {
  const caf::intrusive_ptr<client_socket> alive{this};
  finish();
  detach(&events_.backend(), false);
}

void client_socket::handler::handle_event(net::operation op) {
  caf::intrusive_ptr<client_socket> alive{&socket};
  socket.on_event(op);
}

void client_socket::handler::removed_from_loop(net::operation op) {
  (op == net::operation::read ? socket.reading_ : socket.writing_).reset();
}

void client_socket::on_event(net::operation op) {
  switch (op) {
  case net::operation::read: return read_some();
  case net::operation::write: return write_some();
  case net::operation::propagate_error: return fail(net::operation::read);
  }
}

void client_socket::read_some() {
  if (input_ != input::on)
    return;
  if (link_ == link::given_up) // a peer who sends on has bytes here still: they would be read first, and pause the
                               // reading again
    return fail(net::operation::read);
  if (reads_later_)
    return;
  if (shaking() && !pace_of_handshakes().allows())
    return wait_for_handshake();
  static thread_local std::vector<char> encrypted, dropped; // a unix socket copies what is dropped
  const auto drops = drops_input();
  auto& buffer = drops ? dropped : tls_ ? encrypted : read_buffer();
  buffer.resize(drops ? dropped_bytes : read_bytes);
  const auto got = ::recv(events_.fd(), buffer.data(), buffer.size(), drops ? MSG_TRUNC : 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  ended_in_order_ = ended_in_order_ || (got == 0 && !broken());
  // With TLS an end that nobody announced is a broken connection: what it cuts off is not taken for a whole.
  if (got < 0 || (got == 0 && (broken() || ending_ != ending::none || !owner_ || tls_)))
    return fail(net::operation::read);
  if (got == 0) {
    input_over_ = true;
    leave_loop();
    owner_->input_ended();
    return;
  }
  if (drops)
    return owner_ ? owner_->input_dropped(static_cast<size_t>(got)) : fail(net::operation::read);
  if (tls_)
    return read_sealed({buffer.data(), static_cast<size_t>(got)});
  if (!consume(&events_.backend(), buffer.data(), static_cast<size_t>(got)))
    leave_loop();
}

void client_socket::write_some() {
  if (!(tls_ ? write_sealed() : write_clear()))
    return wait_for_kernel(); // it is full: EPOLLOUT calls us again
  const auto had_waited = output_ != output::free;
  wait_no_more();
  output_ = queue_.waiting() != 0 ? output::held : output::free;
  if (output_ == output::held)
    return;
  if (ending_ == ending::asked || ending_ == ending::notified) {
    ending_ = ending::done;
    ::shutdown(events_.fd(), SHUT_WR);
  }
  if (had_waited && owner_)
    owner_->output_drained();
}

/// False when the kernel has not taken all of it.
bool client_socket::write_clear() {
  while (queue_.waiting() != 0) {
    iovec parts[max_parts];
    const auto count = queue_.gather(parts, max_parts);
    size_t offered = 0;
    for (size_t i = 0; i < count; ++i)
      offered += parts[i].iov_len;
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const auto sent = ::sendmsg(events_.fd(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      ended_in_order_ = ended_in_order_ || (errno == EPIPE && !broken()); // else ECONNRESET: before any end
      lose();
      break;
    }
    const auto taken = sent < 0 ? size_t{0} : static_cast<size_t>(sent);
    given_ += taken;
    queue_.advance(taken);
    if (taken < offered)
      return false;
  }
  return true;
}

/// The connection is broken. Forgets what waits. The loop tells the broker in a turn of its own, when what the peer had
/// said is read.
void client_socket::lose() {
  queue_.forget();
  queue_.sealed.clear();
  break_off();
}

void client_socket::wait_for_kernel() {
  if (output_ == output::full)
    return;
  output_ = output::full;
  writing_.reset(this);
  events_.backend().add(net::operation::write, events_.fd(), &events_);
}

void client_socket::wait_no_more() {
  if (output_ != output::full)
    return;
  output_ = output::free;
  events_.backend().del(net::operation::write, events_.fd(), &events_);
  if (!registered(net::output_mask))
    writing_.reset(); // as in leave_loop()
}

void client_socket::fail(net::operation op) {
  owner_ = nullptr;
  if (input_ == input::in_line)
    input_ = input::off;
  io_failure(&events_.backend(), op);
  leave_loop();
  wait_no_more();
}

} // namespace salond
