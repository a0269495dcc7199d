// Who is out, for a time (a kick) or for good (a ban), and from where nobody is let in.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/address_range.hpp"

namespace salond::persistence {

class ban_store {
public:
  virtual ~ban_store() = default;

  /// All that are out at `now`.
  virtual std::vector<salond::ban> all(moment now) const = 0;
  virtual bool is_for_good(const std::string& username_key) const = 0;
  /// The one under a key, if that is out at `now`.
  virtual std::optional<salond::ban> of(const std::string& username_key, moment now) const = 0;

  /// In place of what there was; for good when there is no `until`.
  virtual void put(const user& target, std::optional<moment> until, const decision& why) = 0;
  /// What there is under a key goes on under another name.
  virtual void put_name(const std::string& username_key, const std::string& new_username) = 0;
  virtual void end(const std::string& username_key) = 0;
  /// Kicks that are over at `now` go.
  virtual void forget_kicks(moment now) = 0;

  // --- addresses and networks ---
  /// So many may be out at once.
  static constexpr size_t max_addresses = 10000;
  /// All that are out at `now`, by what they are called.
  virtual std::vector<address_ban> addresses(moment now) const = 0;
  virtual size_t count_addresses(moment now) const = 0;
  /// Whether just this one is; not whether one is that holds it.
  virtual bool is_out(const address_range& where, moment now) const = 0;

  /// In place of what there was; for good when there is no `until`.
  virtual void put(const address_range& where, std::optional<moment> until, const decision& why) = 0;
  virtual void end(const address_range& where) = 0;
  /// Those that are over at `now` go.
  virtual void forget_addresses(moment now) = 0;
};

} // namespace salond::persistence
