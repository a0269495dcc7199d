#include "actors/connection.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

// What a client says after it was hung up on, and is read all the same.
constexpr size_t most_forgotten = 262144;

// A client that has been hung up on gets this long to close when the server stops and everything is written to it:
// whoever reads has it by then.
constexpr auto parting_time = std::chrono::milliseconds{250};

size_t window_of(const config::limits& limits) {
  return limits.posts_in_flight != 0 ? limits.posts_in_flight : std::numeric_limits<size_t>::max();
}

} // namespace

connection::connection(caf::actor_config& cfg, std::shared_ptr<audience> house,
                       caf::intrusive_ptr<client_socket> socket, dialect speaks_, std::optional<fault> refusal)
    : caf::io::broker(cfg), house_(std::move(house)), socket_(std::move(socket)),
      codec_(make_codec(speaks_, house_->settings)), outlet_(*codec_, socket_->queue()),
      session_(window_of(house_->settings.limits)), refusal_(refusal) {
  speaks = speaks_;
  peer = socket_->peer();
  over_tls_ = socket_->shaking();
  entered_ = now();
  house_->enter(*this);
}

connection::~connection() = default;

caf::behavior connection::make_behavior() {
  set_error_handler([](caf::error& why) { log::warning("a connection was told an error", {{"why", to_string(why)}}); });
  socket_->belongs_to(this);
  add_scribe(caf::io::scribe_ptr{socket_});
  configure_read(socket_->hdl(), caf::io::receive_policy::at_most(1)); // only starts reading: the socket knows how much
  const auto patience = house_->settings.limits.login_seconds;
  if (refusal_)
    close(event::refused{*refusal_, {}});
  else if (patience != 0)
    house_->wake(*this, entered_ + std::chrono::seconds{patience});
  if (!refusal_)
    wait_for_turn();
  return {
      [this](const caf::io::new_data_msg& msg) {
        if (!outlet_.open())
          return forget(msg.buf.size());
        const auto begins = codec_->unread() == 0;
        codec_->feed({msg.buf.data(), msg.buf.size()}, now());
        heard_ = 0;
        work();
        pay_for_reading(msg.buf.size(), begins);
      },
      [this](const caf::io::connection_closed_msg&) {
        let_go_of_socket();
        quit();
      },
      [this](const wake&) {
        if (outlet_.ended() && socket_ && socket_->input_over())
          return quit();
        wake_at_.reset();
        if (arriving_ && now() >= slowed_until_)
          arrived();
        resting_ = false;
        heard_ = 0;
        work();
      },
  };
}

void connection::on_exit() {
  if (session_.anonymous() && !refusal_)
    house_->allowed.came_to_nothing(network, over_tls_, now());
  arrived();
  house_->leave(*this);
  tried(admission::attempt_result::unknown);
  if (socket_) {
    socket_->belongs_to(nullptr);
    if (socket_->unsent() != 0)
      socket_->abort(); // nobody would notice any more that the peer does not read
    let_go_of_socket();
  }
  caf::io::broker::on_exit();
}

void connection::let_go_of_socket() {
  outlet_.end(); // its queue goes with the socket
  socket_ = nullptr;
}

void connection::input_ended() {
  codec_->end_input(now());
  work();
}

void connection::tls_failed(const std::string& why) {
  house_->tell_fact("a client's TLS failed", why, peer, now());
  close(std::nullopt);
}

/// A turn: takes what the client said, and writes what it is told.
void connection::work() {
  pump();
  flush();
}

/// Takes utterances for as long as the session will have them.
void connection::pump() {
  if (pumping_ || resting_)
    return; // pumping: an answer that came at once; the loop below goes on, so that no input can nest calls
  pumping_ = true;
  choked_ = false;
  ask_if_read();
  while (socket_ && !session_.waiting() && !parked_ && next_may_be_heard()) {
    auto said = slowed_ ? std::exchange(slowed_, std::nullopt) : codec_->next(now());
    if (!said)
      break;
    ++heard_;
    if (!in_pace(*said)) {
      slowed_ = std::move(said);
      break;
    }
    carry_out(session_.hear(std::move(*said)));
  }
  pumping_ = false;
  read_on_or_pause();
}

void connection::carry_out(rules::effects what) {
  for (auto& one : what) {
    if (auto* told = std::get_if<rules::tell>(&one))
      codec_->ends_with(told->what) ? close(told->what) : tell(told->what);
    if (auto* question = std::get_if<rules::ask>(&one))
      ask(std::move(question->what));
    if (auto* later = std::get_if<rules::ask_when_read>(&one))
      when_read_ = std::move(later->what);
    if (auto* end = std::get_if<rules::hang_up>(&one))
      close(end->last);
  }
}

void connection::answered(rules::answer::any what) {
  asked_services_ = false;
  const auto asked_for = session_.asked_for(); // what a login brings is not
  auto effects = session_.answered(std::move(what));
  if (asked_for)
    pay_for(effects);
  carry_out(std::move(effects));
  pump();
  house_->touch(*this);
}

/// An answer: what it asked for, or what waited for its login. Never a reason to cut it off.
void connection::tell(const event::any& what) {
  if (!outlet_.open())
    return;
  outlet_.answer(what, now());
  house_->touch(*this);
}

void connection::hear(const shared_texts& spelled) {
  if (!may_hear())
    return;
  if (outlet_.passing())
    outlet_.pass(spelled);
  else
    outlet_.hear(spelled, now());
  house_->touch(*this);
}

void connection::hear(const event::any& what) {
  hear_of(what);
}

/// Whether it is told that.
bool connection::hear_of(const event::any& what) {
  if (!may_hear())
    return false;
  outlet_.hear(what, now());
  house_->touch(*this);
  return true;
}

