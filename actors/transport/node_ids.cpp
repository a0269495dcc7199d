#include "actors/transport/node_ids.hpp"
#include "actors/transport/gate.hpp"
#include "actors/transport/pki.hpp"
#include <algorithm>
#include <openssl/rand.h>
#include <unistd.h>

namespace salond {
namespace {

using node_data = caf::node_id::default_data;
constexpr size_t process_at = 8, host_at = 12;
static_assert(host_at + node_data::host_id_size == gate::node_id_size);

} // namespace

std::string to_wire(const caf::node_id& node) {
  const auto& data = static_cast<const node_data&>(*node);
  const auto class_id = static_cast<uint64_t>(node_data::class_id);
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(class_id >> shift);
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(data.process_id() >> shift);
  for (const auto byte : data.host_id())
    bytes += static_cast<char>(byte);
  return bytes;
}

caf::node_id from_wire(const std::string& bytes) {
  uint32_t process = 0;
  for (size_t i = process_at; i < host_at; ++i)
    process = process << 8 | static_cast<unsigned char>(bytes[i]);
  node_data::host_id_type host{};
  std::transform(bytes.begin() + host_at, bytes.end(), host.begin(), [](char c) { return static_cast<uint8_t>(c); });
  return caf::make_node_id(process, host);
}

caf::node_id random_node_id() {
  node_data::host_id_type host{};
  if (RAND_bytes(host.data(), static_cast<int>(host.size())) != 1)
    throw pki_error("no random bytes");
  return caf::make_node_id(static_cast<uint32_t>(::getpid()), host);
}

} // namespace salond
