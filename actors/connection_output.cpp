// What a connection is told, by the audience and by its session, and how it ends.
#include "actors/connection.hpp"

namespace salond {
namespace {

// A client that has been hung up on gets this long to close when the server stops and everything is written to it:
// whoever reads has it by then.
constexpr auto parting_time = std::chrono::milliseconds{250};

} // namespace

/// An answer: what it asked for, or what waited for its login. Never a reason to cut it off.
void connection::tell(const event::any& event) {
  if (!outlet_.open())
    return;
  outlet_.answer(event, now());
  audience_->touch(*this);
}

void connection::hear(const shared_texts& spelled) {
  if (may_hear())
    pass_on(spelled);
}

/// What is left out waits for the next login.
void connection::deliver(const shared_texts& spelled, private_id which) {
  if (!may_hear())
    return;
  pass_on(spelled);
  outlet_.confirm(which);
}

void connection::pass_on(const shared_texts& spelled) {
  if (outlet_.passing())
    outlet_.pass(spelled);
  else
    outlet_.hear(spelled, now());
  audience_->touch(*this);
}

/// A word of its own, unasked, which has to find room as what others say does.
void connection::hear(const event::any& event) {
  if (!may_hear())
    return;
  outlet_.hear(event, now());
  audience_->touch(*this);
}

void connection::confirm(const decided_request& request) {
  outlet_.confirm(request);
  audience_->touch(*this);
}

/// Whether there is room for what others say. Who does not read it is cut off.
bool connection::may_hear() {
  switch (outlet_.room_for_others(audience_->settings.limits.unsent_bytes)) {
  case outlet::room::enough: return true;
  case outlet::room::left_out:
  case outlet::room::closed: return false;
  case outlet::room::left_out_at_first: tell_that_it_is_left_out(); return false;
  case outlet::room::too_slow: cut_off(); return false;
  }
  return false;
}

/// What it was not told is in the salons' histories.
void connection::tell_that_it_is_left_out() {
  audience_->tell_fact("left out what others say to an old client, for it cannot be told so much",
                       to_string(fault::too_slow), peer, now());
  outlet_.hear(event::refused{fault::too_slow, {}}, now());
  audience_->touch(*this);
}

void connection::cut_off() {
  audience_->tell_fact("cut off a client that does not read", to_string(fault::too_slow), peer, now());
  stop_hearing();
  outlet_.cut_off(event::refused{fault::too_slow, {}}, now());
  audience_->wake(*this, *outlet_.closes_by());
  audience_->touch(*this);
}

void connection::close(const std::optional<event::any>& last) {
  if (!outlet_.open())
    return;
  stop_hearing();
  outlet_.part(last, now());
  audience_->wake(*this, *outlet_.closes_by());
  if (socket_->shaking() && !refusal_)
    return socket_->abort(); // it cannot be told anything, and is not waited for
  audience_->touch(*this);
}

/// What it has said, and what it waited for, is dropped.
void connection::stop_hearing() {
  inlet_.stop();
  attempt_waits_.reset();
  when_read_.reset();
  take_hash_back();
  tried(admission::attempt_result::unknown);
  take_registration_back();
}

void connection::flush() {
  if (!socket_ || outlet_.ended())
    return;
  if (!outlet_.passing())
    outlet_.drain(now());
  socket_->flush();
  if (!outlet_.passing())
    wake_at_deadline(); // now it is known what the peer has taken
  finish_if_said();
  go_on_if_choked();
}

/// Once all is written, a connection that was hung up ends its output.
void connection::finish_if_said() {
  wait_for_what_is_written();
  if (!socket_ || !outlet_.all_is_out())
    return;
  outlet_.end();
  socket_->finish();
  if (audience_->closing) {
    outlet_.close_by(now() + parting_time);
    audience_->wake(*this, *outlet_.closes_by());
  }
  if (!socket_->input_over())
    return socket_->resume_reading(); // until the peer ends, too
  quit_if_over();
}

void connection::output_drained() {
  if (outlet_.paced())
    audience_->touch(*this); // what waited for the peer
  finish_if_said();
  go_on_if_choked();
}

/// What is written counts as delivered when it has come. A connection that broke has written nothing more.
void connection::wait_for_what_is_written() {
  if (!outlet_.confirms() || !socket_ || socket_->broken())
    return;
  auto written = outlet_.take_written();
  if (written.empty())
    return;
  unconfirmed_.add(std::move(written), socket_->given(), now());
  if (unconfirmed_.many())
    return look_what_has_come();
  look_later();
}

/// Who had closed before it came has answered with a reset by now.
void connection::look_what_has_come() {
  if (!unconfirmed_.any() || !socket_)
    return;
  const auto taken = socket_->taken_by_peer(); // first: who resets the connection after this had it
  if (!socket_->reset_by_peer())
    take_for_delivered(unconfirmed_.take(taken, now() - unconfirmed::grace));
  else if (socket_->input_over())
    unconfirmed_.forget(); // else the loop is going to tell how it ended
  if (!unconfirmed_.any())
    return quit_if_over();
  look_later();
}

void connection::look_later() {
  if (looks_at_)
    return;
  looks_at_ = now() + unconfirmed::grace;
  audience_->wake(*this, *looks_at_);
}

void connection::take_for_delivered(outlet::written written) {
  if (!written.messages.empty())
    audience_->delivered(written.messages);
  if (!written.decisions.empty())
    audience_->told_decisions(account(), std::move(written.decisions));
}

/// What had come when the peer ended its output was read.
void connection::settle_what_has_come() {
  if (unconfirmed_.any() && socket_ && socket_->ended_in_order())
    take_for_delivered(unconfirmed_.take(socket_->taken_by_peer(), instant::max()));
}

/// In a message: the loop may have called us, and who quits outside one is never taken apart.
void connection::quit_if_over() {
  if (is_over())
    wake_up();
}

/// Whether both sides have ended, and it is known what the client was told.
bool connection::is_over() const {
  return outlet_.ended() && socket_ && socket_->input_over() && !unconfirmed_.any();
}

void connection::let_go_of_socket() {
  outlet_.end(); // its queue goes with the socket
  socket_ = nullptr;
}

} // namespace salond
