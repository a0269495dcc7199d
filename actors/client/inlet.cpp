#include "actors/client/inlet.hpp"
#include "protocol/commands/client_commands.hpp"
#include <algorithm>
#include <limits>

namespace salond {
namespace {

size_t window_of(const config::limits& limits) {
  return limits.posts_in_flight != 0 ? limits.posts_in_flight : std::numeric_limits<size_t>::max();
}

} // namespace

inlet::inlet(codec& speaks, const config::settings& settings, admission& allowed, const std::string& network)
    : codec_(&speaks), settings_(settings), allowed_(allowed), network_(network), session_(window_of(settings.limits)) {
}

bool inlet::feed(std::string_view bytes, instant now) {
  const auto begins = codec_->unread() == 0;
  codec_->feed(bytes, now);
  return begins;
}

void inlet::begin_turn() {
  if (taking_ == taking::enough)
    taking_ = taking::no;
  count_anew();
}

bool inlet::begin_taking() {
  if (taking_ == taking::yes || taking_ == taking::enough || taking_ == taking::arriving)
    return false;
  taking_ = taking::yes;
  return true;
}

inlet::step inlet::take_next(bool has_room, instant now) {
  step result;
  if (session_.waiting() || parked_)
    return result;
  if (!has_room) {
    taking_ = taking::choked;
    return result;
  }
  if (held(now))
    return result;
  if (heard_ >= max_frames_a_turn) {
    taking_ = taking::enough;
    result.wake_after = instant::duration{0};
    return result;
  }
  const auto paid = held_ != nullptr;
  auto said = paid ? std::optional{std::move(*std::exchange(held_, nullptr))} : codec_->next(now);
  if (!said)
    return result;
  ++heard_;
  if (!paid && in_budget(*said, result, now) == pace::wait)
    held_ = std::make_unique<utterance>(*std::move(said));
  else if (in_message_rate(*said, result, now) == pace::wait)
    held_ = std::make_unique<utterance>(*std::move(said));
  else
    result.said = std::move(said);
  return result;
}

void inlet::end_taking() {
  if (taking_ == taking::yes)
    taking_ = taking::no;
}

void inlet::unchoke() {
  if (choked())
    taking_ = taking::no;
}

bool inlet::takes_none(instant now) const {
  return session_.waiting() || held_ || parked_ || choked() || taking_ == taking::enough || held(now);
}

void inlet::stop() {
  held_.reset();
  parked_.reset();
  session_.hung_up();
}

/// An utterance that costs too much waits until it is paid for. Then the budget is not asked again.
inlet::pace inlet::in_budget(utterance& said, step& result, instant now) {
  const auto* wrong = std::get_if<misspoken>(&said);
  if (wrong && wrong->fatal)
    return pace::go;
  const auto free = rules::is_message(said) && settings_.rate.messages_per_second == 0; // it is configured so
  using verdict = rules::client_budget::verdict;
  prepaid_ = expected_cost_of_answer(said);
  const auto cost = free ? 0 : cost_of(said) + prepaid_;
  const auto may =
      allowed_.ask(budget_, network_, {cost, wrong != nullptr, codec_->unread() != 0, session_.anonymous()}, now);
  switch (may.ruling) {
  case verdict::go: return pace::go;
  case verdict::close:
    said = misspoken{fault::too_many_requests, true};
    result.about = notice::closed_for_asking;
    return pace::go;
  case verdict::tell: result.about = notice::asks_too_much; break;
  case verdict::refuse:
    said = misspoken{fault::too_many_requests, false};
    prepaid_ = 0;
    break;
  case verdict::wait: break;
  }
  result.wake_after = hold(may.wait, now);
  return pace::wait;
}

inlet::pace inlet::in_message_rate(utterance& said, step& result, instant now) {
  if (session_.anonymous() || !rules::is_message(said))
    return pace::go;
  using verdict = rules::message_rate::verdict;
  auto may = allowed_.ask_to_say(session_.who().id, floods_since_, codec_->unread() != 0, now);
  if (may.ruling != verdict::wait)
    rate_waits_since_.reset();
  else if (!rate_waits_since_)
    rate_waits_since_ = now;
  else if (now - *rate_waits_since_ >= rules::message_rate::slowed_for) { // his other connections say too much
    may.ruling = verdict::refuse;
    rate_waits_since_.reset();
  }
  switch (may.ruling) {
  case verdict::go: break;
  case verdict::wait: result.wake_after = hold(may.wait, now); return pace::wait;
  case verdict::refuse: said = misspoken{fault::too_many_messages, false}; break;
  case verdict::close:
    result.about = notice::closed_for_saying;
    said = misspoken{fault::too_many_messages, true};
    break;
  }
  return pace::go;
}

instant::duration inlet::hold(instant::duration wait, instant now) {
  held_until_ = now + wait;
  return wait + std::chrono::milliseconds{1};
}

bool inlet::may_fail(instant now) {
  using verdict = rules::client_budget::verdict;
  const rules::client_budget::request fault{client_costs::misspoken, true, false, session_.anonymous()};
  return allowed_.ask(budget_, network_, fault, now).ruling != verdict::close;
}

void inlet::charge_answer(const rules::effects& answer, bool more_comes, instant now) {
  const auto owed = admission::cost_of_answer(answer) - prepaid_;
  prepaid_ = more_comes ? std::max(0.0, -owed) : 0;
  charge(more_comes ? std::max(0.0, owed) : owed, now);
}

inlet::step inlet::charge_read(size_t bytes, bool begins, instant now) {
  if (heard_ != 0 || session_.closed())
    return {};
  const auto cost = client_costs::half_frame + static_cast<double>(bytes) * client_costs::read_byte;
  if (held(now)) {
    charge(cost, now);
    return {};
  }
  if (session_.waiting() || parked_ || choked() || taking_ == taking::enough || (begins && codec_->pauses_matter()))
    return {};
  using verdict = rules::client_budget::verdict;
  const auto may = allowed_.ask(budget_, network_, {cost, false, true, session_.anonymous()}, now);
  if (may.ruling == verdict::go)
    return {};
  if (may.ruling == verdict::close)
    return {misspoken{fault::too_many_requests, true}, std::nullopt, notice::closed_for_asking};
  return {std::nullopt, hold(may.wait, now), may.ruling == verdict::tell ? notice::asks_too_much : notice::none};
}

std::optional<instant::duration> inlet::arrive(instant now) {
  const auto wait = allowed_.arrive(network_, now);
  if (!wait || *wait == instant::duration{0})
    return wait;
  taking_ = taking::arriving;
  return hold(*wait, now);
}

void inlet::arrived() {
  if (taking_ != taking::arriving)
    return;
  taking_ = taking::no;
  allowed_.arrived(network_);
}

void inlet::park(command::post&& post, instant until) {
  parked_ = std::make_unique<command::post>(std::move(post));
  parked_until_ = until;
}

/// Input is bounded: a client that says more than is answered is not read until that is answered. While an utterance
/// would be taken, the bytes that have come are less than one, whose own bound is limits.frame_bytes. A client that is
/// held is not read, unless its frames would run together in the kernel.
bool inlet::is_not_to_be_read(instant now) const {
  const auto waits = held_ || held(now);
  if (waits && (taking_ == taking::arriving || !codec_->pauses_matter()))
    return true;
  const size_t configured = settings_.limits.unread_bytes;
  const auto limit = configured == 0 && waits ? max_unread_while_held : configured;
  return takes_none(now) && (limit != 0 ? codec_->unread() >= limit : taking_ == taking::enough);
}

std::optional<inlet::reading> inlet::reading_changes(instant now) {
  const auto wanted = is_not_to_be_read(now) ? reading::paused : reading::on;
  if (wanted == reading_)
    return std::nullopt;
  reading_ = wanted;
  return wanted;
}

} // namespace salond
