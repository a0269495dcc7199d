#include "persistence/decisions/private_messages.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/private_messages.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
namespace {

/// Whether a mailbox has no room for `size` bytes more of the author.
bool is_full(const mailbox& box, int64_t size) {
  if (box.count >= max_waiting || box.own_count >= max_waiting_of_one)
    return true;
  return box.count != 0 && box.own_bytes + size > bytes_left_for(box.bytes - box.own_bytes);
}

} // namespace

int64_t bytes_left_for(int64_t others) {
  constexpr int64_t max_bytes = 4 << 20;
  return std::min((max_bytes - others) / 8, private_message_store::max_bytes_of_one);
}

outcome<stored_private> store_private(const writing& db, user_id author, const std::string& target_key,
                                      const std::string& text, moment now) {
  if (!db.accounts.exists(author))
    return fault::unknown_user;
  const auto has_no_room = [size = static_cast<int64_t>(text.size())](const mailbox& box) {
    return is_full(box, size);
  };
  auto box = db.private_messages.mailbox_of(target_key, author, has_no_room);
  if (!box)
    return fault::unknown_user;
  if (has_no_room(*box))
    return fault::mailbox_full;
  const auto made = db.private_messages.insert(author, box->of, text, now);
  return stored_private{made, box->of, std::move(box->username), std::move(box->runs), std::move(box->author_runs)};
}

} // namespace salond::persistence::decisions
