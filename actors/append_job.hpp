// Posts of a salon that are stored together. What is posted while an earlier append commits joins the next one until
// the moment when the store's thread takes that: the larger an append, the less it costs to store a message and to tell
// it.
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

  /// Takes in as many as it holds, from the front of `waiting`.
  explicit append_job(std::vector<entry>& waiting);

  /// Of the salon: takes one in behind the others, unless it is full or was taken; answers whether it did.
  bool add(entry& one);

  // Of the store's thread.
  size_t take() override;
  void run(const persistence::writing& db) override;

  // Of the salon, once the store has answered.
  const std::vector<entry>& entries() const { return entries_; }
  /// One an entry. Empty when the store refused the whole.
  const std::vector<outcome<done>>& results() const { return results_; }

private:
  std::mutex mutex_; ///< guards entries_ until taken_, and taken_
  bool taken_ = false;
  std::vector<entry> entries_;
  std::vector<outcome<done>> results_;
};

} // namespace salond
