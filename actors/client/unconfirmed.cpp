#include "actors/client/unconfirmed.hpp"
#include <iterator>

namespace salond {
namespace {

template <class What>
void append(std::vector<What>& to, std::vector<What>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

void unconfirmed::add(outlet::written what, uint64_t given, instant now) {
  unseen_ += what.messages.size();
  all_.push_back({std::move(what), given, now});
}

outlet::written unconfirmed::take(uint64_t taken, instant until) {
  outlet::written result;
  const auto all = many();
  unseen_ = 0;
  auto next = all_.begin();
  for (; next != all_.end() && next->given <= taken && (all || next->at <= until); ++next) {
    append(result.messages, next->what.messages);
    append(result.decisions, next->what.decisions);
  }
  all_.erase(all_.begin(), next);
  return result;
}

void unconfirmed::forget() {
  all_.clear();
  unseen_ = 0;
}

} // namespace salond
