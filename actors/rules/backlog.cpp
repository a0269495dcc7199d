#include "actors/rules/backlog.hpp"
#include <algorithm>

namespace salond::rules {
namespace {

event::any event_of(const decided_request& decision, const std::string& username) {
  if (decision.accepted)
    return event::joined{decision.salon, decision.salon_name, username};
  return event::request_refused{decision.salon_name};
}

} // namespace

bool backlog::was_told(private_id which) const {
  return std::find(told_.begin(), told_.end(), which) != told_.end();
}

void backlog::remember(private_id which) {
  if (told_.size() < max_remembered)
    return told_.push_back(which);
  told_[oldest_told_] = which;
  oldest_told_ = (oldest_told_ + 1) % max_remembered;
}

void backlog::add(const weighed& which) {
  const auto place = std::lower_bound(later_.begin(), later_.end(), which,
                                      [](const weighed& a, const weighed& b) { return a.number < b.number; });
  if (place == later_.end() || place->number != which.number)
    later_.insert(place, which);
}

bool backlog::note(const weighed& which) {
  if (was_told(private_id{which.number}))
    return true;
  if (later_.size() >= max_waiting)
    return false;
  add(which);
  return true;
}

bool backlog::mark_told(private_id which) {
  if (was_told(which))
    return false;
  remember(which);
  return true;
}

backlog::piece backlog::begin(const std::string& username, std::vector<private_message> texts,
                              std::vector<weighed> later, std::vector<decided_request> decided) {
  username_ = username;
  decided_ = std::move(decided);
  if (!later_.empty()) { // noted: the snapshot lacks what others were told before it was made, and comes in order
    const private_id first{later_.front().number};
    const auto behind = std::find_if(texts.begin(), texts.end(),
                                     [first](const private_message& message) { return !(message.id < first); });
    for (auto next = behind; next != texts.end(); ++next)
      add({next->id.value, weight_of(next->text.size(), next->author.size())});
    texts.erase(behind, texts.end());
  }
  for (const auto& message : later)
    add(message);
  for (const auto& text : texts)
    remember(text.id);
  return tell(texts);
}

std::vector<private_id> backlog::next() {
  std::vector<private_id> result;
  for (const auto number : take_piece(later_)) {
    result.push_back(private_id{number});
    remember(result.back()); // should it be gone meanwhile, it is not asked for again
  }
  return result;
}

/// Decisions stand among the texts, by their time; behind the last text that had waited all others.
backlog::piece backlog::tell(const std::vector<private_message>& texts) {
  piece result;
  for (const auto& text : texts) {
    tell_decisions(result, text.at);
    result.events.push_back(event::said_privately{text.id, text.author, text.text, text.at});
  }
  if (later_.empty())
    tell_decisions(result, std::nullopt);
  result.more = !later_.empty();
  over_ = !result.more;
  return result;
}

void backlog::tell_decisions(piece& to, std::optional<moment> before) {
  for (; next_decision_ < decided_.size(); ++next_decision_) {
    const auto& decision = decided_[next_decision_];
    if (before && !(decision.at < *before))
      return;
    to.events.push_back(event_of(decision, username_));
    to.decided.push_back(decision);
  }
  std::vector<decided_request>{}.swap(decided_);
  next_decision_ = 0;
}

} // namespace salond::rules
