// Numbers that name things. Each kind is a type of its own: a user's number is never taken for a salon's.
#pragma once
#include <cstdint>
#include <functional>

namespace salond {

/// A number that names one `Tag`; 0 names none.
template <class Tag>
struct id {
  int64_t value = 0;

  friend bool operator==(id a, id b) { return a.value == b.value; }
  friend bool operator!=(id a, id b) { return a.value != b.value; }
  friend bool operator<(id a, id b) { return a.value < b.value; }
};

using user_id = id<struct user_tag>;
using salon_id = id<struct salon_tag>;
/// A stored message's row, the same as long as the message exists. Its place in the salon's order is `seq`.
using message_id = id<struct message_tag>;
using private_id = id<struct private_tag>;
/// A connection of a client; never the same for two, across restarts too.
using connection_id = id<struct connection_tag>;

} // namespace salond

template <class Tag>
struct std::hash<salond::id<Tag>> {
  size_t operator()(salond::id<Tag> x) const noexcept { return std::hash<int64_t>{}(x.value); }
};
