#include "actors/errands.hpp"
#include "actors/ask_store.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "persistence/decisions/invitations.hpp"
#include "persistence/decisions/private_messages.hpp"
#include "persistence/decisions/registrations.hpp"
#include <algorithm>

namespace salond {
namespace {

// The store answers late or never while the database is away.
constexpr auto pause = std::chrono::seconds{1};

/// Tells the other nodes where the target or the author is connected. Where one that has the target cannot be told, it
/// learns from the store that something waits.
void tell_peers(relay_actor::broker_pointer self, const audience& house, const private_text& what,
                const persistence::stored_private& stored) {
  const auto own = house.peers.run;
  const auto send = [&](int64_t run) {
    return house.peers.send
           && house.peers.send(cluster::node_id{run}, cluster::private_message{stored.id, what.author, stored.target,
                                                                               what.text, what.at, what.username});
  };
  bool all_told = true;
  for (const auto run : stored.runs)
    all_told = (run == own || send(run)) && all_told;
  for (const auto run : stored.author_runs)
    if (run != own && std::find(stored.runs.begin(), stored.runs.end(), run) == stored.runs.end())
      send(run);
  if (!all_told)
    self->send(self, tell_of_mail{stored.target});
}

/// All that waits for a user, oldest first: as much as a mailbox holds.
std::vector<private_message> mail_of(const persistence::reading& db, user_id who) {
  auto page = db.private_messages.waiting_for(who);
  auto result = std::move(page.texts);
  while (!page.later.empty()) {
    std::vector<private_id> which;
    for (const auto number : take_piece(page.later))
      which.push_back(private_id{number});
    for (auto& one : db.private_messages.at(who, which))
      result.push_back(std::move(one));
  }
  return result;
}

/// One user after the other. Behind what was marked as delivered so far: what is told and not marked yet, each
/// connection knows.
void tell_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, std::vector<user_id> whose) {
  if (whose.empty())
    return;
  const auto who = whose.back();
  write_store(
      self, house->store, [who](const persistence::writing& db) { return mail_of(db, who); },
      [self, house, whose, who](const std::vector<private_message>& found) mutable {
        for (const auto& one : found) // to oneself: the author's other connections are not told again
          house->users.tell_privately(who, who, {}, {one.id, one.author, one.text, one.at});
        whose.pop_back();
        tell_mail(self, house, std::move(whose));
      },
      [self, whose](fault) { self->delayed_send(self, pause, look_for_mail{whose}); });
}

} // namespace

void read_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, std::vector<user_id> whose) {
  const auto away = [&](user_id one) { return !house->users.has(one); };
  const auto wanted = whose;
  if (whose.empty())
    whose = house->users.all();
  whose.erase(std::remove_if(whose.begin(), whose.end(), away), whose.end());
  if (whose.empty())
    return;
  write_store(
      self, house->store, [whose](const persistence::writing& db) { return db.private_messages.with_mail(whose); },
      [self, house](std::vector<user_id>& found) { tell_mail(self, house, std::move(found)); },
      [self, wanted](fault) { self->delayed_send(self, pause, look_for_mail{wanted}); });
}

/// Not marked it would be told again at the next login.
void mark_delivered(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house) {
  const auto which = house->take_delivered();
  if (which.empty())
    return;
  write_store(
      self, house->store,
      [which](const persistence::writing& db) {
        db.private_messages.mark_delivered(which, wall_clock());
        return done{};
      },
      [](done) {},
      [self, house, which](fault) {
        house->give_back(which);
        self->delayed_send(self, pause, flush_all{});
      });
}

void tell_nodes_of_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, user_id whose) {
  write_store(
      self, house->store,
      [whose](const persistence::writing& db) {
        db.private_messages.tell_elsewhere(whose);
        return done{};
      },
      [](done) {}, [self, whose](fault) { self->delayed_send(self, pause, tell_of_mail{whose}); });
}

void store_private(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, private_text&& what) {
  write_store(
      self, house->store,
      [author = what.author, target = what.target_key, text = what.text, at = what.at](const persistence::writing& db) {
        return decisions::store_private(db, author, target, text, at);
      },
      [self, house, what](outcome<persistence::stored_private>& stored) {
        if (!stored)
          return house->answer(what.from, rules::answer_of<command::tell_privately>{stored.why()});
        tell_peers(self, *house, what, *stored);
        house->users.tell_privately(stored->target, what.author, what.from,
                                    {stored->id, what.username, what.text, what.at});
        house->answer(what.from, rules::answer_of<command::tell_privately>{done{}});
      },
      [house, from = what.from](fault why) { house->answer(from, rules::answer_of<command::tell_privately>{why}); });
}

namespace {

/// No account comes of it: it does not count, and the connection is answered why, if it is still there.
auto refusing(const std::shared_ptr<audience>& house, const wished_account& wish) {
  return [house, from = wish.from, network = wish.who.network](fault why) {
    house->allowed.give_registration_back(network);
    house->answer(from, rules::answer_of<rules::question::register_user>{why});
  };
}

void register_user(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, wished_account&& what) {
  const auto refuse = refusing(house, what);
  const decision why{what.who.username, what.peer, {}, wall_clock()};
  write_store(
      self, house->store,
      [who = std::move(what.who), hash = std::move(what.invitation), why](const persistence::writing& db) {
        return hash.empty() ? decisions::register_user(db, who) : decisions::register_invited(db, who, hash, why);
      },
      [house, refuse, from = what.from, peer = what.peer](outcome<persistence::registered_user>& made) {
        if (!made)
          return refuse(made.why());
        for (const auto salon : made->salons)
          if (auto* at = house->salons.find(salon); at && at->actor)
            caf::anon_send(at->actor, member_added{made->user.id}); // before what the new user says: one mailbox
        log::info("registered", {{"user", made->user.username}, {"from", peer}});
        house->answer(from, rules::answer_of<rules::question::register_user>{done{}});
      },
      refuse);
}

/// It waits for an administrator, and is refused so.
void request_registration(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house,
                          wished_account&& what) {
  const auto refuse = refusing(house, what);
  const auto name = what.who.username;
  write_store(
      self, house->store,
      [who = std::move(what.who), at = wall_clock()](const persistence::writing& db) {
        return decisions::request_registration(db, who, at);
      },
      [house, refuse, name, from = what.from, peer = what.peer](const outcome<done>& taken) {
        if (!taken)
          return refuse(taken.why());
        log::info("asked for an account", {{"user", name}, {"from", peer}});
        house->answer(from, rules::answer_of<rules::question::register_user>{fault::registration_waits});
      },
      refuse);
}

void store_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, wished_account&& what) {
  if (what.invitation.empty() && house->settings.registration.how == config::registration::policy::approval)
    request_registration(self, house, std::move(what));
  else
    register_user(self, house, std::move(what));
}

} // namespace

void make_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, wished_account&& what) {
  hash_password wish{std::move(what.password), rules::urgency::new_user, what.who.network, what.ticket};
  self->request(house->services.passwords, caf::infinite, std::move(wish))
      .then(
          [self, house, what](hashed_password& made) mutable {
            what.who.password_hash = std::move(made.hash);
            store_account(self, house, std::move(what));
          },
          [self, house, from = what.from, peer = what.peer, network = what.who.network,
           ticket = what.ticket](caf::error& why) {
            if (ticket->take_back()) {
              house->allowed.give_registration_back(network);
              house->tell_fact("refused a registration, whose password cannot be hashed soon", to_string(fault_of(why)),
                               peer, self->clock().now());
            }
            house->answer(from, rules::answer_of<rules::question::register_user>{fault_of(why)});
          });
}

} // namespace salond
