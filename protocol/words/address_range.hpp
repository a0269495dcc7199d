// Addresses of clients and networks of them: as operators say them, and as connections have them.
#pragma once
#include "protocol/words/time.hpp"
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace salond {

/// An IPv4 or IPv6 address, or a network of them. IPv4 that is written as IPv6 (::ffff:203.0.113.7) is IPv4.
class address_range {
public:
  static constexpr uint8_t all_bits = 128;
  /// IPv4 is kept as ::ffff:0:0/96, so its networks have so many bits more.
  static constexpr uint8_t ipv4_begins_at = 96;
  /// A network that is named by fewer bits is more than anybody means: a 256th of IPv4, a 65,536th of IPv6.
  static constexpr uint8_t fewest_bits = 16, fewest_bits_of_ipv4 = 8;

  address_range() = default;
  /// "203.0.113.7", "203.0.113.0/24", "2001:db8::/48"; an address within a network names the network. Nothing where it
  /// is none of them.
  static std::optional<address_range> parse(const std::string& text);

  /// As parse() takes it, in its shortest form; one address without its number of bits.
  std::string to_string() const;
  bool is_one_address() const { return bits_ == all_bits; }
  bool is_ipv4() const;
  bool is_too_wide() const;
  /// How many of the 128 bits it names.
  uint8_t bits() const { return bits_; }
  /// The network of so many bits that it belongs to. REQUIRES: no more than it has.
  address_range widened_to(uint8_t bits) const;

  friend bool operator==(const address_range& a, const address_range& b) {
    return a.bits_ == b.bits_ && a.bytes_ == b.bytes_;
  }
  friend bool operator<(const address_range& a, const address_range& b) {
    return std::tie(a.bits_, a.bytes_) < std::tie(b.bits_, b.bytes_);
  }

private:
  std::array<uint8_t, 16> bytes_{};
  uint8_t bits_ = all_bits;
};

/// From where nobody is let in; for good when there is no `until`.
struct address_ban {
  address_range where;
  std::optional<moment> until;
  moment since{};
  std::string by{};
  std::string reason{};
};

} // namespace salond
