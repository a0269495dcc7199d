// Rising numbers as bytes, in the index of a search: of each number how much it is more than the one before, seven bits
// a byte, the lowest first; the highest bit says that another byte follows.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond::persistence {

/// Appends `number`. REQUIRES: it is above `before`, which was appended last, or else is the list's base.
void append_number(std::string& list, int64_t number, int64_t before);

/// The numbers of a list, rising from above `base`, all below `end`. Nothing where the bytes are no such list: they are
/// what a database holds, and may be damaged.
std::optional<std::vector<int64_t>> numbers_in(std::string_view list, int64_t base, int64_t end);

} // namespace salond::persistence