/// What is left out waits for the next login.
void connection::deliver(const event::said_privately& what) {
  if (hear_of(event::any{what}))
    outlet_.confirm(what.id);
}

void connection::confirm(const decided_request& what) {
  outlet_.confirm(what);
  house_->touch(*this);
}

/// Whether there is room for what others say. Who does not read it is cut off.
bool connection::may_hear() {
  switch (outlet_.room_for_others(house_->settings.limits.unsent_bytes)) {
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
  house_->tell_fact("left out what others say to an old client, for it cannot be told so much",
                    to_string(fault::too_slow), peer, now());
  outlet_.hear(event::refused{fault::too_slow, {}}, now());
  house_->touch(*this);
}

void connection::cut_off() {
  house_->tell_fact("cut off a client that does not read", to_string(fault::too_slow), peer, now());
  stop_hearing();
  outlet_.cut_off(event::refused{fault::too_slow, {}}, now());
  house_->wake(*this, *outlet_.closes_by());
  house_->touch(*this);
}

void connection::close(const std::optional<event::any>& last) {
  if (!outlet_.open())
    return;
  stop_hearing();
  outlet_.part(last, now());
  house_->wake(*this, *outlet_.closes_by());
  if (socket_->shaking() && !refusal_)
    return socket_->abort(); // it cannot be told anything, and is not waited for
  house_->touch(*this);
}

/// What it has said, and what it waited for, is dropped.
void connection::stop_hearing() {
  hung_up = true;
  parked_.reset();
  slowed_.reset();
  attempt_waits_.reset();
  when_read_.reset();
  session_.hung_up();
  tried(admission::attempt_result::unknown);
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

/// The client has read its answers: on with what it said, or is handed, in a turn of its own, so that others have
/// theirs.
void connection::go_on_if_choked() {
  if (!(choked_ || when_read_) || !socket_ || !outlet_.has_room() || now() < slowed_until_)
    return; // who is slowed is woken at the end of it
  choked_ = false;
  wake_up();
}

/// What is written counts as delivered; once all is, a connection that was hung up ends its output.
void connection::finish_if_said() {
  confirm_taken();
  if (!socket_ || !outlet_.all_is_out())
    return;
  outlet_.end();
  socket_->finish();
  if (house_->closing) {
    outlet_.close_by(now() + parting_time);
    house_->wake(*this, *outlet_.closes_by());
  }
  if (!socket_->input_over())
    return socket_->resume_reading(); // until the peer ends, too
  wake_up(); // to quit: the loop may have called us, and who quits outside a message is never taken apart
}

void connection::output_drained() {
  if (outlet_.paced())
    house_->touch(*this); // what waited for the peer
  finish_if_said();
  go_on_if_choked();
}

/// Whether no utterance is taken now, be there one or not.
bool connection::takes_none() {
  return session_.waiting() || slowed_ || choked_ || parked_ || resting_ || now() < slowed_until_;
}

void connection::read_on_or_pause() {
  if (!socket_ || !outlet_.open())
    return;
  const auto full = is_not_to_be_read();
  if (full == paused_)
    return;
  paused_ = full;
  if (paused_)
    socket_->pause_reading();
  else
    socket_->resume_reading();
}

/// What comes after the last words is read and forgotten: unread input would turn our FIN into a reset. Who goes on and
/// on is not read any more; he is cut off when the time to close is over.
void connection::forget(size_t bytes) {
  forgotten_ += bytes;
  if (forgotten_ > most_forgotten && socket_)
    socket_->pause_reading();
}

/// The codec's time: when a client turns out to be raw, when the next paced text may go out. A frame that is ready
/// while none is taken is no reason to wake: it is taken when the session asks for it.
void connection::wake_at_deadline() {
  std::optional<instant> when;
  if (!outlet_.waits_for_peer())
    when = takes_none() ? codec_->writing_deadline() : codec_->deadline();
  else if (!takes_none())
    when = codec_->reading_deadline();
  if (!when || (wake_at_ && *wake_at_ <= *when))
    return;
  const auto pause = *when - now();
  wake_at_ = when;
  wake_up(std::max(pause, instant::duration{0}) + std::chrono::microseconds{1});
}

/// Anonymously: CAF 0.17.6 never closes a broker's mailbox, and a message of its own that came after its end would keep
/// it, and with it all that it holds, for ever.
void connection::wake_up(instant::duration after) {
  const auto me = caf::actor_cast<caf::actor>(this);
  if (after > instant::duration{0})
    caf::delayed_anon_send(me, after, wake{});
  else
    caf::anon_send(me, wake{});
}

void connection::time_has_come(instant at) {
  if (const auto last = outlet_.closes_by()) {
    if (*last <= at && socket_)
      socket_->abort();
    return;
  }
  if (parked_ && parked_until_ <= at) {
    const auto post = *std::exchange(parked_, std::nullopt);
    return answer<command::post>({fault::busy, post.salon});
  }
  const auto patience = house_->settings.limits.login_seconds;
  if (patience != 0 && at >= entered_ + std::chrono::seconds{patience})
    carry_out(session_.time_is_up());
}

void connection::lost(salon_id which) {
  if (asked_salon_ == which && session_.unanswered())
    close(event::refused{fault::salon_closed, {}});
}

void connection::services_lost() {
  if (asked_services_)
    close(event::refused{fault::storage, {}});
}

void connection::account_is(const std::string& username, role now) {
  session_.change_account(username, now);
}

void connection::unparked() {
  if (!parked_)
    return;
  auto post = std::move(*parked_);
  parked_.reset();
  carry(post);
  pump();
}

} // namespace salond
