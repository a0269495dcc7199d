#include "actors/client/send_queue.hpp"
#include <utility>

namespace salond {
namespace {

// Room that a queue keeps when all is out: what a turn usually brings. More is given back.
constexpr size_t max_kept = 16;

} // namespace

void send_queue::forget() {
  queue_.clear();
  first_ = done_ = waiting_ = 0;
}

void send_queue::keep(size_t rest) {
  shared_bytes kept;
  if (rest != 0)
    kept = std::make_shared<const std::string>(*queue_[first_], done_, rest);
  forget();
  if (kept)
    add(std::move(kept));
}

size_t send_queue::gather(iovec* parts, size_t most) const {
  size_t count = 0;
  for (auto i = first_; i < queue_.size() && count < most; ++i, ++count) {
    const auto skip = count == 0 ? done_ : 0;
    parts[count] = {const_cast<char*>(queue_[i]->data()) + skip, queue_[i]->size() - skip};
  }
  return count;
}

std::string_view send_queue::join(size_t most, std::string& joined) const {
  std::string_view text{queue_[first_]->data() + done_, queue_[first_]->size() - done_};
  if (text.size() < most && first_ + 1 < queue_.size()) {
    joined.assign(text);
    for (auto i = first_ + 1; i < queue_.size() && joined.size() < most; ++i)
      joined.append(*queue_[i], 0, most - joined.size());
    text = joined;
  }
  return text.substr(0, most);
}

void send_queue::advance(size_t sent) {
  waiting_ -= sent;
  sent += done_;
  done_ = 0;
  while (first_ < queue_.size() && sent >= queue_[first_]->size()) {
    sent -= queue_[first_]->size();
    queue_[first_++].reset();
  }
  done_ = sent;
  if (first_ < queue_.size())
    return;
  first_ = 0;
  if (queue_.capacity() > max_kept)
    std::vector<shared_bytes>{}.swap(queue_);
  else
    queue_.clear();
}

} // namespace salond
