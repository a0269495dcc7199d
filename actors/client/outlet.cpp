#include "actors/client/outlet.hpp"

namespace salond {
namespace {

/// Takes out those whose last byte is taken.
template <class Item>
std::vector<Item> take_until(std::vector<std::pair<uint64_t, Item>>& from, uint64_t taken) {
  std::vector<Item> result;
  auto end = from.begin();
  for (; end != from.end() && end->first <= taken; ++end)
    result.push_back(std::move(end->second));
  from.erase(from.begin(), end);
  return result;
}

} // namespace

void outlet::answer(const event::any& event, instant now) {
  if (!open())
    return;
  const auto before = unsent();
  codec_->say(event, now);
  if (passing())
    stage_ = stage::spelling;
  said_.answered(unsent() - before);
  if (const auto* privately = std::get_if<event::said_privately>(&event))
    confirm(privately->id);
}

outlet::room outlet::look_for_room(size_t limit) {
  if (!open())
    return room::closed;
  const auto may_wait = stage_ == stage::leaving_out ? limit / 2 : limit;
  const auto waits = unsent();
  const auto of_others = limit == 0 || waits <= may_wait ? 0 : said_.unsent_of_others(waits);
  if (of_others <= may_wait) {
    if (stage_ == stage::leaving_out)
      stage_ = stage::spelling;
    return room::enough;
  }
  if (stage_ == stage::leaving_out && (of_others <= limit || waits_for_pace()))
    return room::left_out;
  if (!waits_for_pace())
    return room::too_slow;
  stage_ = stage::leaving_out;
  return room::left_out_at_first;
}

void outlet::hear(const shared_texts& spelled, instant now) {
  const auto before = unsent();
  codec_->say_spelled(spelled, now);
  said_.others_said(unsent() - before);
}

void outlet::hear(const event::any& event, instant now) {
  const auto before = unsent();
  codec_->say(event, now);
  if (passing())
    stage_ = stage::spelling;
  said_.others_said(unsent() - before);
}

void outlet::confirm(const decided_request& decision) {
  if (stage_ != stage::leaving_out)
    confirm_answered(decision);
}

void outlet::confirm_answered(const decided_request& decision) {
  if (open())
    decisions_.emplace_back(said_.said(), decision);
}

bool outlet::has_room() {
  const auto waits = unsent();
  if (waits < max_unread_answers)
    return true;
  return waits_for_pace() && waits - said_.unsent_of_others(waits) < max_unread_answers;
}

void outlet::drain(instant now) {
  if (!waits_for_peer())
    give_queue(now);
  if (stage_ == stage::spelling && codec_->transparent())
    stage_ = stage::passing;
}

void outlet::give_queue(instant now) {
  static thread_local std::vector<shared_bytes> out; // of the I/O thread: kept, so that a delivery allocates nothing
  codec_->drain(out, now);
  for (auto& bytes : out)
    queue_.add(std::move(bytes));
  out.clear();
}

void outlet::speak(codec& other, instant now) {
  if (!passing())
    give_queue(now);
  else
    stage_ = stage::spelling;
  codec_ = &other;
}

outlet::written outlet::take_written() {
  const auto taken = said_.taken(unsent());
  return {take_until(messages_, taken), take_until(decisions_, taken)};
}

void outlet::part(const std::optional<event::any>& last, instant now) {
  if (!open())
    return;
  hang_up(now);
  codec_->say_last(last, now);
}

void outlet::cut_off(const event::any& last, instant now) {
  if (!open())
    return;
  hang_up(now);
  messages_.clear();
  decisions_.clear();
  queue_.keep(codec_->rest_of_text(queue_.begun(), queue_.begun_out()));
  codec_->cut_off(last, now);
  give_queue(now);
}

void outlet::hang_up(instant now) {
  stage_ = stage::parting;
  closes_by_ = now + closing_time;
}

} // namespace salond
