#include "actors/relay_requests.hpp"
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

/// Tells the other nodes where the target or the author is connected. Where one that has the target cannot be told, it
/// learns from the store that something waits.
void tell_peers(relay_actor::broker_pointer self, const audience& clients, const private_text& message,
                const persistence::stored_private& stored) {
  const auto own = clients.peers.run;
  const auto send = [&](int64_t run) {
    return clients.peers.send
           && clients.peers.send(cluster::node_id{run},
                                 cluster::private_message{stored.id, message.author, stored.target, message.text,
                                                          message.at, message.username});
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

} // namespace

void store_private(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, private_text&& message) {
  write_store(
      self, clients->store,
      [author = message.author, target = message.target_key, text = message.text, at = message.at](
          const persistence::writing& db) { return decisions::store_private(db, author, target, text, at); },
      [self, clients, message](outcome<persistence::stored_private>& stored) {
        if (!stored)
          return clients->answer(message.from, rules::answer_of<command::tell_privately>{stored.why()});
        tell_peers(self, *clients, message, *stored);
        clients->users.tell_privately(stored->target, message.author, message.from,
                                      {stored->id, message.username, message.text, message.at});
        clients->answer(message.from, rules::answer_of<command::tell_privately>{done{}});
      },
      [clients, from = message.from](fault why) {
        clients->answer(from, rules::answer_of<command::tell_privately>{why});
      });
}

namespace {

/// No account comes of it: it does not count, and the connection is answered why, if it is still there.
auto refusing(const std::shared_ptr<audience>& clients, const wished_account& wish) {
  return [clients, from = wish.from, network = wish.who.network](fault why) {
    clients->allowed.give_registration_back(network);
    clients->answer(from, rules::answer_of<rules::question::register_user>{why});
  };
}

void register_user(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, wished_account&& wish) {
  const auto refuse = refusing(clients, wish);
  const decision why{wish.who.username, wish.peer, {}, wall_clock()};
  write_store(
      self, clients->store,
      [who = std::move(wish.who), hash = std::move(wish.invitation), why](const persistence::writing& db) {
        return hash.empty() ? decisions::register_user(db, who) : decisions::register_invited(db, who, hash, why);
      },
      [clients, refuse, from = wish.from, peer = wish.peer](outcome<persistence::registered_user>& made) {
        if (!made)
          return refuse(made.why());
        for (const auto salon : made->salons)
          if (auto* at = clients->salons.find(salon); at && at->actor)
            caf::anon_send(at->actor,
                           member_added{made->user.id}); // before anything that the new user says: one mailbox
        log::info("registered", {{"user", made->user.username}, {"from", peer}});
        clients->answer(from, rules::answer_of<rules::question::register_user>{done{}});
      },
      refuse);
}

/// It waits for an administrator, and is refused so.
void request_registration(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients,
                          wished_account&& wish) {
  const auto refuse = refusing(clients, wish);
  const auto name = wish.who.username;
  write_store(
      self, clients->store,
      [who = std::move(wish.who), at = wall_clock()](const persistence::writing& db) {
        return decisions::request_registration(db, who, at);
      },
      [clients, refuse, name, from = wish.from, peer = wish.peer](const outcome<done>& taken) {
        if (!taken)
          return refuse(taken.why());
        log::info("asked for an account", {{"user", name}, {"from", peer}});
        clients->answer(from, rules::answer_of<rules::question::register_user>{fault::registration_waits});
      },
      refuse);
}

void store_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, wished_account&& wish) {
  if (wish.invitation.empty() && clients->settings.registration.mode == config::registration::policy::approval)
    request_registration(self, clients, std::move(wish));
  else
    register_user(self, clients, std::move(wish));
}

} // namespace

void make_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, wished_account&& wish) {
  hash_password work{std::move(wish.password), rules::urgency::new_user, wish.who.network, wish.pending};
  self->request(clients->services.passwords, caf::infinite, std::move(work))
      .then(
          [self, clients, wish](hashed_password& made) mutable {
            wish.who.password_hash = std::move(made.hash);
            store_account(self, clients, std::move(wish));
          },
          [self, clients, from = wish.from, peer = wish.peer, network = wish.who.network,
           pending = wish.pending](caf::error& why) {
            if (pending->take_back()) {
              clients->allowed.give_registration_back(network);
              clients->tell_fact("refused a registration, whose password cannot be hashed soon",
                                 to_string(fault_of(why)), peer, self->clock().now());
            }
            clients->answer(from, rules::answer_of<rules::question::register_user>{fault_of(why)});
          });
}

} // namespace salond
