// The gate of an operators' port, fed with any bytes as a connection's stream. Invariant: no payload is taken that is
// longer than the rules allow, and no direct message passes but the listed type to the published actor.
#include "actors/transport/gate.hpp"
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr size_t node_size = salond::gate::node_id_size;

std::string node(char host) {
  return std::string("\0\0\0\0\0\0\0\1", 8) + std::string("\0\0\0\1", 4) + std::string(20, host);
}

std::string greeting() {
  return std::string("\1\0\0\0\0\0\0\x20", 8) + std::string(24, '\0') + node('t');
}

void demand(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto rules = std::make_shared<salond::port_rules>();
  rules->published = 5;
  rules->types = {"a"};
  salond::gate gate{rules, salond::gate::side::accepted, node('u')};
  // Half of the streams begin with a good handshake, or hardly any would come further.
  auto stream = size > 0 && data[0] % 2 == 0 ? greeting() : std::string{};
  stream.append(reinterpret_cast<const char*>(data), size);
  std::string_view rest{stream};
  while (rest.size() >= salond::gate::header_size) {
    const auto header = rest.substr(0, salond::gate::header_size);
    if (gate.header(header.data()))
      return 0;
    rest.remove_prefix(header.size());
    demand(gate.payload_size() <= rules->max_payload);
    demand(!gate.peer_node().empty() || gate.payload_size() == node_size);
    if (gate.payload_size() == 0)
      continue;
    if (rest.size() < gate.payload_size() || gate.payload(rest.data()))
      return 0;
    if (header[0] == 2)
      demand(header[31] == 5 && rest.substr(0, 9) == std::string_view("\0\0\0\5@<>+a", 9));
    rest.remove_prefix(gate.payload_size());
  }
  return 0;
}
