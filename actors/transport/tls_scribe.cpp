#include "actors/transport/tls_scribe.hpp"
#include "actors/transport/node_ids.hpp"
#include "actors/transport/transport_context.hpp"
#include <algorithm>
#include <caf/all.hpp>
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

constexpr size_t sealed_at_once = 65536; // encrypted before the kernel is asked whether it takes it
constexpr int max_frames_a_turn = 64;    // then the other connections have theirs

} // namespace

tls_scribe::tls_scribe(net::default_multiplexer& loop, int descriptor, origin from)
    : tls_socket(loop, descriptor, std::move(from.socket)), gate_(share_rules(), side(), to_wire(from.us)),
      report_(std::move(from.report)) {}

tls_scribe::~tls_scribe() {
  unbind();
}

void tls_scribe::unbind() {
  if (std::exchange(bound_, false))
    shared().peers.unbind(node_, std::chrono::steady_clock::now());
}

void tls_scribe::report(const char* message, const std::string& why) {
  shared().log({message, to_string(certificate().who), address(), why});
}

void tls_scribe::ended(phase was, const dial_failure& why) {
  unbind();
  if (was == phase::open && !parts())
    report("admin connection closed", why.text);
  else if (was != phase::open && !parts() && !accepted())
    report_->set(why);
  else if (was != phase::open && !parts())
    shared().connections.refused(why.text);
  io_failure(&loop(), net::operation::read);
}

void tls_scribe::configure_read(caf::io::receive_policy::config policy) {
  want_ = policy.second;
  if (!std::exchange(launched_, true))
    launch();
}

void tls_scribe::flush() {
  out_.insert(out_.end(), fresh_.begin(), fresh_.end());
  fresh_.clear();
  if (lost())
    return out_.clear();
  if (out_.size() - done_ + sealed_bytes() > rules().max_unsent) {
    if (at() == phase::open)
      ++shared().counters.cut;
    out_.clear();
    done_ = 0;
    return lose("does not read");
  }
  if ((at() == phase::greeting || at() == phase::open) && !out_.empty())
    write_now();
}

std::string_view tls_scribe::to_say() {
  if (done_ < out_.size())
    return {out_.data() + done_, std::min(out_.size() - done_, sealed_at_once)};
  out_.clear();
  done_ = 0;
  if (out_.capacity() > max_kept_buffer)
    out_.shrink_to_fit();
  return {};
}

/// The broker closes.
void tls_scribe::graceful_shutdown() {
  flush();
  unbind();
  if (at() == phase::open && !parts())
    report("admin connection closed", "closed by us");
  part();
  detach(&loop(), false);
}

/// Gathers the bytes of a frame, which grows as they come and not as its header announces.
tls_socket::step tls_scribe::take(std::vector<char>& heard) {
  size_t at = 0;
  auto next = step::go_on;
  for (int frames = 0; frames < max_frames_a_turn && at < heard.size() && next == step::go_on;) {
    const auto count = std::min(want_ - got_, heard.size() - at);
    in_.resize(std::max(in_.size(), got_ + count));
    std::copy_n(heard.begin() + static_cast<std::ptrdiff_t>(at), count,
                in_.begin() + static_cast<std::ptrdiff_t>(got_));
    at += count;
    got_ += count;
    if (got_ < want_)
      break;
    next = take_frame();
    ++frames;
  }
  heard.erase(heard.begin(), heard.begin() + static_cast<std::ptrdiff_t>(at));
  return next;
}

/// A header, or the payload that belongs to it, is there.
tls_socket::step tls_scribe::take_frame() {
  if (const auto* why = judge_frame()) {
    if (at() == phase::open)
      ++shared().counters.cut;
    end({dial_fault::lost, why});
    return step::wait;
  }
  const auto size = got_;
  got_ = 0;
  in_payload_ = !in_payload_ && gate_.payload_size() > 0;
  if (!consume(&loop(), in_.data(), size)) { // BASP reads it, and sets want_
    leave_loop();
    return step::wait;
  }
  if (in_.capacity() > max_kept_buffer && want_ < max_kept_buffer)
    std::vector<char>{}.swap(in_);
  return step::go_on;
}

gate::refusal tls_scribe::judge_frame() {
  if (!in_payload_)
    return gate_.header(in_.data());
  if (const auto* why = gate_.payload(in_.data()))
    return why;
  if (at() == phase::greeting)
    return open();
  return gate_.must_be_whole() && !whole() ? "malformed message" : nullptr;
}

/// Reads the message as CAF will. REQUIRES: all of its payload is in `in_`.
bool tls_scribe::whole() {
  caf::binary_deserializer source{&loop(), in_.data(), want_};
  std::vector<caf::strong_actor_ptr> stages;
  caf::message content;
  return !source(stages, content) && !content.empty() && source.remaining() == 0;
}

gate::refusal tls_scribe::open() {
  auto& shared = this->shared();
  const auto settings = shared.tls.get();
  if (settings->revoked.count(certificate().serial) != 0)
    return "certificate revoked"; // between the two handshakes
  node_ = from_wire(gate_.peer_node());
  bound_ = shared.peers.bind(node_, peer{certificate(), address()}, shared.limits.open_per_identity,
                             std::chrono::steady_clock::now());
  if (!bound_)
    return "node id belongs to another, or too many connections";
  admit();
  report("admin connection open");
  return nullptr;
}

} // namespace salond
