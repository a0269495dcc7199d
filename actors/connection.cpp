#include "actors/connection.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

// The time to log in is looked at again this often, while the store writes what a stranger asked for.
constexpr auto login_check_interval = std::chrono::seconds{1};

} // namespace

connection::connection(caf::actor_config& cfg, std::shared_ptr<audience> audience,
                       caf::intrusive_ptr<client_socket> socket, const dialect& speaks, std::optional<fault> refusal)
    : caf::io::broker(cfg), audience_(std::move(audience)), socket_(std::move(socket)),
      codec_(speaks.make_codec(audience_->settings)), outlet_(*codec_, socket_->queue()),
      inlet_(*codec_, audience_->settings, audience_->allowed, network), refusal_(refusal), entered_(now()),
      over_tls_(socket_->shaking()) {
  spells = &codec_->spells();
  peer = socket_->peer();
  refused = refusal_.has_value();
  audience_->enter(*this);
}

connection::~connection() = default;

caf::behavior connection::make_behavior() {
  set_error_handler([](caf::error& why) { log::warning("a connection was told an error", {{"why", to_string(why)}}); });
  socket_->belongs_to(this);
  add_scribe(caf::io::scribe_ptr{socket_});
  configure_read(socket_->hdl(), caf::io::receive_policy::at_most(1)); // only starts reading: the socket knows how much
  const auto patience = audience_->settings.limits.login_seconds;
  if (refusal_)
    close(event::refused{*refusal_, {}});
  else if (patience != 0)
    audience_->wake(*this, entered_ + std::chrono::seconds{patience});
  if (!refusal_)
    wait_for_turn();
  return {
      [this](const caf::io::new_data_msg& msg) {
        outlet_.open() ? take_bytes({msg.buf.data(), msg.buf.size()}) : input_dropped(msg.buf.size());
      },
      [this](const caf::io::connection_closed_msg&) {
        settle_what_has_come();
        let_go_of_socket();
        quit();
      },
      [this](const wake&) {
        if (is_over())
          return quit();
        wake_at_.reset();
        if (inlet_.arrives_now(now()))
          inlet_.arrived();
        inlet_.begin_turn();
        work();
      },
  };
}

void connection::on_exit() {
  if (session().anonymous() && !refusal_)
    audience_->allowed.came_to_nothing(network, over_tls_, now());
  inlet_.arrived();
  audience_->leave(*this);
  take_hash_back();
  tried(admission::attempt_result::unknown);
  take_registration_back();
  if (socket_) {
    socket_->belongs_to(nullptr);
    if (socket_->unsent() != 0)
      socket_->abort(); // nobody would notice any more that the peer does not read
    let_go_of_socket();
  }
  caf::io::broker::on_exit();
}

void connection::input_ended() {
  settle_what_has_come();
  codec_->end_input(now());
  work();
}

void connection::tls_failed(const std::string& why) {
  audience_->tell_fact("a client's TLS failed", why, peer, now());
  close(std::nullopt);
}

/// A turn: takes what the client said, and writes what it is told.
void connection::work() {
  pump();
  flush();
}

void connection::take_bytes(std::string_view bytes) {
  const auto begins = inlet_.feed(bytes, now());
  inlet_.count_anew();
  work();
  auto charged = inlet_.charge_read(bytes.size(), begins, now());
  const auto held = charged.wake_after.has_value();
  go_on(std::move(charged));
  if (held)
    read_on_or_pause();
}

/// What comes after the last words. A client that goes on and on is cut off when the time to close is over.
void connection::input_dropped(size_t bytes) {
  if (!inlet_.forget(bytes) && socket_)
    socket_->pause_reading();
}

/// Takes utterances for as long as the session will have them.
void connection::pump() {
  if (!inlet_.begin_taking())
    return;
  ask_if_read();
  while (socket_ && take_next())
    ;
  inlet_.end_taking();
  read_on_or_pause();
}

bool connection::take_next() {
  auto next = inlet_.take_next(outlet_.has_room(), now());
  const auto taken = next.said.has_value();
  go_on(std::move(next));
  if (taken)
    go_on_in_another_dialect();
  return taken;
}

/// Does so if the client and its codec agreed on another dialect, or on another spelling.
void connection::go_on_in_another_dialect() {
  if (!outlet_.open())
    return;
  if (auto next = codec_->successor()) {
    outlet_.speak(*next, now());
    inlet_.speak(*next);
    codec_ = std::move(next);
    audience_->touch(*this);
  }
  spells = &codec_->spells();
}

void connection::go_on(inlet::step next) {
  switch (next.about) {
  case inlet::notice::none: break;
  case inlet::notice::asks_too_much: hear(event::any{event::refused{fault::too_many_requests, {}}}); break;
  case inlet::notice::closed_for_asking:
    audience_->tell_fact("closed a client that asks too much", to_string(fault::too_many_requests), peer, now());
    break;
  case inlet::notice::closed_for_saying:
    audience_->tell_fact("closed a client that says too much", session().who().username, peer, now());
    break;
  }
  if (next.wake_after)
    wake_up(*next.wake_after);
  if (next.said)
    carry_out(session().hear(std::move(*next.said)));
}

