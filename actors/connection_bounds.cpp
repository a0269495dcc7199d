// What may wait for a client, and of it: where it is cut off, where something is left out, where it is not read.
#include "actors/connection.hpp"

namespace salond {
namespace {

// What a client has not read yet: above this its next command waits, and the next piece of what it is handed, so that
// nobody can make the server say a great deal by asking for it often. limits.unsent_bytes is for what others say.
constexpr size_t most_unread_answers = 65536;

// What is read of a client that is held, where limits.unread_bytes sets no limit.
constexpr size_t most_of_who_is_held = 65536;

} // namespace

// --- what it is told ---

/// The client has taken all that it was given: what waits does so for a pace of our own making.
bool connection::waits_for_pace() const {
  return socket_->unsent() == 0 && codec_->writing_deadline();
}

/// What waits for that pace goes on waiting where it is shared with others: the client takes nothing now.
bool connection::waits_for_peer() const {
  return !hung_up && socket_->unsent() != 0 && codec_->writing_deadline();
}

/// Who takes all that he is given does not wait behind what others say more quickly than our pace lets through.
bool connection::has_room() {
  const auto waits = unsent();
  if (waits < most_unread_answers)
    return true;
  return waits_for_pace() && waits - said_.unsent_of_others(waits) < most_unread_answers;
}

/// The bound of unsent output, for what others say. Who reads all that is written to it is not cut off: more than the
/// pace of its writes lets through is left out. It is looked at before more is said, so that whoever reads all is
/// never cut off for one text, however long. Who is cut off has what was queued dropped, so that the reason may get
/// through. False too where it is left out.
bool connection::keeps_up() {
  const size_t most = house_->settings.limits.unsent_bytes;
  const auto may_wait = behind_ ? most / 2 : most;
  const auto waits = unsent();
  const auto of_others = most == 0 || waits <= may_wait ? 0 : said_.unsent_of_others(waits);
  if (of_others <= may_wait) {
    behind_ = false;
    return true;
  }
  if (of_others <= most || waits_for_pace()) {
    leave_out();
    return false;
  }
  house_->tell_fact("cut off a client that does not read", to_string(fault::too_slow), peer, now());
  too_slow_ = true;
  close(event::refused{fault::too_slow, {}});
  return false;
}

/// Others say more than a client that ends no frames can be told at its pace: it hears so, and later on nothing until
/// half of what waits was told. What it was not told is in the salons' histories.
void connection::leave_out() {
  if (std::exchange(behind_, true))
    return;
  house_->tell_fact("left out what others say to an old client, for it cannot be told so much",
                    to_string(fault::too_slow), peer, now());
  const auto before = unsent();
  codec_->say(event::refused{fault::too_slow, {}}, now());
  said_.others_said(unsent() - before);
  house_->touch(*this);
}

// --- what it says ---

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
