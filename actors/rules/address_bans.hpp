// The networks from which nobody is let in, and until when. The audience's memory; the store keeps what holds after a
// restart.
#pragma once
#include "protocol/words/address_range.hpp"
#include "protocol/words/fault.hpp"
#include <map>
#include <optional>

namespace salond::rules {

class address_bans {
public:
  /// `until`: nothing means for good. Replaces the ban of just this network, if there is one.
  void put(const address_range& network, std::optional<moment> until) {
    if (out_.insert_or_assign(network, until).second)
      ++lengths_[network.bits()];
  }
  /// Ends the ban of just this network, if there is one.
  void end(const address_range& network) {
    if (const auto found = out_.find(network); found != out_.end())
      remove(found);
  }
  /// Forgets the bans that are over.
  void sweep(moment now) {
    for (auto entry = out_.begin(); entry != out_.end();)
      entry = entry->second && *entry->second <= now ? remove(entry) : std::next(entry);
  }

  /// banned (for good) or kicked (until a moment to come), if a client of this address is out. It costs one look-up for
  /// each length that a banned network has. There are 113 lengths at most.
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
  banned::iterator remove(banned::iterator entry) {
    const auto length = lengths_.find(entry->first.bits());
    if (--length->second == 0)
      lengths_.erase(length);
    return out_.erase(entry);
  }

  banned out_;
  std::map<uint8_t, size_t> lengths_; ///< how many banned networks have a length, by that length in bits
};

} // namespace salond::rules