/// A client from a network whose connections come to nothing all the time waits for its turn before the handshake.
/// Without TLS it costs less to hear a client than to keep it waiting.
void connection::wait_for_turn() {
  if (!over_tls_)
    return;
  const auto wait = inlet_.arrive(now());
  if (!wait) {
    audience_->tell_fact("closed a connection unheard", "too many of its address wait", peer, now());
    return socket_->abort();
  }
  if (*wait == instant::duration{0})
    return;
  wake_up(*wait);
  read_on_or_pause();
}

void connection::carry_out(rules::effects effects) {
  for (auto& effect : effects) {
    if (auto* told = std::get_if<rules::tell>(&effect))
      codec_->ends_with(told->event) ? close(told->event) : tell(told->event);
    if (auto* question = std::get_if<rules::ask>(&effect))
      ask(std::move(question->question));
    if (auto* later = std::get_if<rules::ask_when_read>(&effect))
      when_read_ = std::make_unique<rules::question::any>(std::move(later->question));
    if (auto* end = std::get_if<rules::hang_up>(&effect))
      close(end->last);
  }
}

/// `decided`: the decisions that the answer told. They are noted before pump(), which may say the last words.
void connection::answered(rules::answer::any answer, const std::vector<decided_request>& decided) {
  if (std::holds_alternative<services_of_node>(owed_by_))
    owed_by_ = std::monostate{};
  const auto asked_for = session().asked_for(); // false for what a login brings
  auto effects = session().answered(std::move(answer));
  if (asked_for)
    inlet_.charge_answer(effects, !std::holds_alternative<std::monostate>(handed_out_), now());
  carry_out(std::move(effects));
  for (const auto& decision : decided)
    outlet_.confirm_answered(decision);
  pump();
  audience_->touch(*this);
}

/// The client has read its answers: goes on with what it said, or is handed, in a turn of its own, so that others have
/// theirs.
void connection::go_on_if_choked() {
  if (!(inlet_.choked() || when_read_) || !socket_ || !outlet_.has_room() || inlet_.held(now()))
    return; // a client that is held is woken at the end of that
  inlet_.unchoke();
  wake_up();
}

void connection::read_on_or_pause() {
  if (!socket_ || !outlet_.open())
    return;
  const auto wanted = inlet_.reading_changes(now());
  if (wanted == inlet::reading::paused)
    socket_->pause_reading();
  if (wanted == inlet::reading::on)
    socket_->resume_reading();
}

/// Wakes itself when the codec's time has come: when a client turns out to be raw, or when the next paced text may go
/// out. A frame that is ready while none is taken is no reason to wake: it is taken when the session asks for it.
void connection::wake_at_deadline() {
  std::optional<instant> when;
  if (!outlet_.waits_for_peer())
    when = inlet_.takes_none(now()) ? codec_->writing_deadline() : codec_->deadline();
  else if (!inlet_.takes_none(now()))
    when = codec_->reading_deadline();
  if (!when || (wake_at_ && *wake_at_ <= *when))
    return;
  const auto pause = *when - now();
  wake_at_ = when;
  wake_up(std::max(pause, instant::duration{0}) + std::chrono::microseconds{1});
}

/// Sends anonymously: CAF 0.17.6 never closes a broker's mailbox, and a message of its own that came after its end
/// would keep it, and with it all that it holds, for ever.
void connection::wake_up(instant::duration after) {
  const auto me = caf::actor_cast<caf::actor>(this);
  if (after > instant::duration{0})
    caf::delayed_anon_send(me, after, wake{});
  else
    caf::anon_send(me, wake{});
}

void connection::time_has_come(instant at) {
  if (looks_at_ && *looks_at_ <= at) {
    looks_at_.reset();
    look_what_has_come();
  }
  if (const auto last = outlet_.closes_by()) {
    if (*last <= at && socket_)
      socket_->abort();
    return;
  }
  if (inlet_.parked_too_long(at)) {
    const auto post = *inlet_.take_parked();
    return answer<command::post>({fault::busy, post.salon});
  }
  const auto patience = audience_->settings.limits.login_seconds;
  if (patience == 0 || at < entered_ + std::chrono::seconds{patience})
    return;
  if (session().anonymous() && session().stores())
    return audience_->wake(*this, at + login_check_interval); // the client is answered what becomes of it
  carry_out(session().time_is_up());
}

void connection::lost(salon_id failed) {
  const auto* salon = std::get_if<salon_id>(&owed_by_);
  if (salon && *salon == failed && session().unanswered())
    close(event::refused{fault::salon_closed, {}});
}

void connection::services_lost() {
  if (std::holds_alternative<services_of_node>(owed_by_))
    close(event::refused{fault::storage, {}});
}

void connection::account_is(const std::string& username, role now) {
  session().change_account(username, now);
}

void connection::unparked() {
  auto post = inlet_.take_parked();
  if (!post)
    return;
  carry(*post);
  pump();
}

} // namespace salond
