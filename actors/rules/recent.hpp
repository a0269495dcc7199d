// A memory that strangers can fill and not overfill: the values of the keys that were used lately.
#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace salond::rules {

/// At its bound the key that was used longest ago is forgotten, with its value.
template <class Key, class Value>
class recent {
public:
  /// `max`: at least 1.
  explicit recent(std::size_t max) : max_(max) {}
  recent(recent&&) = default; // a copy's places would be the other's

  /// The key's value, made if there is none; the key counts as used now. Valid until the next at().
  Value& at(const Key& key) {
    if (auto* known = find(key))
      return *known;
    if (places_.size() >= max_) {
      places_.erase(std::cref(by_use_.back().first));
      by_use_.pop_back();
    }
    by_use_.emplace_front(key, Value{});
    places_.emplace(std::cref(by_use_.front().first), by_use_.begin());
    return by_use_.front().second;
  }

  /// The same; null if there is none.
  Value* find(const Key& key) {
    const auto place = places_.find(std::cref(key));
    if (place == places_.end())
      return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, place->second);
    return &place->second->second;
  }

  void forget(const Key& key) {
    const auto place = places_.find(std::cref(key));
    if (place == places_.end())
      return;
    const auto entry = place->second;
    places_.erase(place);
    by_use_.erase(entry);
  }

  /// Forgets the keys for whose value `gone(value)` is true.
  template <class Gone>
  void forget_if(Gone gone) {
    for (auto entry = by_use_.begin(); entry != by_use_.end();) {
      if (!gone(entry->second)) {
        ++entry;
        continue;
      }
      places_.erase(std::cref(entry->first));
      entry = by_use_.erase(entry);
    }
  }

  std::size_t size() const { return places_.size(); }
  bool full() const { return places_.size() >= max_; }
  /// The key that would be forgotten next. REQUIRES: not empty.
  const std::pair<Key, Value>& oldest() const { return by_use_.back(); }

private:
  using entries = std::list<std::pair<Key, Value>>;

  std::size_t max_;
  entries by_use_; ///< used last first
  /// By the keys in there, which are kept once.
  std::unordered_map<std::reference_wrapper<const Key>, typename entries::iterator, std::hash<Key>, std::equal_to<Key>>
      places_;
};

} // namespace salond::rules
