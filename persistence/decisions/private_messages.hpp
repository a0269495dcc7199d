// Which private messages are taken: what may wait for a user has a bound, and every author leaves room for the next.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// What may wait for a user: so many, and 4 MiB; of one author so many, and as bytes_left_for() says. An empty mailbox
/// takes any one text, however long, and counts it as private_message_store::max_bytes_of_one at most.
constexpr int64_t max_waiting = 1000, max_waiting_of_one = 100;
/// What one author may have waiting in a mailbox in which `others` bytes wait of everybody else. An eighth of what is
/// free: so each author leaves room for the next, and no number of them fills it.
int64_t bytes_left_for(int64_t others);

/// unknown_user; mailbox_full: as above.
outcome<stored_private> store_private(const writing& db, user_id author, const std::string& target_key,
                                      const std::string& text, moment now);

} // namespace salond::persistence::decisions
