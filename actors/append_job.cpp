#include "actors/append_job.hpp"
#include "persistence/contracts/messages.hpp"

namespace salond {
namespace {

constexpr size_t most_rows = 256; // as many as a group of the store takes

} // namespace

append_job::append_job(std::vector<entry>& waiting) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting.size(), most_rows));
  entries_.assign(std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.begin() + count));
  waiting.erase(waiting.begin(), waiting.begin() + count);
}

bool append_job::add(entry& one) {
  const std::lock_guard lock{mutex_};
  if (taken_ || entries_.size() >= most_rows)
    return false;
  entries_.push_back(std::move(one));
  return true;
}

size_t append_job::take() {
  const std::lock_guard lock{mutex_};
  taken_ = true;
  size_t weight = 0;
  for (const auto& one : entries_)
    weight += std::max<size_t>(4096, one.row.text.size());
  return weight;
}

void append_job::run(const persistence::writing& db) {
  results_.clear();
  for (const auto& one : entries_)
    results_.push_back(db.messages.append(one.row));
}

} // namespace salond
