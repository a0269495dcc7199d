// In which order passwords are hashed when more come than there are threads for, and how many may wait. Decides only;
// the threads are work_threads'.
//
// - A login goes before everything else: first where its owner was before, then from an address that seldom fails, then
//   the rest. So an attack fills the end of the queue, not its front.
// - Passwords of new accounts (an import's, then registrations') are hashed when no login waits, and leave a thread to
//   logins where there is more than one.
// - Logins have one bound together. One that comes when they fill it takes the place of the last of the least urgent,
// if
//   that is less urgent than itself. Registrations have a bound of their own. Of an import two wait at most.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace salond::rules {

/// Whose password it is, the most urgent first.
enum class urgency : uint8_t {
  known,    ///< of an account at an address where its owner was, of a session that goes on, of an operator
  seldom,   ///< at an address that seldom fails
  other,    ///< of whoever else logs in
  import,   ///< of an account that an operator imports
  new_user, ///< of an account that somebody asks for
};

template <class Work>
class hash_queue {
public:
  /// At 40 ms a hash on one thread the last of them waits ten seconds, of the thirty that a client has.
  static constexpr size_t most_registrations = 256;

  /// `most_logins`: that wait; 0: no limit.
  hash_queue(size_t threads, size_t most_logins) : threads_(threads), most_logins_(most_logins) {}

  /// Answers what has no room, to be refused: `what` itself, or a login that it takes the place of.
  std::optional<Work> put(urgency how, Work what) {
    auto& mine = of(how);
    if (how == urgency::new_user && mine.size() >= most_registrations)
      return what;
    if (!makes_accounts(how) && most_logins_ != 0 && logins() >= most_logins_) {
      auto* last = &of(urgency::other);
      while (last->empty())
        --last; // there are logins
      if (last <= &mine)
        return what;
      auto refused = std::move(last->back());
      last->pop_back();
      mine.push_back(std::move(what));
      return refused;
    }
    mine.push_back(std::move(what));
    return std::nullopt;
  }

  /// The next one to be hashed, if a thread may have it; over() tells when it is done.
  std::optional<std::pair<urgency, Work>> take() {
    for (size_t at = 0; at < waiting_.size(); ++at) {
      const auto how = static_cast<urgency>(at);
      if (waiting_[at].empty() || (makes_accounts(how) && making_accounts_ >= most_making_accounts()))
        continue;
      auto next = std::move(waiting_[at].front());
      waiting_[at].pop_front();
      making_accounts_ += makes_accounts(how) ? 1 : 0;
      return std::pair{how, std::move(next)};
    }
    return std::nullopt;
  }
  void over(urgency how) { making_accounts_ -= makes_accounts(how) ? 1 : 0; }

private:
  static bool makes_accounts(urgency how) { return how >= urgency::import; }
  size_t most_making_accounts() const { return std::max<size_t>(threads_, 2) - 1; }
  std::deque<Work>& of(urgency how) { return waiting_[static_cast<size_t>(how)]; }
  size_t logins() const { return waiting_[0].size() + waiting_[1].size() + waiting_[2].size(); }

  size_t threads_, most_logins_, making_accounts_ = 0;
  std::array<std::deque<Work>, 5> waiting_; ///< by urgency
};

} // namespace salond::rules
