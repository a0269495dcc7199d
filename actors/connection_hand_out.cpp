// What a client is handed piece by piece: what waited for its login, histories, what a search found, who is connected.
// The session waits until the last piece is told; each piece is asked for when the client has room for it, so that what
// is held for a client that does not read is one piece, however much waits (docs/decisions/0014-handing-out.md).
#include "actors/ask_store.hpp"
#include "actors/connection.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "protocol/commands/client_commands.hpp"
#include <algorithm>
#include <limits>

namespace salond {
namespace {

// What another connection was told is marked within these looks: also where the database was away, and was reached by
// that one's node a second or two later than by this one.
constexpr auto between_looks = std::chrono::milliseconds{400};
constexpr int max_looks = 8;

/// As much as it took of what a whole part takes.
double cost_of(const persistence::searched_part& part) {
  constexpr auto whole = static_cast<double>(persistence::message_store::max_looked_through);
  return client_costs::searched_part * static_cast<double>(part.looked_at) / whole;
}

} // namespace

void connection::ask_if_read() {
  if (when_read_ && socket_ && outlet_.has_room() && !inlet_.held(now()))
    ask(std::move(*std::exchange(when_read_, nullptr)));
}

/// Asks for the next piece once its cost is paid.
void connection::ask_when_paid(double cost) {
  const auto wait = inlet_.charge(cost, now());
  if (wait == instant::duration{0})
    return std::visit([this](auto& state) { ask_next(state); }, handed_out_);
  ask_later(wait);
}

void connection::ask_later(instant::duration wait) {
  when_read_ = std::make_unique<rules::question::any>(rules::question::next_piece{});
  wake_up(inlet_.hold(wait, now()));
}

void connection::carry(rules::question::next_piece&) {
  std::visit([this](auto& state) { ask_next(state); }, handed_out_);
}

void connection::ask_next(std::monostate&) {
  read_store(
      this, audience_->store,
      [user = account(), ids = backlog.next()](const persistence::reading& db) {
        return db.private_messages.at(user, ids);
      },
      [this](const std::vector<private_message>& found) {
        auto piece = backlog.go_on(found);
        answer<rules::question::next_piece>({std::move(piece.events), piece.more}, piece.decided);
      },
      [this](fault why) { answer<rules::question::next_piece>({why}); });
}

// --- what waited, where another connection may have been told it ---

/// Begins with nothing.
rules::backlog::piece connection::hand_out_later(const std::string& username, std::vector<decided_request>&& decided) {
  handed_out_ = mail_of{username, std::move(decided), max_looks};
  wake_up(inlet_.hold(between_looks, now()));
  return {{}, {}, true};
}

/// Behind what this node has marked. Nobody is closed because the database is away meanwhile.
void connection::ask_next(mail_of&) {
  write_store(
      this, audience_->store,
      [who = account()](const persistence::writing& db) { return db.private_messages.waiting_for(who); },
      [this](persistence::private_page& found) { take_mail(found); }, [this](fault) { look_again(); });
}

void connection::look_again() {
  if (!outlet_.open())
    return;
  ask_later(between_looks);
}

void connection::take_mail(persistence::private_page& found) {
  auto& state = std::get<mail_of>(handed_out_);
  if (!found.texts.empty() && --state.looks_left > 0)
    return look_again();
  auto piece = backlog.begin(state.username, std::move(found.texts), std::move(found.later), std::move(state.decided));
  handed_out_ = std::monostate{};
  answer<rules::question::next_piece>({std::move(piece.events), piece.more}, piece.decided);
}

/// Nothing of it is handed out any more, and the session is answered so.
void connection::hand_out_no_more(fault why) {
  handed_out_ = std::monostate{};
  answer<rules::question::next_piece>({why});
}

/// Whether the salon is there and open: it owes an answer from now on. Else answers the session that it is not.
bool connection::serves(const local_salon& salon) {
  if (!salon.actor || salon.archived) { // its actor stays until what it had taken is stored
    hand_out_no_more(salon.archived ? fault::unknown_salon : fault::storage);
    return false;
  }
  owed_by_ = salon.record.id;
  return true;
}

/// Asks the store what members alone may read. Asks the salon first whether the user is one; it sees no text.
template <class Ask, class Then>
void connection::read_as_member(const local_salon& salon, Ask ask, Then then) {
  const auto refuse = [this](fault why) { hand_out_no_more(why); };
  request(salon.actor, caf::infinite, check_member{account()})
      .then(
          [this, ask = std::move(ask), then = std::move(then), refuse](member_confirmed) mutable {
            read_store(this, audience_->store, std::move(ask), std::move(then), refuse);
          },
          [refuse](caf::error& why) { refuse(fault_of(why)); });
}

// --- messages of a salon ---

void connection::carry(command::history& question) {
  const auto salon = open_salon(question.salon);
  if (!salon)
    return answer<command::history>({salon.why()});
  read_as_member(
      **salon,
      [id = (*salon)->record.id, count = static_cast<size_t>(question.count)](const persistence::reading& db) {
        return db.messages.begin_history(id, count);
      },
      [this, salon = *salon](persistence::history_page& found) {
        handed_out_ = messages_of{salon, std::move(found.later)};
        tell_messages(std::move(found.messages));
      });
}

/// Like the first piece: a user who is no member any more gets nothing further.
void connection::ask_next(messages_of& state) {
  if (!serves(*state.salon))
    return;
  read_as_member(
      *state.salon,
      [id = state.salon->record.id, seqs = take_piece(state.later)](const persistence::reading& db) {
        return db.messages.at(id, seqs);
      },
      [this](std::vector<chat_message>& found) { tell_messages(std::move(found)); });
}

void connection::tell_messages(std::vector<chat_message> messages) {
  owed_by_ = std::monostate{}; // it owes nothing while the client reads
  const auto& state = std::get<messages_of>(handed_out_);
  const auto& salon = state.salon->record;
  std::vector<event::any> page;
  for (auto& old : messages)
    page.push_back(event::said{salon.id, salon.name, std::move(old.author), std::move(old.text), old.seq, old.at});
  const auto more = !state.later.empty();
  if (!more)
    handed_out_ = std::monostate{};
  answer<rules::question::next_piece>({std::move(page), more});
}

// --- a search: part by part, each paid for and a question of its own, so that others have their turns ---

void connection::carry(command::search& question) {
  const auto salon = open_salon(question.salon);
  if (!salon)
    return answer<command::search>({salon.why()});
  handed_out_ = search_of{*salon, std::move(question.text), std::numeric_limits<int64_t>::max(), {}};
  ask_next(std::get<search_of>(handed_out_)); // its part is paid for with the command
}

void connection::ask_next(search_of& state) {
  if (!serves(*state.salon))
    return;
  read_as_member(
      *state.salon,
      [id = state.salon->record.id, text = state.text, before = state.before,
       wanted = command::search::max_found - state.found.size()](const persistence::reading& db) {
        return db.messages.look_through(id, text, before, wanted);
      },
      [this](persistence::searched_part& found) { take_found(found); });
}

void connection::take_found(persistence::searched_part& part) {
  owed_by_ = std::monostate{};
  if (!outlet_.open())
    return;
  auto& state = std::get<search_of>(handed_out_);
  state.found.insert(state.found.end(), part.found.begin(), part.found.end());
  state.before = part.before;
  if (state.before != 0 && state.found.size() < command::search::max_found)
    return ask_when_paid(cost_of(part));
  if (state.found.empty())
    return tell_nothing_found(state.salon->record.name);
  std::reverse(state.found.begin(), state.found.end());
  handed_out_ = messages_of{state.salon, std::move(state.found)};
  ask_next(std::get<messages_of>(handed_out_));
}

void connection::tell_nothing_found(const std::string& salon) {
  std::vector<event::any> page{event::nothing_found{salon}};
  handed_out_ = std::monostate{};
  answer<rules::question::next_piece>({std::move(page)});
}

// --- who is connected ---

void connection::carry(command::who& question) {
  const auto salon = open_salon(question.salon);
  if (!salon)
    return answer<command::who>({salon.why()});
  handed_out_ = members_of{*salon, {}};
  ask_when_paid(client_costs::named * static_cast<double>((*salon)->subscribers.size()));
}

void connection::ask_next(members_of& state) {
  if (!serves(*state.salon))
    return;
  request(state.salon->actor, caf::infinite, list_members{account(), state.after_key})
      .then([this](users_named& found) { tell_members(found.found); },
            [this](caf::error& why) { hand_out_no_more(fault_of(why)); });
}

void connection::tell_members(rules::presence::named& members) {
  owed_by_ = std::monostate{};
  auto& state = std::get<members_of>(handed_out_);
  const auto& salon = state.salon->record;
  std::vector<event::any> page;
  if (!members.usernames.empty())
    page.push_back(event::members_connected{salon.id, salon.name, std::move(members.usernames)});
  const auto more = !members.last_key.empty();
  if (more)
    state.after_key = std::move(members.last_key);
  else
    handed_out_ = std::monostate{};
  answer<rules::question::next_piece>({std::move(page), more});
}

} // namespace salond
