// How fast a connection is heard: frames in a turn of the loop, what they cost, how many messages.
#include "actors/connection.hpp"
#include "protocol/commands/client_commands.hpp"

namespace salond {
namespace {

// Frames of one client in a turn of the loop: then others have theirs.
constexpr size_t most_frames_a_turn = 64;

} // namespace

/// Whether it has read its answers, is not slowed, and has not been heard enough in this turn.
bool connection::next_may_be_heard() {
  choked_ = !outlet_.has_room();
  if (choked_ || now() < slowed_until_)
    return false;
  if (heard_ < most_frames_a_turn)
    return true;
  resting_ = true;
  wake_up();
  return false;
}

/// Whether it may be heard now. What is too much is kept for a while, or becomes words that are refused.
bool connection::in_pace(utterance& said) {
  if (hung_up)
    return true;
  if (!std::exchange(paid_, false) && !in_budget(said))
    return false;
  return in_message_rate(said);
}

/// What costs too much waits until it is paid; then it is not asked about again.
bool connection::in_budget(utterance& said) {
  const auto* wrong = std::get_if<misspoken>(&said);
  if (wrong && wrong->fatal)
    return true;
  const auto free = rules::is_message(said) && house_->settings.rate.messages_per_second == 0; // so it was wished
  using verdict = rules::client_budget::verdict;
  prepaid_ = expected_cost_of_answer(said);
  const auto cost = free ? 0 : cost_of(said) + prepaid_;
  const auto may = house_->allowed.ask(budget_, network,
                                       {cost, wrong != nullptr, codec_->unread() != 0, session_.anonymous()}, now());
  switch (may.what) {
  case verdict::go: return true;
  case verdict::close: said = refused_for_flooding(); return true;
  case verdict::tell: hear(event::any{event::refused{fault::too_many_requests, {}}}); break;
  case verdict::refuse:
    said = misspoken{fault::too_many_requests, false};
    prepaid_ = 0;
    break;
  case verdict::wait: break;
  }
  paid_ = true;
  hold_for(may.wait);
  return false;
}

bool connection::in_message_rate(utterance& said) {
  if (session_.anonymous() || !rules::is_message(said))
    return true;
  using verdict = rules::message_rate::verdict;
  const auto may = house_->allowed.ask_to_say(account, codec_->unread() != 0, now());
  switch (may.what) {
  case verdict::go: break;
  case verdict::wait:
    paid_ = true;
    hold_for(may.wait);
    return false;
  case verdict::refuse: said = misspoken{fault::too_many_messages, false}; break;
  case verdict::close:
    house_->tell_fact("closed a client that says too much", session_.who().username, peer, now());
    said = misspoken{fault::too_many_messages, true};
    break;
  }
  return true;
}

/// Who comes from where connections come to nothing all the time is not shaken hands with before its turn. In clear it
/// costs less to hear than to keep waiting.
void connection::wait_for_turn() {
  if (!over_tls_)
    return;
  const auto wait = house_->allowed.arrive(network, now());
  if (!wait) {
    house_->tell_fact("closed a connection unheard", "too many of its address wait", peer, now());
    return socket_->abort();
  }
  if (*wait == instant::duration{0})
    return;
  arriving_ = true;
  hold_for(*wait);
  read_on_or_pause();
}

void connection::arrived() {
  if (std::exchange(arriving_, false))
    house_->allowed.arrived(network);
}

/// Nothing is heard for so long, and nothing read of who ends his frames.
void connection::hold_for(instant::duration wait) {
  slowed_until_ = now() + wait;
  wake_up(wait + std::chrono::milliseconds{1});
}

utterance connection::refused_for_flooding() {
  house_->tell_fact("closed a client that asks too much", to_string(fault::too_many_requests), peer, now());
  return misspoken{fault::too_many_requests, true};
}

/// An answer costs what was taken for it before, and the rest when it is known.
void connection::pay_for(const rules::effects& answer) {
  const auto owed = admission::cost_of_answer(answer) - prepaid_;
  const auto more_comes = !std::holds_alternative<std::monostate>(handed_out_);
  prepaid_ = more_comes ? std::max(0.0, -owed) : 0;
  house_->allowed.charge(budget_, network, more_comes ? std::max(0.0, owed) : owed, now());
}

/// A read that brought no whole frame is work all the same. Who ends no frames has his first bytes for nothing: they
/// are whole only when their time is over.
void connection::pay_for_reading(size_t bytes, bool begins) {
  if (hung_up || heard_ != 0)
    return;
  const auto cost = client_costs::half_frame + static_cast<double>(bytes) * client_costs::read_byte;
  if (now() < slowed_until_) {
    house_->allowed.charge(budget_, network, cost, now());
    return;
  }
  if (session_.waiting() || parked_ || choked_ || resting_ || (begins && codec_->pauses_matter()))
    return;
  using verdict = rules::client_budget::verdict;
  const auto may = house_->allowed.ask(budget_, network, {cost, false, true, session_.anonymous()}, now());
  if (may.what == verdict::go)
    return;
  if (may.what == verdict::close)
    return carry_out(session_.hear(refused_for_flooding()));
  if (may.what == verdict::tell)
    hear(event::any{event::refused{fault::too_many_requests, {}}});
  hold_for(may.wait);
  read_on_or_pause();
}

} // namespace salond
