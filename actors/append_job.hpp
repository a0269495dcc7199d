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

/// The appends of one salon. Two at most are under way, so that one is made up while the other commits; posts above
/// what these take wait here. A plain object: its owner asks the store for the appends that it is answered.
class append_queue {
public:
  /// Adds a post. Answers the append that the store is to be asked for now; null: it is asked already, or later.
  std::shared_ptr<append_job> add(append_job::entry post);
  /// The store has answered that append, which takes nothing more.
  void answered(const std::shared_ptr<append_job>& job);
  /// An append is over, and its posts were told. Answers the next one as add() does.
  std::shared_ptr<append_job> end_one();
  bool empty() const { return under_way_ == 0 && waiting_.empty(); }

private:
  std::shared_ptr<append_job> begin();

  std::shared_ptr<append_job> open_;       ///< takes in what is posted, until the store's thread has taken it
  std::vector<append_job::entry> waiting_; ///< for the next append
  size_t under_way_ = 0;
};

} // namespace salond
