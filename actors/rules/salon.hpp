// One salon: its members, and the one order of its messages.
#pragma once
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"
#include <optional>
#include <unordered_set>
#include <vector>

namespace salond::rules {

class salon {
public:
  salon() = default;
  salon(salon_record stored, const std::vector<user_id>& members)
      : stored_(std::move(stored)), members_(members.begin(), members.end()) {}

  const salon_record& record() const { return stored_; }
  bool has(user_id who) const { return members_.count(who) != 0; }

  /// Why `who` may not post, read or leave; nothing: he may.
  std::optional<fault> refuses(user_id who) const {
    if (has(who))
      return std::nullopt;
    return fault::not_a_member;
  }

  /// The result of asking to join.
  enum class admission { member_already, member_now, on_request };
  admission asks_to_join(user_id who) const {
    if (has(who))
      return admission::member_already;
    return stored_.policy == policy::approval ? admission::on_request : admission::member_now;
  }

  void add(user_id who) { members_.insert(who); }
  void remove(user_id who) { members_.erase(who); }

  /// The members that came and that went.
  struct difference {
    std::vector<user_id> came, went;
  };
  /// These are its members from now on.
  difference replace(const std::vector<user_id>& now) {
    std::unordered_set<user_id> next(now.begin(), now.end());
    difference result;
    for (const auto who : next)
      if (!has(who))
        result.came.push_back(who);
    for (const auto who : members_)
      if (next.count(who) == 0)
        result.went.push_back(who);
    members_ = std::move(next);
    return result;
  }

  /// Its name, topic or policy changed; its numbering goes on.
  void change(const salon_record& now) {
    const auto seq = stored_.last_seq;
    stored_ = now;
    stored_.last_seq = seq;
  }

  /// The next order number. Each is given once; a post that is not stored leaves a gap.
  int64_t next_seq() { return ++stored_.last_seq; }

private:
  salon_record stored_;
  std::unordered_set<user_id> members_;
};

} // namespace salond::rules
