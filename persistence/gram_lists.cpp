#include "persistence/gram_lists.hpp"
#include "persistence/number_list.hpp"
#include <algorithm>

namespace salond::persistence {

void gram_lists::add(const message_grams& message) {
  constexpr size_t bytes_of_list = 96; // in the map
  for (const auto which : message.grams) {
    const auto [place, is_new] = lists_.try_emplace(which, list{first_ - 1, {}});
    auto& [last, messages] = place->second;
    const auto before = messages.size();
    append_number(messages, message.seq, last);
    last = message.seq;
    bytes_ += messages.size() - before + (is_new ? bytes_of_list : 0);
  }
}

std::vector<gram_list> gram_lists::take() {
  std::vector<gram_list> result;
  result.reserve(lists_.size());
  for (auto& [which, all] : lists_)
    result.push_back({which, std::move(all.messages)});
  lists_.clear();
  bytes_ = 0;
  std::sort(result.begin(), result.end(), [](const gram_list& a, const gram_list& b) { return a.of < b.of; });
  return result;
}

} // namespace salond::persistence
