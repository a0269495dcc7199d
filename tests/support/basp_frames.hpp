// Frames of CAF's protocol made by hand, as a hostile peer would: any operation, any number, any body.
#pragma once
#include <cstdint>
#include <string>

namespace support {

/// A header of BASP, field by field.
struct frame {
  int operation = 2;
  int padding = 0;
  int flags = 0;
  uint32_t announced = 0;            ///< 0: the size of the body
  uint64_t data = uint64_t{1} << 60; ///< an asynchronous message of normal priority
  uint64_t from = 17;
  uint64_t to = 5;
  std::string body;
};

inline std::string number(uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift);
  return text;
}

inline std::string header(const frame& x) {
  const auto size = x.announced != 0 ? x.announced : static_cast<uint32_t>(x.body.size());
  return std::string{static_cast<char>(x.operation)} + static_cast<char>(x.padding) + '\0' + static_cast<char>(x.flags)
         + number(size, 4) + number(x.data, 8) + number(x.from, 8) + number(x.to, 8);
}

inline std::string wire(const frame& x) {
  return header(x) + x.body;
}

/// A node id of CAF's default kind: the atom "default", a process, twenty times a character.
inline std::string node(char host, uint32_t process = 4711) {
  static const std::string class_id{"\x00\x00\x39\xb9\xe6\x8c\xb7\xb4", 8}; // only its being the same matters
  return class_id + number(process, 4) + std::string(20, host);
}

/// A message's body: no stages, the list of types, the values as bytes.
inline std::string message(const std::string& types, const std::string& values = {}) {
  const auto list = "@<>" + types;
  return std::string(3, '\0') + static_cast<char>(list.size()) + list + values;
}

} // namespace support
