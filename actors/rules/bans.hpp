// Who is out until when. The registry's memory; what holds after a restart is in the store.
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
    for (const auto& one : stored)
      add(one.key, one.until);
  }

  /// banned (for good) or kicked (until a moment to come), if so.
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
    for (auto one = out_.begin(); one != out_.end();)
      one = one->second && *one->second <= now ? out_.erase(one) : std::next(one);
  }
  size_t size() const { return out_.size(); }

private:
  std::unordered_map<std::string, std::optional<moment>> out_;
};

} // namespace salond::rules
