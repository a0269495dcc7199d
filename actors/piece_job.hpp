// A piece of a long removal.
#pragma once
#include "actors/store_job.hpp"
#include <chrono>

namespace salond {

/// The last work of its transaction: no post is in the same one behind it. Says when it began: posts wait until it is
/// committed. Nobody misses it: what is left is found again.
template <class Work>
class piece_job final : public write_job {
public:
  explicit piece_job(Work work) : work_(std::move(work)) {}

  void run(const persistence::writing& db) override {
    began_ = std::chrono::steady_clock::now();
    result = work_(db);
  }
  bool lasts() const override { return false; }
  size_t take() override { return 1 << 20; }

  std::decay_t<std::invoke_result_t<Work&, const persistence::writing&>> result{};
  /// Since it began. REQUIRES: it ran.
  std::chrono::microseconds took() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
  }

private:
  Work work_;
  instant began_{};
};

template <class Work>
auto make_piece(Work work) {
  return std::make_shared<piece_job<Work>>(std::move(work));
}

} // namespace salond
