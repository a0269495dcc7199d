// Limits that hold for all nodes of a cluster together: what was used up here, to be told to the others each second,
// and how much of it may be used here before they know.
//
// Each node counts what the others tell as if it had been used here. What nobody knows of yet counts for what others
// may have used in the same second, so that all nodes together let no more than twice the limit pass at once; one use a
// second is always allowed. What is not told, since a frame is lost or there is too much of it, only makes the limit
// weaker.
#pragma once
#include "actors/rules/cluster/usage.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace salond::rules {

/// Which limit: as a node tells it, so a number is never given to another one.
enum class shared_limit : int64_t {
  login_address = 1, ///< wrong passwords from an address
  login_account = 2, ///< for an account
  login_seldom = 3,  ///< from an address, of those that seldom fail
  login_owners = 4,  ///< from an address, for accounts whose owners were there
  login_known = 5,   ///< the same, for one account: the address, a blank, the account
  messages = 6,      ///< of a user: his number
  registrations = 7  ///< from an address, perhaps from none
};

using cluster::usage;

class shared_use {
public:
  /// As many are told of in a second; of what comes then nobody is.
  static constexpr size_t max_told = 1024;

  /// So many other nodes serve.
  void set_others(size_t count) {
    others_ = count;
    if (count == 0)
      untold_.clear();
  }
  size_t others() const { return others_; }

  void add(shared_limit which, const std::string& whose, int64_t count) {
    if (others_ == 0)
      return;
    const auto known = untold_.find({which, whose});
    if (known != untold_.end())
      known->second += count;
    else if (untold_.size() < max_told)
      untold_.emplace(std::pair{which, whose}, count);
  }

  /// How much others may have used of it in the same second, where so much is used here and told to nobody: `in_trial`
  /// beside what was add()ed.
  double reserve(shared_limit which, const std::string& whose, size_t in_trial) const {
    const auto known = untold_.find({which, whose});
    return reserve_beside(static_cast<int64_t>(in_trial)
                          + (known == untold_.end() ? 0 : std::max<int64_t>(known->second, 0)));
  }
  /// The same of a limit that holds for all together, whoever uses it.
  double reserve_of_all(shared_limit which) const {
    int64_t used = 0;
    for (auto each = untold_.lower_bound({which, {}}); each != untold_.end() && each->first.first == which; ++each)
      used += std::max<int64_t>(each->second, 0);
    return reserve_beside(used);
  }
  /// What each further use costs, with that reserve.
  double cost_of_one() const { return 1 + beyond_two(); }

  /// All that was used up since.
  std::vector<usage> take() {
    std::vector<usage> all;
    for (const auto& [key, count] : std::exchange(untold_, {}))
      if (count != 0)
        all.push_back({static_cast<int64_t>(key.first), key.second, count});
    return all;
  }

private:
  /// Of two nodes each may have all of it.
  double beyond_two() const { return others_ < 2 ? 0 : static_cast<double>(others_ + 1) / 2 - 1; }
  double reserve_beside(int64_t used) const { return used == 0 ? 0 : beyond_two() * static_cast<double>(used + 1); }

  size_t others_ = 0;
  std::map<std::pair<shared_limit, std::string>, int64_t> untold_;
};

} // namespace salond::rules
