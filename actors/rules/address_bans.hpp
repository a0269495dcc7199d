// From where nobody is let in, and until when. The audience's memory; what holds after a restart is in the store.
#pragma once
#include "protocol/words/address_range.hpp"
#include "protocol/words/fault.hpp"
#include <map>
#include <optional>

namespace salond::rules {

class address_bans {
public:
  /// `until`: nothing means for good. In place of what there was of just this network.
  void put(const address_range& where, std::optional<moment> until) {
    if (out_.insert_or_assign(where, until).second)
      ++lengths_[where.bits()];
  }
  /// Of just this network, if there is one.
  void end(const address_range& where) {
    if (const auto found = out_.find(where); found != out_.end())
      remove(found);
  }
  /// Forgets those that are over.
  void sweep(moment now) {
    for (auto one = out_.begin(); one != out_.end();)
      one = one->second && *one->second <= now ? remove(one) : std::next(one);
  }

  /// banned (for good) or kicked (until a moment to come), if a client of this address is out. One look-up for each
  /// length that a banned network has, of which there are 113 at most.
  std::optional<fault> refuses(const address_range& client, moment now) const {
    std::optional<fault> result;
    const auto of_ipv4 = client.is_ipv4();
    for (const auto& [bits, count] : lengths_) {
      if (bits > client.bits() || (of_ipv4 && bits < address_range::ipv4_begins_at)) // an IPv6 network holds no IPv4
        continue;
      const auto found = out_.find(client.widened_to(bits));
      if (found == out_.end())
        continue;
      if (!found->second)
        return fault::banned;
      if (*found->second > now)
        result = fault::kicked;
    }
    return result;
  }

  bool empty() const { return out_.empty(); }
  size_t size() const { return out_.size(); }

private:
  using banned = std::map<address_range, std::optional<moment>>;
  banned::iterator remove(banned::iterator which) {
    const auto length = lengths_.find(which->first.bits());
    if (--length->second == 0)
      lengths_.erase(length);
    return out_.erase(which);
  }

  banned out_;
  std::map<uint8_t, size_t> lengths_; ///< by how many bits they are named, and how many there are of each
};

} // namespace salond::rules
