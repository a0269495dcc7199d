#include "actors/mail.hpp"
#include "actors/ask_store.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/private_messages.hpp"
#include <algorithm>
#include <map>

namespace salond {
namespace {

// The store answers late or never while the database is away. Logins elsewhere wait for marks.
constexpr auto pause = std::chrono::seconds{1};
constexpr auto pause_of_marks = std::chrono::milliseconds{500};
// What was marked since then may have been told elsewhere alone: longer than two nodes serve without a link (15 s), and
// than their clocks may differ.
constexpr auto lost_for = std::chrono::minutes{1};

/// All that waits for a user, oldest first: as much as a mailbox holds.
std::vector<private_message> waiting_mail_of(const persistence::reading& db, user_id who) {
  auto page = db.private_messages.waiting_for(who);
  auto result = std::move(page.texts);
  while (!page.later.empty()) {
    std::vector<private_id> which;
    for (const auto number : take_piece(page.later))
      which.push_back(private_id{number});
    for (auto& message : db.private_messages.at(who, which))
      result.push_back(std::move(message));
  }
  return result;
}

/// Those of whom something waits, and what was told elsewhere.
struct mail_found {
  std::vector<user_id> waits;
  std::vector<persistence::marked_private> marked;
};

/// What is told each of them.
using missed_mail = std::map<user_id, std::vector<private_id>>;

mail_found look_in_store(const persistence::writing& db, const std::vector<user_id>& whose, moment since) {
  return {db.private_messages.with_mail(whose), db.private_messages.marked_since(whose, since)};
}

/// Of whom something waits, or who misses something on one of his connections.
missed_mail missed_by(const audience& clients, const mail_found& found) {
  missed_mail marked, result;
  for (const auto& message : found.marked)
    marked[message.target].push_back(message.id);
  for (auto& [who, which] : marked)
    if (auto lacking = clients.users.lacking(who, std::move(which)); !lacking.empty())
      result[who] = std::move(lacking);
  for (const auto who : found.waits)
    result[who];
  return result;
}

/// What waits for a user, and what he misses, oldest first.
std::vector<private_message> mail_of(const persistence::writing& db, user_id who,
                                     const std::vector<private_id>& missed) {
  auto result = waiting_mail_of(db, who);
  for (const auto which : missed)
    for (auto& message : db.private_messages.at(who, {which}))
      result.push_back(std::move(message));
  const auto older = [](const private_message& a, const private_message& b) { return a.id < b.id; };
  std::sort(result.begin(), result.end(), older);
  return result;
}

void mail_round(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients);

/// These were not served.
void pause_round(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients,
                 const std::vector<user_id>& whose) {
  clients->looks_for_mail.failed(self->clock().now() + pause);
  self->delayed_send(self, pause, look_for_mail{whose});
}

std::vector<user_id> keys_of(const missed_mail& of) {
  std::vector<user_id> result;
  for (const auto& person : of)
    result.push_back(person.first);
  return result;
}

/// One user after the other. Behind what was marked as delivered so far: what is told and not marked yet, each
/// connection knows.
void tell_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients,
               const std::shared_ptr<missed_mail>& whose) {
  if (whose->empty()) {
    if (clients->looks_for_mail.over())
      mail_round(self, clients);
    return;
  }
  const auto& [who, missed] = *whose->begin();
  write_store(
      self, clients->store,
      [who = who, missed = missed](const persistence::writing& db) { return mail_of(db, who, missed); },
      [self, clients, whose](const std::vector<private_message>& found) {
        const auto& [who, missed] = *whose->begin();
        for (const auto& stored : found) {
          const event::said_privately message{stored.id, stored.author, stored.text, stored.at};
          if (std::binary_search(missed.begin(), missed.end(), stored.id))
            clients->users.tell_missed(who, message);
          else // to oneself: the author's other connections are not told again
            clients->users.tell_privately(who, who, {}, message);
        }
        whose->erase(whose->begin());
        tell_mail(self, clients, whose);
      },
      [self, clients, whose](fault) { pause_round(self, clients, keys_of(*whose)); });
}

/// One at a time, whoever asks for one meanwhile.
void mail_round(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients) {
  const auto wanted = clients->looks_for_mail.take();
  auto whose = wanted.empty() ? clients->users.all() : wanted;
  const auto away = [&](user_id user) { return !clients->users.has(user); };
  whose.erase(std::remove_if(whose.begin(), whose.end(), away), whose.end());
  if (whose.empty())
    return tell_mail(self, clients, std::make_shared<missed_mail>());
  write_store(
      self, clients->store,
      [whose, since = wall_clock() - lost_for](const persistence::writing& db) {
        return look_in_store(db, whose, since);
      },
      [self, clients](const mail_found& found) {
        tell_mail(self, clients, std::make_shared<missed_mail>(missed_by(*clients, found)));
      },
      [self, clients, wanted](fault) { pause_round(self, clients, wanted); });
}

void news_round(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients) {
  const auto whose = clients->tells_of_mail.take();
  write_store(
      self, clients->store,
      [whose](const persistence::writing& db) {
        for (const auto user : whose)
          db.private_messages.tell_elsewhere(user);
        return done{};
      },
      [self, clients](done) {
        if (clients->tells_of_mail.over())
          news_round(self, clients);
      },
      [self, clients, whose](fault) {
        clients->tells_of_mail.failed(self->clock().now() + pause);
        for (const auto user : whose)
          self->delayed_send(self, pause, tell_of_mail{user});
      });
}

/// `refused`: whether the database has something against it, and would not take it another time either.
void mark_in(const persistence::writing& db, const std::vector<private_id>& which, bool& refused) {
  refused = false;
  try {
    db.private_messages.mark_delivered(which, wall_clock());
  } catch (const persistence::store_error& error) {
    refused = error.what_kind() == persistence::store_error::kind::refused;
    throw;
  }
}

/// The database did not take the marks. `for_good`: and will not.
void not_marked(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, bool for_good) {
  if (!for_good) {
    clients->marks.failed(self->clock().now() + pause_of_marks);
    return self->delayed_send(self, pause_of_marks, flush_all{});
  }
  if (const auto given_up = clients->marks.refused())
    log::error("a private message cannot be marked as delivered, and is told again at its target's next login",
               {{"number", std::to_string(given_up->value)}});
  mark_delivered(self, clients);
}

} // namespace

void read_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, std::vector<user_id> whose) {
  if (clients->looks_for_mail.want(whose, self->clock().now()))
    mail_round(self, clients);
}

void tell_nodes_of_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, user_id whose) {
  if (clients->tells_of_mail.want({whose}, self->clock().now()))
    news_round(self, clients);
}

/// Not marked it would be told again at the next login.
void mark_delivered(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients) {
  const auto which = clients->marks.begin(self->clock().now());
  if (which.empty())
    return;
  const auto refused = std::make_shared<bool>(false);
  write_store(
      self, clients->store,
      [which, refused](const persistence::writing& db) {
        mark_in(db, which, *refused);
        return done{};
      },
      [self, clients](done) {
        clients->marks.written();
        mark_delivered(self, clients); // what came meanwhile
      },
      [self, clients, refused](fault) { not_marked(self, clients, *refused); });
}

} // namespace salond
