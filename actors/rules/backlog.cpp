#include "actors/rules/backlog.hpp"
#include <algorithm>
#include <utility>

namespace salond::rules {
namespace {

event::any event_of(const decided_request& decision, const std::string& username) {
  if (decision.accepted)
    return event::joined{decision.salon, decision.salon_name, username};
  return event::request_refused{decision.salon_name};
}

} // namespace

void backlog::note(private_id which) {
  if (!first_noted_ || which < *first_noted_)
    first_noted_ = which;
  newest_noted_ = std::max(newest_noted_, which);
}

backlog::piece backlog::begin(const std::string& username, std::vector<private_message> texts,
                              std::vector<weighed> later, std::vector<decided_request> decided) {
  username_ = username;
  decided_ = std::move(decided);
  later_ = std::move(later);
  if (first_noted_) { // from there on all is read anew: the snapshot lacks what others were told before it was made
    const auto first = *first_noted_;
    const auto noted = [first](const private_message& one) { return !(one.id < first); };
    texts.erase(std::find_if(texts.begin(), texts.end(), noted), texts.end());
    later_.erase(
        std::find_if(later_.begin(), later_.end(), [first](const weighed& one) { return one.number >= first.value; }),
        later_.end());
  }
  return tell(texts);
}

backlog::wanted backlog::next() {
  wanted result;
  if (later_.empty()) {
    asked_up_to_ = newest_noted_;
    result.from = std::max(*first_noted_, private_id{told_up_to_.value + 1});
    return result;
  }
  for (const auto number : take_piece(later_))
    result.which.push_back(private_id{number});
  told_up_to_ = result.which.back(); // should it be gone meanwhile, it is not asked for again
  return result;
}

backlog::piece backlog::go_on(std::vector<private_message> texts, std::vector<weighed> later) {
  if (const auto noted = std::exchange(asked_up_to_, std::nullopt)) {
    later_ = std::move(later);
    if (texts.empty()) // what was noted is gone, with its author
      told_up_to_ = std::max(told_up_to_, *noted);
  }
  return tell(texts);
}

/// Decisions stand among the texts, by their time; behind the last text that had waited all others.
backlog::piece backlog::tell(const std::vector<private_message>& texts) {
  piece result;
  for (const auto& text : texts) {
    tell_decisions(result, text.at);
    result.events.push_back(event::said_privately{text.id, text.author, text.text, text.at});
    told_up_to_ = std::max(told_up_to_, text.id);
  }
  if (later_.empty())
    tell_decisions(result, std::nullopt);
  result.more = more();
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
