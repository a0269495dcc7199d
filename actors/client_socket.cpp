#include "actors/client_socket.hpp"
#include "actors/transport/handshake_pace.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace salond {
namespace {

constexpr size_t read_bytes = 16384; // one buffer for all connections: the larger, the fewer calls for a burst
constexpr size_t most_parts = 64;    // of one sendmsg
constexpr unsigned accepts_a_turn = 64;

/// Descriptors from this one on are not for clients. They are given out from the lowest on.
int first_reserved_descriptor() {
  rlimit have{};
  if (::getrlimit(RLIMIT_NOFILE, &have) != 0 || have.rlim_cur > static_cast<rlim_t>(std::numeric_limits<int>::max()))
    return std::numeric_limits<int>::max();
  const auto most = static_cast<int>(have.rlim_cur);
  return most - std::min(64, most / 4);
}

std::vector<char>& read_buffer() {
  static thread_local std::vector<char> buffer;
  return buffer;
}

void set(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

/// A dead peer is noticed within five minutes: unanswered data after four, silence after 120 s + 4 × 30 s.
void notice_dead_peers(int fd) {
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 120);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 30);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 240000);
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string address_of(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = "";
  if (from.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text, sizeof text);
  else if (from.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, text, sizeof text);
  return text;
}

} // namespace

client_socket::client_socket(net::default_multiplexer& loop, int fd, std::string peer)
    : caf::io::scribe(net::conn_hdl_from_socket(fd)), events_(loop, fd, *this), peer_(std::move(peer)) {}

client_socket::~client_socket() = default;

void client_socket::say(shared_bytes bytes) {
  if (last_ || bytes->empty() || (tls_ && tls_->now() == tls_stream::state::failed))
    return;
  unsent_ += bytes->size();
  queue_.push_back(std::move(bytes));
}

void client_socket::drop_unsent() {
  shared_bytes rest;
  if (first_ < queue_.size() && done_ > 0) {
    const auto& begun = *queue_[first_];
    const auto end = begun.find('\n', done_ - 1); // done_ - 1: the frame may just have ended
    if (end != std::string::npos && end >= done_)
      rest = std::make_shared<const std::string>(begun, done_, end + 1 - done_);
  }
  forget_queue();
  if (rest)
    say(std::move(rest));
}

void client_socket::finish() {
  last_ = true;
  flush();
}

void client_socket::abort() {
  given_up_ = true;
  break_off();
}

void client_socket::break_off() {
  aborted_ = true;
  ::shutdown(events_.fd(), SHUT_RDWR);
  add_to_loop(); // a paused socket would not hear of its end
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
  if (waits_to_read_)
    return;
  waits_to_read_ = true;
  reading_.reset(this);
  events_.activate();
  if (tls_ && tls_->holds_more())
    read_on_later();
}

void client_socket::leave_loop() {
  if (!waits_to_read_)
    return;
  waits_to_read_ = false;
  events_.passivate();
  if (!registered(net::input_mask))
    reading_.reset(); // entered in this turn: the loop, which has forgotten that again, says nothing
}

