// The half of transport that opens connections.
#include "actors/transport/gateway.hpp"
#include "actors/transport/tls_scribe.hpp"
#include "actors/transport/transport.hpp"
#include "actors/transport/transport_context.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <sys/socket.h>

namespace salond {
namespace {

namespace net = caf::io::network;
using addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

// A flood pushes our half-open connection out once in a thousand times, so hardly three times in a row.
constexpr int tries = 3;

addresses look_up(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    found = nullptr;
  return {found, [](addrinfo* list) {
            if (list)
              ::freeaddrinfo(list);
          }};
}

std::string numeric(const addrinfo& address) {
  char text[NI_MAXHOST] = "";
  ::getnameinfo(address.ai_addr, address.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

/// A socket that connects, or -1 with errno.
int start_to_connect(const addrinfo& info) {
  socket_address address;
  std::memcpy(&address.bytes, info.ai_addr, info.ai_addrlen);
  address.size = info.ai_addrlen;
  return connect_to(address);
}

std::chrono::milliseconds left_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds{1});
}

} // namespace

dial_failure transport::fail(dial_failure why) {
  const std::lock_guard lock{guard_};
  last_failure_ = why.text;
  return why;
}

transport::found transport::dial_any(const std::string& host, uint16_t port, port_rules rules,
                                     std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  rules.reach = port_rules::reach::every_actor; // answers come from, and for, actors of both sides
  const auto shared = std::make_shared<const port_rules>(std::move(rules));
  found outcome = dial_failure{};
  for (int i = 0; i < tries; ++i) {
    outcome = dial_first(host, port, shared, until);
    const auto* why = std::get_if<dial_failure>(&outcome);
    if (!why || why->kind != dial_fault::lost || std::chrono::steady_clock::now() >= until)
      break;
  }
  if (auto* why = std::get_if<dial_failure>(&outcome))
    return fail(std::move(*why));
  return outcome;
}

/// Tries the addresses of a name in their order ("localhost" is two): nothing, or something else, may listen at one of
/// them. Each has its part of the time. If all fail, answers the first reason that says more than that nothing is
/// there.
transport::found transport::dial_first(const std::string& host, uint16_t port,
                                       const std::shared_ptr<const port_rules>& rules, deadline until) {
  const auto all = look_up(host, port);
  found outcome = dial_failure{dial_fault::unreachable, "unknown host"};
  const auto knows_no_more = [&] { return std::get<dial_failure>(outcome).kind == dial_fault::unreachable; };
  int left = 0;
  for (const auto* info = all.get(); info; info = info->ai_next)
    ++left;
  for (const auto* info = all.get(); info; info = info->ai_next, --left) {
    const auto descriptor = start_to_connect(*info);
    if (descriptor < 0) {
      if (knows_no_more())
        outcome = dial_failure{dial_fault::unreachable, std::strerror(errno)};
      continue;
    }
    const auto own_deadline = std::chrono::steady_clock::now() + left_until(until) / left;
    auto next = dial_descriptor(descriptor, numeric(*info), port, rules, own_deadline);
    const auto* why = std::get_if<dial_failure>(&next);
    if (!why || why->kind == dial_fault::not_allowed)
      return next;
    if (knows_no_more())
      outcome = std::move(next);
  }
  return outcome;
}

transport::found transport::dial_descriptor(int descriptor, const std::string& address, uint16_t port,
                                            const std::shared_ptr<const port_rules>& rules, deadline until) {
  const auto report = std::make_shared<dial_report>();
  auto& loop = dynamic_cast<net::default_multiplexer&>(system_.middleman().backend());
  caf::io::scribe_ptr scribe = caf::make_counted<tls_scribe>(
      loop, descriptor, tls_scribe::origin{{context_, rules, gate::side::dialled, address}, system_.node(), report});
  caf::scoped_actor self{system_, true};
  found outcome = dial_failure{dial_fault::lost, "connection lost"};
  self->request(gateway_, left_until(until), caf::connect_atom_v, std::move(scribe), port)
      .receive(
          [&](const caf::node_id&, caf::strong_actor_ptr& actor, std::set<std::string>& interface) {
            outcome = found_actor{std::move(actor), std::move(interface)};
          },
          [&](const caf::error& why) {
            if (why == caf::sec::request_timeout)
              outcome = dial_failure{dial_fault::mute, "no answer in time"};
            if (why == caf::sec::incompatible_application_ids || why == caf::sec::incompatible_versions)
              outcome = dial_failure{dial_fault::other_protocol, "another version of salond"};
            if (const auto known = report->get())
              outcome = *known;
          });
  return outcome;
}

} // namespace salond
