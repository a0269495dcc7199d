// Better hashes of passwords that were right, by the outdated hash that each is to replace. Several logins at once may
// have had the same outdated hash. The first of them replaces it. The others know by this memory that the hash which
// stands there now is of the password that they proved, not of another that was set meanwhile. A plain object of the
// I/O thread.
#pragma once
#include "actors/rules/recent.hpp"
#include "protocol/words/ids.hpp"
#include <string>
#include <vector>

namespace salond::rules {

class better_hashes {
public:
  static constexpr size_t max_accounts = 4096; ///< beyond it, the account whose login is longest ago is forgotten
  static constexpr size_t max_of_one = 16;     ///< the first ones: the first that comes to the store stays there

  /// Keeps a better hash. REQUIRES: both hashes are of one password.
  void note(user_id account, const std::string& outdated, const std::string& better) {
    auto& known = accounts_.at(account);
    if (known.outdated != outdated)
      known = {outdated, {}};
    if (known.better.size() < max_of_one)
      known.better.push_back(better);
  }

  /// The hashes of the same password that may stand in the outdated one's place.
  std::vector<std::string> instead_of(user_id account, const std::string& outdated) {
    const auto* known = accounts_.find(account);
    return known && known->outdated == outdated ? known->better : std::vector<std::string>{};
  }

private:
  struct replaced {
    std::string outdated;
    std::vector<std::string> better;
  };
  recent<user_id, replaced> accounts_{max_accounts};
};

} // namespace salond::rules
