// The order in which passwords are hashed when more come than there are threads for, and how many may wait. It decides
// only; the threads are work_threads'.
//
// - A login goes before everything else: first where its owner was before, then from an address that seldom fails, then
//   the rest. So an attack fills the end of the queue, not its front. Addresses take turns among passwords that are
//   equally urgent, so that an address with many at once holds up others by one. Every urgency has a turn after eight
//   passwords that were more urgent: right passwords cost their senders nothing, and a flood of them must not keep all
//   others out.
// - Passwords of new accounts (an import's, then registrations') are hashed when no login waits, and leave a thread to
//   logins where there is more than one. Contested logins come behind them, and leave a thread as well: logins of an
//   account that is attacked from an address where its owner was. They are hashed one at a time, so that the attack has
//   only what nobody else needs of one thread.
// - Logins have one bound together. A login that comes when they fill it takes the place of the last of the least
//   urgent, if that is less urgent than itself; but an eighth of the room is each urgency's own. Registrations have a
//   bound of their own, and so have contested logins. An import has two waiting at most. At each bound an address that
//   has less waiting takes the place of the last of the address that has most.
#pragma once
#include "actors/rules/turns.hpp"
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace salond::rules {

/// Whose password it is. The most urgent comes first.
enum class urgency : uint8_t {
  known,    ///< of an account at an address where its owner was, of a session that goes on, of an operator
  seldom,   ///< at an address that seldom fails, or where owners fail often
  other,    ///< of whoever else logs in
  import,   ///< of an account that an operator imports
  new_user, ///< of an account that somebody asks for
  contested ///< of an account at an address where its owner was, and where wrong passwords used up what it has
};

template <class Work>
class hash_queue {
public:
  /// At 40 ms a hash on one thread the last of them waits ten seconds, of the thirty that a client has.
  static constexpr size_t max_registrations = 256;
  static constexpr size_t max_contested = 128; ///< five seconds
  static constexpr size_t max_before_a_turn = 8;

  /// `max_logins`: so many logins may wait; 0: no limit.
  hash_queue(size_t threads, size_t max_logins) : threads_(threads), max_logins_(max_logins) {}

  /// Answers the work that has no room, to be refused: `work` itself, or another whose place it takes. `from`: the
  /// address whose turn it uses; empty: none, as of an operator.
  std::optional<Work> put(urgency urgent, Work work, const std::string& from = {}) {
    std::optional<Work> refused;
    if (is_full(urgent)) {
      auto* victims = makes_room(urgent, from);
      if (!victims)
        return work;
      refused = victims->pop_last();
    }
    of(urgent).push(from, std::move(work));
    return refused;
  }

  /// The next one to be hashed, if a thread may have it; over() tells when it is done.
  std::optional<std::pair<urgency, Work>> take() {
    const auto index = whose_turn();
    if (!index)
      return std::nullopt;
    const auto urgent = static_cast<urgency>(*index);
    for (auto behind = *index + 1; behind < waiting_.size(); ++behind)
      passed_over_[behind] += waiting_[behind].empty() ? 0 : 1;
    passed_over_[*index] = 0;
    auto next = waiting_[*index].pop();
    leaving_ += leaves_a_thread(urgent) ? 1 : 0;
    contested_ = contested_ || urgent == urgency::contested;
    return std::pair{urgent, std::move(next)};
  }
  /// Takes out the waiting work of which `unwanted` is true.
  template <class Unwanted>
  std::vector<Work> take_out(Unwanted unwanted) {
    std::vector<Work> result;
    for (auto& each : waiting_)
      each.take_out(result, unwanted);
    return result;
  }
  void over(urgency urgent) {
    leaving_ -= leaves_a_thread(urgent) ? 1 : 0;
    contested_ = contested_ && urgent != urgency::contested;
  }

private:
  static bool leaves_a_thread(urgency urgent) { return urgent >= urgency::import; }
  size_t max_leaving() const { return std::max<size_t>(threads_, 2) - 1; }
  bool may_begin(urgency urgent) const {
    if (urgent == urgency::contested && contested_)
      return false; // on one thread: how many passwords strangers can try does not grow with the machine
    return !leaves_a_thread(urgent) || leaving_ < max_leaving();
  }
  /// The most urgent that may begin; before it an urgency that was passed over too often.
  std::optional<size_t> whose_turn() const {
    std::optional<size_t> first;
    for (size_t index = 0; index < waiting_.size(); ++index) {
      if (waiting_[index].empty() || !may_begin(static_cast<urgency>(index)))
        continue;
      if (passed_over_[index] >= max_before_a_turn)
        return index;
      first = first.value_or(index);
    }
    return first;
  }
  turns<Work>& of(urgency urgent) { return waiting_[static_cast<size_t>(urgent)]; }
  bool is_full(urgency urgent) const {
    switch (urgent) {
    case urgency::known:
    case urgency::seldom:
    case urgency::other: return max_logins_ != 0 && logins() >= max_logins_;
    case urgency::import: return false;
    case urgency::new_user: return waiting_[static_cast<size_t>(urgent)].size() >= max_registrations;
    case urgency::contested: break;
    }
    return waiting_[static_cast<size_t>(urgent)].size() >= max_contested;
  }
  /// The queue that gives up its last one for one more that is so urgent; null: none does. REQUIRES: is_full(urgent).
  turns<Work>* makes_room(urgency urgent, const std::string& from) {
    auto& mine = of(urgent);
    if (!leaves_a_thread(urgent)) {
      const auto share = max_logins_ / 8;
      for (auto* last = &of(urgency::other); last != &mine; --last)
        if (last->size() > share)
          return last;
      if (mine.size() < share)
        return &*std::max_element(&of(urgency::known), &of(urgency::import),
                                  [](const auto& a, const auto& b) { return a.size() < b.size(); });
    }
    return mine.has_more_than(from) ? &mine : nullptr;
  }
  size_t logins() const { return waiting_[0].size() + waiting_[1].size() + waiting_[2].size(); }

  size_t threads_, max_logins_, leaving_ = 0;  ///< hashed now, of what leaves a thread
  bool contested_ = false;                     ///< whether one of these is
  std::array<turns<Work>, 6> waiting_;         ///< by urgency
  std::array<size_t, 6> passed_over_{};        ///< how many were more urgent since its last turn
};

} // namespace salond::rules
