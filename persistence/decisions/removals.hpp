// Who is put out of the server, for a time or for good, from where nobody is let in, and who is forgotten. Each
// decision writes its line in the audit log, a refused one as well.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/address_range.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// Nobody kicks or bans himself (the decision's account) or the last administrator, and no moderator ends a kick that
/// lasts longer: not_allowed. unknown_user, already_banned.
outcome<removed_user> kick(const writing& db, const std::string& target_key, moment until, const decision& why);
/// The account, its memberships, requests, tokens and messages are deleted, the username stays refused. not_allowed, also
/// where the decision's account is no administrator's any more; unknown_user, already_banned.
outcome<removed_user> ban(const writing& db, const std::string& target_key, const decision& why);
/// A name that no account has is refused for good. already_banned; name_taken: an account has it.
outcome<done> ban_name(const writing& db, const std::string& name, const decision& why);
/// Ends a ban or a kick. unknown_user when there is none.
outcome<done> unban(const writing& db, const std::string& target_key, const decision& why);
/// Nobody is let in from there any more, for good when there is no `until`; in place of a ban of just this address or
/// network. busy: ban_store::max_addresses are out.
outcome<done> ban_address(const writing& db, const address_range& where, std::optional<moment> until,
                          const decision& why);
/// What an unban ended.
struct let_in {
  std::optional<address_range> where; ///< none: it was that of a name
};
/// As unban().
outcome<let_in> unban_name(const writing& db, const std::string& name, const decision& why);
/// Ends the ban of an address or a network, where `target` is one that is out; else a ban or a kick, as unban().
outcome<let_in> unban_any(const writing& db, const std::string& target, const decision& why);
/// Deletes the account and all that hangs on it, as a ban does, and a kick and what waits under the name besides; the
/// name is free. The audit log keeps it. Nobody erases himself or the last administrator: not_allowed. unknown_user.
outcome<erased_user> erase(const writing& db, const std::string& target_key, const decision& why);

} // namespace salond::persistence::decisions
