// What a client is handed piece by piece: what waited for its login, and histories. The session waits until the last
// piece is told; each piece is asked for when the client has room for it, so that what is held for a client that does
// not read is one piece, however much waits (docs/decisions/0014-handing-out.md).
#include "actors/ask_store.hpp"
#include "actors/connection.hpp"

namespace salond {

void connection::ask_if_read() {
  if (when_read_ && socket_ && has_room())
    ask(*std::exchange(when_read_, std::nullopt));
}

void connection::carry(rules::question::next_piece&) {
  if (history_)
    ask_history();
  else
    ask_backlog();
}

void connection::ask_backlog() {
  ask_store(
      this, house_->store, store_work::kind::read,
      [who = account, wanted = backlog.next()](persistence::store& db) {
        if (wanted.from)
          return db.private_messages_from(who, *wanted.from);
        return persistence::private_page{db.private_messages(who, wanted.which), {}};
      },
      [this](persistence::private_page& found) {
        auto piece = backlog.go_on(std::move(found.texts), std::move(found.later));
        answered(rules::answer::remembered{std::move(piece.events), piece.more});
        confirm_all(piece.decided);
      },
      [this](fault why) { answered(rules::answer::remembered{why}); });
}

/// Asks the store what members alone may read. The salon is asked first whether the user is one; it sees no text.
template <class Ask, class Then>
void connection::read_as_member(const desk& at, Ask ask, Then then) {
  const auto refuse = [this](fault why) {
    history_.reset();
    answered(rules::answer::remembered{why});
  };
  request(at.salon, caf::infinite, check_member{account})
      .then(
          [this, ask = std::move(ask), then = std::move(then), refuse](member_confirmed) mutable {
            ask_store(this, house_->store, store_work::kind::read, std::move(ask), std::move(then), refuse);
          },
          [refuse](caf::error& why) { refuse(fault_of(why)); });
}

void connection::carry(rules::question::history& what) {
  const auto* at = open_desk(what.salon);
  if (!at)
    return;
  read_as_member(
      *at,
      [id = at->record.id, count = static_cast<size_t>(what.count)](persistence::store& db) {
        return db.begin_history(id, count);
      },
      [this, salon = at->record](persistence::history_page& found) {
        history_ = history{salon, std::move(found.later)};
        tell_history(std::move(found.messages));
      });
}

/// As the first piece: who is no member any more gets nothing further.
void connection::ask_history() {
  const auto* at = house_->find(history_->salon.id);
  if (!at || !at->salon) {
    history_.reset();
    return answered(rules::answer::remembered{at && !at->archived ? fault::storage : fault::unknown_salon});
  }
  asked_salon_ = at->record.id;
  read_as_member(
      *at,
      [id = at->record.id, seqs = take_piece(history_->later)](persistence::store& db) {
        return db.messages_at(id, seqs);
      },
      [this](std::vector<chat_message>& found) { tell_history(std::move(found)); });
}

void connection::tell_history(std::vector<chat_message> messages) {
  asked_salon_ = {}; // it owes nothing while the client reads
  const auto& salon = history_->salon;
  std::vector<event::any> page;
  for (auto& old : messages)
    page.push_back(event::said{salon.id, salon.name, std::move(old.author), std::move(old.text), old.seq, old.at});
  const auto more = !history_->later.empty();
  if (!more)
    history_.reset();
  answered(rules::answer::remembered{std::move(page), more});
}

void connection::confirm_all(const std::vector<decided_request>& told) {
  for (const auto& decision : told)
    confirm(decision);
}

namespace {

/// Takes out those whose last byte is taken.
template <class What>
std::vector<What> take_until(std::vector<std::pair<uint64_t, What>>& from, uint64_t taken) {
  std::vector<What> result;
  auto end = from.begin();
  for (; end != from.end() && end->first <= taken; ++end)
    result.push_back(std::move(end->second));
  from.erase(from.begin(), end);
  return result;
}

} // namespace

/// What is written counts as delivered. A connection that broke has written nothing more.
void connection::confirm_taken() {
  if ((to_confirm_.empty() && decisions_to_confirm_.empty()) || !socket_ || socket_->broken())
    return;
  const auto taken = said_.taken(unsent());
  if (auto delivered = take_until(to_confirm_, taken); !delivered.empty())
    house_->delivered(std::move(delivered));
  if (auto told = take_until(decisions_to_confirm_, taken); !told.empty())
    house_->told_decisions(account, std::move(told));
}

} // namespace salond
