#include "actors/cluster/frame_codec.hpp"
#include "actors/cluster/frame_fields.hpp"
#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

namespace salond::cluster {
namespace {

using fields::kind_of;
using fields::sensible;

constexpr size_t length_bytes = 4;
constexpr size_t max_varint_bytes = 10; // of 64 bits, 7 a byte
constexpr size_t max_kept_bytes = 256 << 10;
constexpr auto too_great = "a number that is too great";

/// A reason that this version does not know is told as the one that is always true.
fault fault_of(uint64_t number) {
  constexpr auto last = static_cast<uint64_t>(fault::too_many_requests);
  return number >= 1 && number <= last ? static_cast<fault>(number) : fault::storage;
}

// --- numbers ---

void put_varint(std::string& to, uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    to += static_cast<char>(number | 0x80);
  to += static_cast<char>(number);
}

/// Takes a number off the front; false when it is cut or longer than 64 bits.
bool take_varint(std::string_view& from, uint64_t& number) {
  number = 0;
  for (size_t i = 0; i < std::min(from.size(), max_varint_bytes); ++i) {
    const auto byte = static_cast<uint8_t>(from[i]);
    if (i == max_varint_bytes - 1 && byte > 1)
      return false;
    number |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      from.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

void put_length(char* to, size_t size) {
  for (size_t i = 0; i < length_bytes; ++i)
    to[i] = static_cast<char>(size >> (8 * (length_bytes - 1 - i)));
}

size_t length_at(const char* from) {
  size_t size = 0;
  for (size_t i = 0; i < length_bytes; ++i)
    size = size << 8 | static_cast<uint8_t>(from[i]);
  return size;
}

/// Small also for times before 1970.
uint64_t zigzag(int64_t x) {
  return (static_cast<uint64_t>(x) << 1) ^ static_cast<uint64_t>(x >> 63);
}
int64_t zagzig(uint64_t x) {
  return static_cast<int64_t>(x >> 1) ^ -static_cast<int64_t>(x & 1);
}

// --- writing: a key is the field's number, doubled; one more where a length and bytes follow, and not a number ---

class field_writer {
public:
  explicit field_writer(std::string& to) : to_(to) {}

  void operator()(unsigned field, uint64_t x) {
    if (x == 0)
      return;
    put_varint(to_, 2 * field);
    put_varint(to_, x);
  }
  void operator()(unsigned field, int64_t x) { (*this)(field, static_cast<uint64_t>(x)); }
  void operator()(unsigned field, bool x) { (*this)(field, uint64_t{x}); }
  void operator()(unsigned field, fault x) { (*this)(field, static_cast<uint64_t>(x)); }
  void operator()(unsigned field, moment x) { (*this)(field, zigzag(to_ms(x))); }
  template <class Tag>
  void operator()(unsigned field, id<Tag> x) {
    (*this)(field, x.value);
  }
  void operator()(unsigned field, const std::string& x) {
    if (!x.empty())
      put_bytes(field, x);
  }
  void operator()(unsigned field, const std::vector<post_number>& x) {
    std::string packed;
    for (const auto& number : x)
      put_varint(packed, static_cast<uint64_t>(number.value));
    (*this)(field, packed);
  }
  template <class T>
  void operator()(unsigned field, const std::vector<T>& x) {
    std::string inner;
    for (const auto& value : x) {
      inner.clear();
      field_writer writer{inner};
      fields::list(writer, value);
      put_bytes(field, inner);
    }
  }

private:
  void put_bytes(unsigned field, std::string_view bytes) {
    put_varint(to_, 2 * field + 1);
    put_varint(to_, bytes.size());
    to_ += bytes;
  }

  std::string& to_;
};

// --- reading ---

template <class T>
const char* read_fields(std::string_view bytes, T& x);

/// One field that was found, looking for its place.
class field_reader {
public:
  /// Takes a field off the front. REQUIRES: `from` is not empty.
  explicit field_reader(std::string_view& from) {
    uint64_t key = 0;
    const auto whole = take_varint(from, key) && take_varint(from, number_);
    field_ = key / 2;
    has_bytes_ = key % 2 == 1;
    if (!whole || (has_bytes_ && number_ > from.size())) {
      fail("it is cut");
    } else if (has_bytes_) {
      bytes_ = from.substr(0, number_);
      from.remove_prefix(number_);
    }
  }

  /// Why it cannot be read; null where it can.
  const char* why() const { return why_; }

  void operator()(unsigned field, int64_t& x) {
    if (!is_number(field))
      return;
    if (number_ > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return fail(too_great);
    x = static_cast<int64_t>(number_);
  }
  void operator()(unsigned field, bool& x) {
    if (is_number(field))
      x = number_ != 0;
  }
  void operator()(unsigned field, fault& x) {
    if (is_number(field))
      x = fault_of(number_);
  }
  void operator()(unsigned field, moment& x) {
    if (is_number(field))
      x = from_ms(zagzig(number_));
  }
  template <class Tag>
  void operator()(unsigned field, id<Tag>& x) {
    (*this)(field, x.value);
  }
  void operator()(unsigned field, std::string& x) {
    if (is_bytes(field))
      x.assign(bytes_);
  }
  void operator()(unsigned field, std::vector<post_number>& x) {
    if (!is_bytes(field))
      return;
    for (uint64_t number = 0; !bytes_.empty();) {
      if (!take_varint(bytes_, number) || number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return fail(too_great);
      if (x.size() == max_entries)
        return fail("a list that is too long");
      x.push_back({static_cast<int64_t>(number)});
    }
  }
  template <class T>
  void operator()(unsigned field, std::vector<T>& x) {
    if (!is_bytes(field))
      return;
    if (x.size() == max_entries)
      return fail("a list that is too long");
    why_ = read_fields(bytes_, x.emplace_back());
  }

private:
  void fail(const char* why) { why_ = why; }
  bool is_number(unsigned field) {
    if (field == field_ && has_bytes_)
      fail("bytes where a number should be");
    return field == field_ && !has_bytes_;
  }
  bool is_bytes(unsigned field) {
    if (field == field_ && !has_bytes_)
      fail("a number where bytes should be");
    return field == field_ && has_bytes_;
  }

  uint64_t field_ = 0, number_ = 0;
  bool has_bytes_ = false;
  std::string_view bytes_;
  const char* why_ = nullptr;
};

/// Why they are no fields of a T; null where they are.
template <class T>
const char* read_fields(std::string_view bytes, T& x) {
  while (!bytes.empty()) {
    field_reader found{bytes};
    if (!found.why())
      fields::list(found, x);
    if (found.why())
      return found.why();
  }
  return nullptr;
}

template <class T>
const char* read_as(std::string_view bytes, frame_body& into) {
  auto& x = into.emplace<T>();
  if (const auto* why = read_fields(bytes, x))
    return why;
  return sensible(x) ? nullptr : "what no node would say";
}

enum class found_kind : uint8_t { none, read, broken };

/// Reads the body of a frame of that kind, if there is one.
template <size_t At = 0>
found_kind read_body(uint64_t kind, std::string_view bytes, frame_body& into, const char*& why) {
  if constexpr (At == std::variant_size_v<frame_body>) {
    return found_kind::none;
  } else {
    using body = std::variant_alternative_t<At, frame_body>;
    if (kind_of<body> != kind)
      return read_body<At + 1>(kind, bytes, into, why);
    why = read_as<body>(bytes, into);
    return why ? found_kind::broken : found_kind::read;
  }
}

size_t bytes_of(const stored_row& row) {
  constexpr size_t of_its_numbers = 40;
  return row.text.size() + of_its_numbers;
}

} // namespace

bool append_frame(std::string& to, const frame& outgoing) {
  const auto begin = to.size();
  to.append(length_bytes, '\0');
  std::visit(
      [&](const auto& body) {
        put_varint(to, kind_of<std::decay_t<decltype(body)>>);
        put_varint(to, static_cast<uint64_t>(outgoing.number));
        field_writer writer{to};
        fields::list(writer, body);
      },
      outgoing.body);
  const auto size = to.size() - begin - length_bytes;
  if (size > max_frame_bytes) {
    to.resize(begin);
    return false;
  }
  put_length(to.data() + begin, size);
  return true;
}

frame_reader::outcome frame_reader::next() {
  if (!why_.empty())
    return outcome::broken;
  const auto rest = std::string_view{bytes_}.substr(at_);
  if (rest.size() < length_bytes) {
    forget_read();
    return outcome::incomplete;
  }
  const auto size = length_at(rest.data());
  if (size > max_frame_bytes)
    return fail("a frame that is too long");
  if (rest.size() - length_bytes < size) {
    forget_read();
    return outcome::incomplete;
  }
  at_ += length_bytes + size;
  auto content = rest.substr(length_bytes, size);
  uint64_t kind = 0, number = 0;
  if (!take_varint(content, kind) || !take_varint(content, number))
    return fail("a frame without kind and number");
  if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return fail(too_great);
  taken_.number = static_cast<int64_t>(number);
  const char* why = nullptr;
  switch (read_body(kind, content, taken_.body, why)) {
  case found_kind::none: return outcome::unknown;
  case found_kind::broken: return fail(why);
  case found_kind::read: break;
  }
  if (is_control(taken_.body) != (number == 0))
    return fail("a number where none belongs, or none where one does");
  return outcome::taken;
}

frame_reader::outcome frame_reader::fail(const char* why) {
  why_ = why;
  std::string{}.swap(bytes_);
  at_ = 0;
  return outcome::broken;
}

/// What is read goes once all is read, or it is much.
void frame_reader::forget_read() {
  if (at_ == bytes_.size() && bytes_.capacity() > max_kept_bytes)
    std::string{}.swap(bytes_);
  else
    bytes_.erase(0, at_);
  at_ = 0;
}

std::vector<batch> cut(batch whole, size_t most) {
  std::vector<batch> pieces;
  batch piece{whole.salon, whole.epoch, whole.before, {}, {}};
  size_t bytes = 0;
  for (auto& row : whole.rows) {
    const auto size = bytes_of(row);
    if (!piece.rows.empty() && (bytes + size > most || piece.rows.size() == max_entries)) {
      const auto last = piece.rows.back().seq;
      pieces.push_back(std::exchange(piece, {whole.salon, whole.epoch, last, {}, {}}));
      bytes = 0;
    }
    bytes += size;
    piece.rows.push_back(std::move(row));
  }
  piece.refused = std::move(whole.refused);
  pieces.push_back(std::move(piece));
  return pieces;
}

} // namespace salond::cluster
