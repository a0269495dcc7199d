#include "persistence/number_list.hpp"

namespace salond::persistence {
namespace {

constexpr unsigned bits = 7;
constexpr uint64_t more_follow = 0x80;

} // namespace

void append_number(std::string& list, int64_t number, int64_t before) {
  auto rest = static_cast<uint64_t>(number) - static_cast<uint64_t>(before);
  for (; rest >= more_follow; rest >>= bits)
    list += static_cast<char>(rest | more_follow);
  list += static_cast<char>(rest);
}

std::optional<std::vector<int64_t>> numbers_in(std::string_view list, int64_t base, int64_t end) {
  std::vector<int64_t> result;
  result.reserve(list.size());
  auto last = static_cast<uint64_t>(base);
  for (size_t place = 0; place < list.size();) {
    uint64_t step = 0;
    for (unsigned shift = 0;; shift += bits) {
      if (place == list.size() || shift > 56) // 63 bits are as much as an order number has
        return std::nullopt;
      const auto byte = static_cast<unsigned char>(list[place++]);
      step |= uint64_t{byte & 0x7Fu} << shift;
      if ((byte & more_follow) == 0)
        break;
    }
    const auto room = static_cast<uint64_t>(end) - last; // `last` is below `end`
    if (step == 0 || step >= room)
      return std::nullopt;
    last += step;
    result.push_back(static_cast<int64_t>(last));
  }
  return result;
}

} // namespace salond::persistence
