#include "protocol/words/address_range.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace salond {
namespace {

constexpr std::array<uint8_t, 12> before_ipv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/// The number behind the slash; `most` where there is no slash.
std::optional<uint8_t> bits_said(const std::string& text, size_t slash, uint8_t most) {
  if (slash == std::string::npos)
    return most;
  const auto* first = text.data() + slash + 1;
  const auto* end = text.data() + text.size();
  uint8_t bits = 0;
  const auto read = std::from_chars(first, end, bits);
  if (read.ec != std::errc{} || read.ptr != end || bits > most || (*first == '0' && end - first > 1))
    return std::nullopt;
  return bits;
}

} // namespace

std::optional<address_range> address_range::parse(const std::string& text) {
  if (text.find('\0') != std::string::npos)
    return std::nullopt;
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  address_range result;
  const bool is_four = ::inet_pton(AF_INET, address.c_str(), result.bytes_.data() + before_ipv4.size()) == 1;
  if (is_four)
    std::copy(before_ipv4.begin(), before_ipv4.end(), result.bytes_.begin());
  else if (::inet_pton(AF_INET6, address.c_str(), result.bytes_.data()) != 1)
    return std::nullopt;
  const auto first = is_four ? ipv4_begins_at : uint8_t{0};
  const auto bits = bits_said(text, slash, static_cast<uint8_t>(all_bits - first));
  if (!bits)
    return std::nullopt;
  return result.widened_to(static_cast<uint8_t>(first + *bits));
}

address_range address_range::widened_to(uint8_t bits) const {
  auto result = *this;
  result.bits_ = bits;
  for (size_t place = 0; place < result.bytes_.size(); ++place) {
    const auto kept = std::clamp(static_cast<int>(bits) - static_cast<int>(8 * place), 0, 8);
    result.bytes_[place] = static_cast<uint8_t>(result.bytes_[place] & (0xFF00 >> kept));
  }
  return result;
}

bool address_range::is_ipv4() const {
  return bits_ >= ipv4_begins_at && std::equal(before_ipv4.begin(), before_ipv4.end(), bytes_.begin());
}

bool address_range::is_too_wide() const {
  return is_ipv4() ? bits_ < ipv4_begins_at + fewest_bits_of_ipv4 : bits_ < fewest_bits;
}

std::string address_range::to_string() const {
  const bool is_four = is_ipv4();
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(is_four ? AF_INET : AF_INET6, bytes_.data() + (is_four ? before_ipv4.size() : 0), text, sizeof text);
  if (is_one_address())
    return text;
  return std::string(text) + "/" + std::to_string(bits_ - (is_four ? ipv4_begins_at : 0));
}

} // namespace salond
