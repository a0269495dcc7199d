#include "actors/append_job.hpp"
#include "persistence/contracts/messages.hpp"

namespace salond {
namespace {

constexpr size_t max_rows = 256; // as many as a group of the store takes
constexpr size_t max_under_way = 2;

} // namespace

append_job::append_job(std::vector<entry>& waiting) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting.size(), max_rows));
  entries_.assign(std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.begin() + count));
  waiting.erase(waiting.begin(), waiting.begin() + count);
}

bool append_job::add(entry& added) {
  const std::lock_guard lock{mutex_};
  if (taken_ || entries_.size() >= max_rows)
    return false;
  entries_.push_back(std::move(added));
  return true;
}

size_t append_job::take() {
  const std::lock_guard lock{mutex_};
  taken_ = true;
  size_t weight = 0;
  for (const auto& entry : entries_)
    weight += std::max<size_t>(4096, entry.row.text.size());
  return weight;
}

void append_job::run(const persistence::writing& db) {
  results_.clear();
  for (const auto& entry : entries_)
    results_.push_back(db.messages.append(entry.row));
}

std::shared_ptr<append_job> append_queue::add(append_job::entry post) {
  if (open_ && open_->add(post))
    return nullptr;
  waiting_.push_back(std::move(post));
  return under_way_ < max_under_way ? begin() : nullptr;
}

void append_queue::answered(const std::shared_ptr<append_job>& job) {
  if (open_ == job)
    open_ = nullptr;
}

std::shared_ptr<append_job> append_queue::end_one() {
  --under_way_;
  return waiting_.empty() ? nullptr : begin();
}

std::shared_ptr<append_job> append_queue::begin() {
  open_ = std::make_shared<append_job>(waiting_);
  ++under_way_;
  return open_;
}

} // namespace salond
