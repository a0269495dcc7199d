// What a client has said and not yet been answered, and what the answers mean.
//
// Posts are answered by being shown, and others by a line that names the trouble, not the text. So a client says a
// handful of posts to one salon, or one thing else, and then waits. Whatever has no answer of its own is followed by a
// question whose answer is known: a private message to nobody. The protocol answers in order.
#pragma once
#include "tests/cluster/scene.hpp"
#include <set>

namespace salond::faults {

enum class outcome_of { stored, refused };

/// Some posts to one salon.
class open_posts {
public:
  void add(const std::string& text) { open_.insert(text); }
  bool empty() const { return open_.empty(); }
  void clear() {
    open_.clear();
    refusals_ = 0;
  }
  void shown(const std::string& text) { open_.erase(text); }
  /// One of them is refused: which one is known once the others are shown. Those, then.
  std::vector<std::string> refused() {
    ++refusals_;
    return settled();
  }
  std::vector<std::string> settled() {
    if (open_.empty() || refusals_ < open_.size())
      return {};
    std::vector<std::string> result(open_.begin(), open_.end());
    clear();
    return result;
  }

private:
  std::set<std::string> open_;
  size_t refusals_ = 0;
};

/// Something without an answer of its own, and the questions behind it.
class open_request {
public:
  bool empty() const { return questions_ == 0; }
  void clear() { questions_ = errors_ = 0; }
  /// One more question was asked.
  void asked() { ++questions_; }
  /// The `which`-th question, from 1 on, is answered. What the request came to.
  outcome_of answered(size_t which) {
    const auto result = errors_ >= which ? outcome_of::refused : outcome_of::stored;
    clear();
    return result;
  }
  /// An error. True: the request itself is among what was refused. False: another question has to tell.
  bool refused() {
    if (++errors_ <= questions_)
      return false;
    clear();
    return true;
  }
  size_t questions() const { return questions_; }

private:
  size_t questions_ = 0, errors_ = 0;
};

} // namespace salond::faults
