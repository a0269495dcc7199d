// Better hashes of passwords that were right, by the outdated hash that each is to replace. Of several logins at once
// that had the same outdated hash the first replaces it; the others know by this memory that the hash which stands
// there now is of the password that they proved, and no other that was set meanwhile. A plain object of the I/O thread.
#pragma once
#include "actors/rules/recent.hpp"
#include "protocol/words/ids.hpp"
#include <string>
#include <vector>

namespace salond::rules {

class better_hashes {
public:
  static constexpr size_t most_accounts = 4096; ///< whose logins are longest ago are forgotten: they try again
  static constexpr size_t most_of_one = 16;     ///< the first ones: the first that comes to the store stays there

  /// Both are of one password.
  void note(user_id who, const std::string& outdated, const std::string& better) {
    auto& mine = accounts_.at(who);
    if (mine.outdated != outdated)
      mine = {outdated, {}};
    if (mine.better.size() < most_of_one)
      mine.better.push_back(better);
  }

  /// What may stand in the place of a hash, of the same password.
  std::vector<std::string> instead_of(user_id who, const std::string& outdated) {
    const auto* mine = accounts_.find(who);
    return mine && mine->outdated == outdated ? mine->better : std::vector<std::string>{};
  }

private:
  struct replaced {
    std::string outdated;
    std::vector<std::string> better;
  };
  recent<user_id, replaced> accounts_{most_accounts};
};

} // namespace salond::rules
