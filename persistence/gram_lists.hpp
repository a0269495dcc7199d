// What a part of the index of searches is made of: of each gram the messages that have it.
#pragma once
#include "protocol/words/search_form.hpp"
#include <cstddef>
#include <unordered_map>

namespace salond::persistence {

/// What the index keeps of a message. One whose text is too long to be taken apart has `any_gram` alone.
struct message_grams {
  int64_t seq = 0;
  std::vector<gram> grams;
};
constexpr gram any_gram = 0;

/// The messages of a part that have a gram: a list of persistence/number_list.hpp, whose base is before the first.
struct gram_list {
  gram of = 0;
  std::string messages;
};

/// Gathers what a part is to hold.
class gram_lists {
public:
  /// Of messages from `first` on.
  explicit gram_lists(int64_t first) : first_(first) {}

  /// REQUIRES: rising order numbers.
  void add(const message_grams& message);
  size_t bytes() const { return bytes_; } ///< roughly what is held
  /// All lists, by rising grams; nothing is left.
  std::vector<gram_list> take();

private:
  struct list {
    int64_t last;
    std::string messages;
  };

  int64_t first_;
  size_t bytes_ = 0;
  std::unordered_map<gram, list> lists_;
};

} // namespace salond::persistence
