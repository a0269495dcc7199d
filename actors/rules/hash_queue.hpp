// In which order passwords are hashed when more come than there are threads for, and how many may wait. Decides only;
// the threads are work_threads'.
//
// - A login goes before everything else: first where its owner was before, then from an address that seldom fails, then
//   the rest. So an attack fills the end of the queue, not its front. Among those that are equally urgent addresses
//   take turns, so that who comes with many at once holds up others by one. And whatever waits has a turn after eight
//   that were more urgent: right passwords cost nobody anything, and their flood must not keep all others out.
// - Passwords of new accounts (an import's, then registrations') are hashed when no login waits, and leave a thread to
//   logins where there is more than one. So do, behind them, logins of an account that somebody attacks from where its
//   owner was, one at a time: the attack has what nobody else needs of one thread.
// - Logins have one bound together. One that comes when they fill it takes the place of the last of the least urgent,
//   if that is less urgent than itself; but an eighth of the room is each urgency's own. Registrations have a bound of
//   their own, and so have contested logins. Of an import two wait at most. At each bound an address that has less
//   waiting takes the place of the last of the address that has most.
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

/// Whose password it is, the most urgent first.
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
  static constexpr size_t most_registrations = 256;
  static constexpr size_t most_contested = 128; ///< five seconds
  static constexpr size_t most_before_a_turn = 8;

  /// `most_logins`: that wait; 0: no limit.
  hash_queue(size_t threads, size_t most_logins) : threads_(threads), most_logins_(most_logins) {}

  /// Answers what has no room, to be refused: `what` itself, or another that it takes the place of. `from`: whose turn
  /// it uses, an address; empty: none, as of an operator.
  std::optional<Work> put(urgency how, Work what, const std::string& from = {}) {
    std::optional<Work> refused;
    if (is_full(how)) {
      auto* from_which = makes_room(how, from);
      if (!from_which)
        return what;
      refused = from_which->pop_last();
    }
    of(how).push(from, std::move(what));
    return refused;
  }

  /// The next one to be hashed, if a thread may have it; over() tells when it is done.
  std::optional<std::pair<urgency, Work>> take() {
    const auto at = whose_turn();
    if (!at)
      return std::nullopt;
    const auto how = static_cast<urgency>(*at);
    for (auto behind = *at + 1; behind < waiting_.size(); ++behind)
      passed_over_[behind] += waiting_[behind].empty() ? 0 : 1;
    passed_over_[*at] = 0;
    auto next = waiting_[*at].pop();
    leaving_ += leaves_a_thread(how) ? 1 : 0;
    contested_ = contested_ || how == urgency::contested;
    return std::pair{how, std::move(next)};
  }
  /// Takes out those that wait and of which `unwanted` is true.
  template <class Unwanted>
  std::vector<Work> take_out(Unwanted unwanted) {
    std::vector<Work> result;
    for (auto& each : waiting_)
      each.take_out(result, unwanted);
    return result;
  }
  void over(urgency how) {
    leaving_ -= leaves_a_thread(how) ? 1 : 0;
    contested_ = contested_ && how != urgency::contested;
  }

private:
  static bool leaves_a_thread(urgency how) { return how >= urgency::import; }
  size_t most_leaving() const { return std::max<size_t>(threads_, 2) - 1; }
  bool may_begin(urgency how) const {
    if (how == urgency::contested && contested_)
      return false; // on one thread: how many passwords strangers can try does not grow with the machine
    return !leaves_a_thread(how) || leaving_ < most_leaving();
  }
  /// Of the most urgent that may begin, but for one that has waited for its turn.
  std::optional<size_t> whose_turn() const {
    std::optional<size_t> first;
    for (size_t at = 0; at < waiting_.size(); ++at) {
      if (waiting_[at].empty() || !may_begin(static_cast<urgency>(at)))
        continue;
      if (passed_over_[at] >= most_before_a_turn)
        return at;
      first = first.value_or(at);
    }
    return first;
  }
  turns<Work>& of(urgency how) { return waiting_[static_cast<size_t>(how)]; }
  bool is_full(urgency how) const {
    switch (how) {
    case urgency::known:
    case urgency::seldom:
    case urgency::other: return most_logins_ != 0 && logins() >= most_logins_;
    case urgency::import: return false;
    case urgency::new_user: return waiting_[static_cast<size_t>(how)].size() >= most_registrations;
    case urgency::contested: break;
    }
    return waiting_[static_cast<size_t>(how)].size() >= most_contested;
  }
  /// Of which the last one goes for one more that is so urgent; null: of none. REQUIRES: is_full(how).
  turns<Work>* makes_room(urgency how, const std::string& from) {
    auto& mine = of(how);
    if (!leaves_a_thread(how)) {
      const auto share = most_logins_ / 8;
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

  size_t threads_, most_logins_, leaving_ = 0; ///< hashed now, of what leaves a thread
  bool contested_ = false;                     ///< whether one of these is
  std::array<turns<Work>, 6> waiting_;         ///< by urgency
  std::array<size_t, 6> passed_over_{};        ///< how many were more urgent since its last turn
};

} // namespace salond::rules