void client_socket::flush() {
  if (!waits_to_write_)
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
  if (!waits_to_read_)
    return;
  if (given_up_) // a peer who sends on has bytes here still: they would be read first, and pause the reading again
    return fail(net::operation::read);
  if (reads_later_)
    return;
  if (shaking() && !pace_of_handshakes().allows())
    return wait_for_handshake();
  static thread_local std::vector<char> encrypted;
  auto& buffer = tls_ ? encrypted : read_buffer();
  buffer.resize(read_bytes);
  const auto got = ::recv(events_.fd(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  // With TLS an end that nobody announced is a broken connection: what it cuts off is not taken for a whole.
  if (got < 0 || (got == 0 && (aborted_ || last_ || !owner_ || tls_)))
    return fail(net::operation::read);
  if (got == 0) {
    input_over_ = true;
    leave_loop();
    owner_->input_ended();
    return;
  }
  if (tls_)
    return read_sealed({buffer.data(), static_cast<size_t>(got)});
  if (!consume(&events_.backend(), buffer.data(), static_cast<size_t>(got)))
    leave_loop();
}

void client_socket::write_some() {
  if (!(tls_ ? write_sealed() : write_clear()))
    return want_write(true); // the kernel is full: EPOLLOUT calls us again
  const auto had_waited = waits_to_write_ || held_back_;
  want_write(false);
  held_back_ = unsent_ != 0;
  if (held_back_)
    return;
  if (last_ && !finished_) {
    finished_ = true;
    ::shutdown(events_.fd(), SHUT_WR);
  }
  if (had_waited && owner_)
    owner_->output_drained();
}

/// False when the kernel has not taken all of it.
bool client_socket::write_clear() {
  while (first_ < queue_.size()) {
    iovec parts[most_parts];
    size_t count = 0, offered = 0;
    for (auto i = first_; i < queue_.size() && count < most_parts; ++i, ++count) {
      const auto skip = count == 0 ? done_ : 0;
      parts[count] = {const_cast<char*>(queue_[i]->data()) + skip, queue_[i]->size() - skip};
      offered += parts[count].iov_len;
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const auto sent = ::sendmsg(events_.fd(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      lose();
      break;
    }
    const auto taken = sent < 0 ? size_t{0} : static_cast<size_t>(sent);
    advance(taken);
    if (taken < offered)
      return false;
  }
  return true;
}

/// The connection is broken: what waits goes, and the loop tells the broker, in a turn of its own, when what the peer
/// had said is read.
void client_socket::lose() {
  forget_queue();
  sealed_.clear();
  sealed_sent_ = 0;
  break_off();
}

void client_socket::forget_queue() {
  queue_.clear();
  first_ = done_ = unsent_ = 0;
}

void client_socket::advance(size_t sent) {
  unsent_ -= sent;
  sent += done_;
  done_ = 0;
  while (first_ < queue_.size() && sent >= queue_[first_]->size()) {
    sent -= queue_[first_]->size();
    queue_[first_++].reset();
  }
  done_ = sent;
  if (first_ < queue_.size())
    return;
  first_ = 0;
  if (queue_.capacity() > 16)
    std::vector<shared_bytes>{}.swap(queue_);
  else
    queue_.clear();
}

void client_socket::want_write(bool want) {
  if (want == waits_to_write_)
    return;
  waits_to_write_ = want;
  if (want) {
    writing_.reset(this);
    events_.backend().add(net::operation::write, events_.fd(), &events_);
    return;
  }
  events_.backend().del(net::operation::write, events_.fd(), &events_);
  if (!registered(net::output_mask))
    writing_.reset(); // as in leave_loop()
}

void client_socket::fail(net::operation op) {
  owner_ = nullptr;
  waits_to_shake_ = false;
  io_failure(&events_.backend(), op);
  leave_loop();
  want_write(false);
}

client_doorman::client_doorman(net::default_multiplexer& loop, int fd, peers kind, on_accept accepted, on_pause paused)
    : net::doorman_impl(loop, fd), kind_(kind), accepted_(std::move(accepted)), paused_(std::move(paused)) {}

bool client_doorman::new_connection() {
  auto& loop = acceptor_.backend();
  const auto first_reserved = first_reserved_descriptor();
  auto fd = acceptor_.accepted_socket(); // the first is accepted by CAF
  for (unsigned spent = 0; fd >= 0;) {
    if (detached()) {
      ::close(fd);
      return false;
    }
    const auto last = fd >= first_reserved;
    spent += take_in(loop, fd);
    if (last)
      return pause();
    if (spent >= accepts_a_turn || detached())
      break;
    fd = ::accept4(acceptor_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }
  return true;
}

unsigned client_doorman::take_in(net::default_multiplexer& loop, int fd) {
  std::string peer = local_peer;
  if (kind_ == peers::by_address) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    ::getpeername(fd, reinterpret_cast<sockaddr*>(&from), &size);
    peer = address_of(from);
    notice_dead_peers(fd);
  }
  return accepted_(caf::make_counted<client_socket>(loop, fd, std::move(peer)));
}

/// The next one to come would take what the operators' port, the database and the log need.
bool client_doorman::pause() {
  remove_from_loop();
  paused_();
  return true;
}

bool client_doorman::go_on_if_possible() {
  const auto next = ::fcntl(acceptor_.fd(), F_DUPFD_CLOEXEC, 0); // the lowest that is free, as accept() would take it
  if (next >= 0)
    ::close(next);
  if (next < 0 || next >= first_reserved_descriptor())
    return false;
  add_to_loop();
  return true;
}

} // namespace salond
