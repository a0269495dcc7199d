// What may wait of a client: where it is not read.
#include "actors/connection.hpp"

namespace salond {
namespace {

// What is read of a client that is held, where limits.unread_bytes sets no limit.
constexpr size_t most_of_who_is_held = 65536;

} // namespace

/// Input is bounded: a client that says more than is answered is not read until it was. While an utterance would be
/// taken, what has come is less than one, whose own bound is limits.frame_bytes. Who is held is not read, unless what
/// he says would run together in the kernel.
bool connection::is_not_to_be_read() {
  const auto held = slowed_ || now() < slowed_until_;
  if (held && (arriving_ || !codec_->pauses_matter()))
    return true;
  const size_t set = house_->settings.limits.unread_bytes;
  const auto most = set == 0 && held ? most_of_who_is_held : set;
  return takes_none() && (most != 0 ? codec_->unread() >= most : resting_);
}

} // namespace salond
