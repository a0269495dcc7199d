#include "actors/errands.hpp"
#include "actors/ask_store.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"

namespace salond {

void store_private(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, private_text&& what) {
  ask_store(
      self, house->store, store_work::kind::write,
      [author = what.author, target = what.target_key, text = what.text, at = what.at](persistence::store& db) {
        return db.store_private(author, target, text, at);
      },
      [house, what](outcome<persistence::stored_private>& stored) {
        if (!stored)
          return house->answer(what.from, rules::answer::settled{stored.why()});
        house->tell_privately(stored->target, what.author, what.from, {stored->id, what.username, what.text, what.at});
        house->answer(what.from, rules::answer::settled{done{}});
      },
      [house, from = what.from](fault why) { house->answer(from, rules::answer::settled{why}); });
}

namespace {

void register_user(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, wished_account&& what) {
  const decision why{what.who.username, what.peer, {}, wall_clock()};
  ask_store(
      self, house->store, store_work::kind::write,
      [who = std::move(what.who), hash = std::move(what.invitation), why](persistence::store& db) {
        return hash.empty() ? db.register_user(who) : db.register_invited(who, hash, why);
      },
      [house, from = what.from, peer = what.peer](outcome<persistence::registered_user>& made) {
        if (!made)
          return house->answer(from, rules::answer::settled{made.why()});
        for (const auto salon : made->salons)
          if (auto* at = house->find(salon); at && at->salon)
            caf::anon_send(at->salon, member_added{made->user.id}); // before what the new user says: one mailbox
        log::info("registered", {{"user", made->user.username}, {"from", peer}});
        house->answer(from, rules::answer::settled{done{}});
      },
      [house, from = what.from](fault why) { house->answer(from, rules::answer::settled{why}); });
}

/// It waits for an administrator, and is refused so.
void request_registration(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house,
                          wished_account&& what) {
  const auto name = what.who.username;
  ask_store(
      self, house->store, store_work::kind::write,
      [who = std::move(what.who), at = wall_clock()](persistence::store& db) {
        return db.request_registration(who, at);
      },
      [house, name, from = what.from, peer = what.peer](const outcome<done>& taken) {
        if (taken)
          log::info("asked for an account", {{"user", name}, {"from", peer}});
        house->answer(from, rules::answer::settled{taken ? fault::registration_waits : taken.why()});
      },
      [house, from = what.from](fault why) { house->answer(from, rules::answer::settled{why}); });
}

} // namespace

void make_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, wished_account&& what) {
  if (what.invitation.empty() && house->settings.registration.how == config::registration::policy::approval)
    request_registration(self, house, std::move(what));
  else
    register_user(self, house, std::move(what));
}

} // namespace salond
