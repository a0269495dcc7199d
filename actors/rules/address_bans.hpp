// From where nobody is let in, and until when. The audience's memory; what holds after a restart is in the store.
#pragma once
#include "protocol/words/address_range.hpp"
#include "protocol/words/fault.hpp"
#include <map>
#include <optional>
#include <set>

namespace salond::rules {

class address_bans {
public:
  /// `until`: nothing means for good. In place of what there was of just this network.
  void put(const address_range& where, std::optional<moment> until) {
    out_.insert_or_assign(where, until);
    lengths_.insert(where.bits());
  }

  /// banned (for good) or kicked (until a moment to come), if a client of this address is out. One look-up for each
  /// length that a banned network has, of which there are 113 at most.
  std::optional<fault> refuses(const address_range& client, moment now) const {
    std::optional<fault> result;
    const auto of_ipv4 = client.is_ipv4();
    for (const auto bits : lengths_) {
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

private:
  std::map<address_range, std::optional<moment>> out_;
  std::set<uint8_t> lengths_; ///< by how many bits they are named
};

} // namespace salond::rules
