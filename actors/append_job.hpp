// Posts of a salon that are stored together. A post that comes while an earlier append commits joins the next one,
// until the store's thread takes that. The larger an append is, the less it costs to store a message and to tell it.
#pragma once
#include "actors/interfaces/salon.hpp"
#include "actors/store_job.hpp"
#include <mutex>

namespace salond {

class append_job final : public write_job {
public:
  struct entry {
    new_message row;
    post from; ///< its text is in the row
  };

  /// Takes as many posts as it holds from the front of `waiting`.
  explicit append_job(std::vector<entry>& waiting);

  /// For the salon: adds a post behind the others, unless the job is full or taken. Answers whether it did.
  bool add(entry& added);

  // For the store's thread.
  size_t take() override;
  void run(const persistence::writing& db) override;

  // For the salon, once the store has answered.
  const std::vector<entry>& entries() const { return entries_; }
  /// One for each entry. Empty when the store refused all of them.
  const std::vector<outcome<done>>& results() const { return results_; }

private:
  std::mutex mutex_; ///< guards entries_ until taken_, and taken_
  bool taken_ = false;
  std::vector<entry> entries_;
  std::vector<outcome<done>> results_;
};

} // namespace salond
