#include "actors/client/unconfirmed.hpp"
#include <iterator>

namespace salond {
namespace {

template <class Item>
void append(std::vector<Item>& to, std::vector<Item>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

void unconfirmed::add(outlet::written written, uint64_t given, instant now) {
  unseen_ += written.messages.size();
  all_.push_back({std::move(written), given, now});
}

outlet::written unconfirmed::take(uint64_t taken, instant until) {
  outlet::written result;
  const auto all = many();
  unseen_ = 0;
  auto next = all_.begin();
  for (; next != all_.end() && next->given <= taken && (all || next->at <= until); ++next) {
    append(result.messages, next->written.messages);
    append(result.decisions, next->written.decisions);
  }
  all_.erase(all_.begin(), next);
  return result;
}

void unconfirmed::forget() {
  all_.clear();
  unseen_ = 0;
}

} // namespace salond
