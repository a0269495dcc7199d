#include "actors/transport/peer_connections.hpp"
#include "actors/transport/tls_socket.hpp"
#include <ctime>
#include <iterator>

namespace salond {
namespace {

bool is_loopback(const std::string& address) {
  return address == "::1" || address.compare(0, 4, "127.") == 0 || address.compare(0, 11, "::ffff:127.") == 0;
}

} // namespace

peer_connections::peer_connections(const transport_limits& limits, transport_log& log, transport_counters& counters,
                                   const char* refusals)
    : limits_(limits), log_(log), counters_(counters), refusals_text_(refusals) {}

void peer_connections::enter(tls_socket& socket, std::list<tls_socket*>& list) {
  auto& place = socket.place();
  place.list = &list;
  place.entry = list.insert(list.end(), &socket);
  place.since = std::chrono::steady_clock::now();
}

void peer_connections::add_dialled(tls_socket& socket) {
  enter(socket, half_open_);
  ++half_open_by_address_[socket.addr()];
  ++counters_.half_open;
}

void peer_connections::add_accepted(tls_socket& socket) {
  ++counters_.accepted;
  add_dialled(socket);
  make_room(socket);
}

void peer_connections::make_room(const tls_socket& newcomer) {
  const auto crowded_address = half_open_by_address_[newcomer.addr()] > limits_.half_open_per_address;
  if (!crowded_address && half_open_.size() <= limits_.half_open)
    return;
  tls_socket* victim = nullptr;
  for (auto* socket : half_open_) {
    if (socket == &newcomer || !socket->accepted() || (crowded_address && socket->addr() != newcomer.addr()))
      continue;
    if (socket->silent()) {
      victim = socket;
      break;
    }
    if (!victim)
      victim = socket;
  }
  if (victim)
    victim->end({dial_fault::lost, "too many half-open connections"});
}

void peer_connections::mark_open(tls_socket& socket) {
  forget(socket);
  enter(socket, open_);
  ++counters_.open;
  ++counters_.opened;
}

void peer_connections::mark_closing(tls_socket& socket) {
  forget(socket);
  enter(socket, leaving_);
}

void peer_connections::forget(tls_socket& socket) {
  auto& place = socket.place();
  if (!place.list)
    return;
  if (place.list == &half_open_) {
    --counters_.half_open;
    const auto same = half_open_by_address_.find(socket.addr());
    if (same != half_open_by_address_.end() && --same->second == 0)
      half_open_by_address_.erase(same);
  }
  if (place.list == &open_)
    --counters_.open;
  place.list->erase(place.entry);
  place.list = nullptr;
}

void peer_connections::refused(const std::string& why) {
  ++counters_.refused;
  ++refusals_[why];
}

void peer_connections::handshake_failed(const std::string& address) {
  if (!is_loopback(address))
    ++failures_[address];
}

bool peer_connections::shuts_out(const std::string& address) const {
  const auto found = failures_.find(address);
  return found != failures_.end() && found->second > limits_.failed_per_second_per_address;
}

void peer_connections::sweep(const tls_settings* settings) {
  const auto now = std::chrono::steady_clock::now();
  while (!half_open_.empty() && half_open_.front()->place().since + limits_.greeting < now)
    half_open_.front()->end_late();
  while (!leaving_.empty() && leaving_.front()->place().since + limits_.leaving < now)
    leaving_.front()->abort();
  sweep_open(settings);
  report_refusals();
  // Halved each time: an address that fails f times a second settles at f with two sweeps a second.
  for (auto i = failures_.begin(); i != failures_.end();)
    i = (i->second /= 2) == 0 ? failures_.erase(i) : std::next(i);
}

void peer_connections::end_all(const dial_failure& why) {
  for (auto* list : {&half_open_, &open_})
    while (!list->empty())
      list->front()->end(why);
  abort_leaving();
}

void peer_connections::abort_leaving() {
  while (!leaving_.empty())
    leaving_.front()->abort();
}

void peer_connections::sweep_open(const tls_settings* settings) {
  const auto now = std::time(nullptr);
  for (auto i = open_.begin(); i != open_.end();) {
    auto* socket = *i++; // it leaves the list when it ends
    const auto& certificate = socket->certificate();
    const auto expired = certificate.until <= now;
    if (!expired && (!settings || settings->revoked.count(certificate.serial) == 0))
      continue;
    ++counters_.cut;
    socket->end({dial_fault::not_allowed, expired ? "certificate expired" : "certificate revoked"});
  }
}

void peer_connections::report_refusals() {
  for (const auto& [why, count] : refusals_)
    log_({refusals_text_, {}, {}, why, count});
  refusals_.clear();
}

} // namespace salond
