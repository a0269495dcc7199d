// The users who are out, and until when. The registry's memory; the store keeps what holds after a restart.
#pragma once
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"
#include <optional>
#include <string>
#include <unordered_map>

namespace salond::rules {

class bans {
public:
  bans() = default;
  explicit bans(const std::vector<ban>& stored) {
    for (const auto& ban : stored)
      add(ban.key, ban.until);
  }

  /// banned (for good) or kicked (until a moment to come), if the name is out.
  std::optional<fault> refuses(const std::string& key, moment now) const {
    const auto found = out_.find(key);
    if (found == out_.end())
      return std::nullopt;
    if (!found->second)
      return fault::banned;
    if (*found->second > now)
      return fault::kicked;
    return std::nullopt;
  }

  /// `until`: nothing means for good. A kick does not shorten a ban.
  void add(const std::string& key, std::optional<moment> until) {
    auto [place, fresh] = out_.emplace(key, until);
    if (!fresh && place->second)
      place->second = until;
  }
  void remove(const std::string& key) { out_.erase(key); }

  /// Forgets the kicks that are over.
  void sweep(moment now) {
    for (auto entry = out_.begin(); entry != out_.end();)
      entry = entry->second && *entry->second <= now ? out_.erase(entry) : std::next(entry);
  }
  size_t size() const { return out_.size(); }

private:
  std::unordered_map<std::string, std::optional<moment>> out_;
};

} // namespace salond::rules
