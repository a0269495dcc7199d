// A queue in which addresses take turns: one piece of work of each address, and then the next of each. So a wait is as
// long as there are addresses, however much one of them sends. The work of one address keeps its order.
#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace salond::rules {

template <class Work>
class turns {
public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  /// `from`: an address; empty: none, and all work without an address shares one turn.
  void push(const std::string& from, Work work) {
    auto& his = waiting_[from];
    if (his.empty())
      order_.push_back(from);
    his.push_back(std::move(work));
    ++size_;
  }
  /// Takes out the work whose turn it is. REQUIRES: not empty().
  Work pop() {
    auto from = std::move(order_.front());
    order_.pop_front();
    auto& his = waiting_.at(from);
    auto next = std::move(his.front());
    his.pop_front();
    --size_;
    if (his.empty())
      waiting_.erase(from);
    else
      order_.push_back(std::move(from));
    return next;
  }
  /// Whether some address has so many more waiting than this one that it is fair to take the place of its last one.
  bool has_more_than(const std::string& from) const {
    const auto his = waiting_.find(from);
    return !empty() && longest()->second.size() > (his == waiting_.end() ? 0 : his->second.size()) + 1;
  }
  /// Takes out the last one of the address that has most waiting. REQUIRES: not empty().
  Work pop_last() {
    const auto from = longest()->first;
    auto& his = waiting_.at(from);
    auto last = std::move(his.back());
    his.pop_back();
    --size_;
    forget_if_empty(from);
    return last;
  }
  /// Takes out the work of which `unwanted` is true.
  template <class Unwanted>
  void take_out(std::vector<Work>& to, Unwanted unwanted) {
    const auto places = order_; // of addresses that may be forgotten
    for (const auto& from : places) {
      auto& his = waiting_.at(from);
      const auto gone =
          std::stable_partition(his.begin(), his.end(), [&](const Work& each) { return !unwanted(each); });
      size_ -= static_cast<size_t>(his.end() - gone);
      std::move(gone, his.end(), std::back_inserter(to));
      his.erase(gone, his.end());
      forget_if_empty(from);
    }
  }

private:
  using of_address = std::unordered_map<std::string, std::deque<Work>>;

  typename of_address::const_iterator longest() const {
    return std::max_element(waiting_.begin(), waiting_.end(),
                            [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  }
  void forget_if_empty(std::string from) {
    if (!waiting_.at(from).empty())
      return;
    waiting_.erase(from);
    order_.erase(std::find(order_.begin(), order_.end(), from));
  }

  of_address waiting_;
  std::deque<std::string> order_; ///< addresses that have work; the next turn first
  size_t size_ = 0;
};

} // namespace salond::rules
