#include "actors/cluster/link_queue.hpp"
#include "actors/cluster/frame_codec.hpp"
#include <utility>

namespace salond::cluster {

link_queue::outcome link_queue::add(const frame& outgoing) {
  spare_.clear();
  if (!append_frame(spare_, outgoing))
    return outcome::too_long;
  if (bytes_ + spare_.size() > max_bytes) {
    clear();
    return outcome::overflow;
  }
  bytes_ += spare_.size();
  if (!chunks_.empty() && chunks_.back().bytes.size() + spare_.size() <= write_bytes) {
    chunks_.back().bytes += spare_;
    chunks_.back().last = outgoing.number;
  } else {
    begin_chunk(outgoing.number);
  }
  return outcome::queued;
}

/// Where much waits, strings that grow by doubling would take twice what is in them.
void link_queue::begin_chunk(int64_t number) {
  chunks_.push_back({{}, number});
  auto& bytes = chunks_.back().bytes;
  if (chunks_.size() > 1 && spare_.size() <= write_bytes / 4)
    bytes.reserve(write_bytes);
  bytes += spare_;
  if (spare_.capacity() > write_bytes)
    std::string{}.swap(spare_);
}

link_queue::outcome link_queue::add_first(const frame_body& body) {
  const auto before = first_.size();
  if (!append_frame(first_, {0, body}))
    return outcome::too_long;
  bytes_ += first_.size() - before;
  if (first_.size() <= write_bytes)
    return outcome::queued;
  clear();
  return outcome::overflow;
}

std::string link_queue::take() {
  std::string result;
  if (!first_.empty()) {
    result.swap(first_);
  } else if (!chunks_.empty()) {
    result = std::move(chunks_.front().bytes);
    written_ = chunks_.front().last;
    chunks_.pop_front();
  }
  bytes_ -= result.size();
  return result;
}

void link_queue::clear() {
  first_.clear();
  std::deque<chunk>{}.swap(chunks_);
  std::string{}.swap(spare_);
  bytes_ = 0;
  written_ = 0;
}

} // namespace salond::cluster
