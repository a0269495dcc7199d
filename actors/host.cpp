#include "actors/host.hpp"
#include "actors/ask_store.hpp"
#include "actors/on_io_thread.hpp"
#include "config/log.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/salons.hpp"
#include <algorithm>

namespace salond {
namespace {

using pointer = host_actor::stateful_pointer<host_state>;

constexpr size_t max_failures_a_minute = 3;

void open(pointer self, const stored_salon& stored) {
  auto opened = spawn_on_io_thread(self->system(), salon, rules::salon{stored.record, stored.members},
                                   self->state.store, self->state.relay, self->state.placed);
  self->monitor(opened);
  self->state.open[stored.record.id] = opened;
  self->send(self->state.relay, salon_opened{stored.record, opened});
}

/// Once all whom the host told have heard it, answers those who asked for that.
void settle_if_told(pointer self) {
  auto& st = self->state;
  if (st.telling != 0)
    return;
  for (auto& promise : std::exchange(st.settling, {}))
    self->request(st.relay, caf::infinite, settle{})
        .then([promise](settled) mutable { promise.deliver(settled{}); },
              [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
}

/// Tells a salon a fact, and calls `then` once the salon works by it or has failed. A salon that is not open is read
/// from the store when it is opened again.
template <class Fact, class Then>
void tell_salon(pointer self, salon_id id, Fact fact, Then then) {
  auto& st = self->state;
  const auto place = st.open.find(id);
  if (place == st.open.end())
    return then();
  ++st.telling;
  const auto heard = [self, then] {
    then();
    --self->state.telling;
    settle_if_told(self);
  };
  self->request(place->second, caf::infinite, std::move(fact))
      .then([heard](settled) { heard(); }, [heard](caf::error&) { heard(); }); // it failed, and is opened again
}

template <class Fact>
void tell_salon(pointer self, salon_id id, Fact fact) {
  tell_salon(self, id, std::move(fact), [] {});
}

/// A salon's actor stays until the end. Its subscribers hear first what it is storing. Then nobody finds the salon any
/// more, unless it was restored meanwhile.
void archive(pointer self, const salon_archived& fact) {
  self->state.archiving.insert(fact.last.id);
  tell_salon(self, fact.last.id, fact, [self, fact] {
    if (self->state.archiving.erase(fact.last.id) != 0)
      self->send(self->state.relay, fact);
  });
}

const stored_salon* find(const std::vector<stored_salon>& salons, salon_id id) {
  const auto found =
      std::find_if(salons.begin(), salons.end(), [id](const auto& each) { return each.record.id == id; });
  return found == salons.end() ? nullptr : &*found;
}

/// A salon was opened again from a read of the store. A fact may have come to the store behind that read, and to the
/// host before the salon was open. Now that everybody finds the salon, it is told all that the store holds.
void catch_up(pointer self, salon_id id) {
  write_store(
      self, self->state.store, [](const persistence::writing& db) { return read_salons(db); },
      [self, id](const std::vector<stored_salon>& salons) {
        const auto place = self->state.open.find(id);
        if (place == self->state.open.end())
          return;
        const auto* now = find(salons, id);
        if (!now)
          return self->send(self->state.relay, salon_archived{{id, {}, policy::approval, 0, {}}});
        tell_salon(self, id, members_added{now->members});
        tell_salon(self, id, salon_changed{now->record});
        self->send(self->state.relay, salon_opened{now->record, place->second});
      },
      [self, id](fault) { self->delayed_send(self, std::chrono::seconds{1}, retry_catching_up{id}); });
}

void open_again(pointer self, salon_id id) {
  write_store(
      self, self->state.store, // a write, so that it comes behind the appends of the failed one
      [](const persistence::writing& db) { return read_salons(db); },
      [self, id](const std::vector<stored_salon>& salons) {
        const auto* stored = find(salons, id);
        if (!stored)
          return;
        open(self, *stored);
        self->request(self->state.relay, caf::infinite, settle{})
            .then([self, id](settled) { catch_up(self, id); }, [](caf::error&) {}); // the node ends
      },
      [self, id](fault why) {
        log::warning("cannot open a salon again, trying on", {{"salon", id.value}, {"why", to_string(why)}});
        self->delayed_send(self, std::chrono::seconds{1}, retry_opening{id});
      });
}

void on_failure(pointer self, salon_id id, const caf::error& why) {
  self->state.open.erase(id);
  self->send(self->state.relay, salon_lost{id});
  if (self->state.failures[id].add(self->clock().now()) >= max_failures_a_minute)
    return log::error("a salon failed too often and stays closed", {{"salon", id.value}, {"why", to_string(why)}});
  log::error("a salon failed and is opened again", {{"salon", id.value}, {"why", to_string(why)}});
  open_again(self, id);
}

/// The actor of a salon that was archived since the start is still there, and is used again.
void restore(pointer self, const salon_restored& fact) {
  self->state.archiving.erase(fact.now.id);
  const auto place = self->state.open.find(fact.now.id);
  if (place == self->state.open.end()) {
    open(self, {fact.now, fact.members});
  } else {
    tell_salon(self, fact.now.id, members_added{fact.members});
    tell_salon(self, fact.now.id, salon_changed{fact.now});
    self->send(self->state.relay, salon_opened{fact.now, place->second});
  }
  told out;
  out.salon = fact.now.id;
  out.entered = fact.members;
  self->send(self->state.relay, std::move(out));
}

// --- what another node changed ---

/// A salon as the store holds it; no record: it is archived, or there is none.
struct salon_found {
  std::optional<salon_record> record;
  std::vector<user_id> members;
};

void take_up(pointer self, salon_id id, const salon_found& found) {
  auto& st = self->state;
  if (!found.record)
    return archive(self, {{id, {}, policy::approval, 0, {}}});
  st.archiving.erase(id);
  const auto place = st.open.find(id);
  if (place != st.open.end()) {
    tell_salon(self, id, salon_changed{*found.record});
    self->send(st.relay, salon_opened{*found.record, place->second});
    tell_salon(self, id, reread_members{true}); // it may have been archived: nobody hears it then
  } else if (st.failures.count(id) == 0) {      // else it is read anew when it is opened again, or stays closed
    restore(self, {*found.record, found.members});
  }
}

/// Comes behind what operators changed here: the store answers in the order of commits.
caf::result<settled> reread(pointer self, salon_id id) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store,
      [id](const persistence::writing& db) {
        salon_found result;
        if (auto record = db.salons.find(id)) {
          result.record = std::move(*record);
          result.members = db.memberships.members(id);
        }
        return result;
      },
      [self, answer, id](const salon_found& found) mutable {
        take_up(self, id, found);
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

/// Has each salon read its members; answers when all have, or with an error.
caf::result<settled> reread(pointer self, const reread_members& fact) {
  struct asked {
    size_t open = 1;
    std::optional<caf::error> failure;
  };
  auto answer = self->make_response_promise<settled>();
  const auto all = std::make_shared<asked>();
  const auto over = [all, promise = answer] {
    auto answer = promise;
    if (--all->open != 0)
      return;
    if (all->failure)
      answer.deliver(std::move(*all->failure));
    else
      answer.deliver(settled{});
  };
  for (const auto& [id, salon] : self->state.open) {
    ++all->open;
    self->request(salon, caf::infinite, fact)
        .then([over](settled) mutable { over(); },
              [over, all](caf::error& why) mutable {
                all->failure = std::move(why);
                over();
              });
  }
  over(); // of this loop
  return answer;
}

caf::result<settled> reread(pointer self, const reread_account& fact) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store, [fact](const persistence::writing& db) { return db.accounts.exists(fact.who); },
      [self, answer, who = fact.who](bool exists) mutable {
        if (!exists)
          for (const auto& [id, salon] : self->state.open)
            tell_salon(self, id, member_gone{who});
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

/// Hands a decision about a membership to its salon, which answers it.
template <class Decision>
caf::result<settled> hand_on(pointer self, const Decision& msg) {
  const auto place = self->state.open.find(msg.salon);
  if (place == self->state.open.end())
    return make_error(fault::salon_closed);
  return self->delegate(place->second, msg);
}

} // namespace

std::vector<stored_salon> read_salons(const persistence::reading& db) {
  std::vector<stored_salon> result;
  auto members = db.memberships.members_of_all();
  for (auto& record : db.salons.all()) {
    const auto id = record.id;
    result.push_back({std::move(record), std::move(members[id])});
  }
  return result;
}

host_actor::behavior_type host(pointer self, std::vector<stored_salon> salons, store_actor store, relay_actor relay,
                               server_actor server, std::shared_ptr<cluster::salons> placed) {
  self->state.store = std::move(store);
  self->state.placed = std::move(placed);
  self->state.relay = std::move(relay);
  self->set_error_handler([](caf::error& why) {
    log::warning("the host was told an error", {{"why", to_string(why)}});
  });
  self->set_down_handler([self](const caf::down_msg& down) {
    for (const auto& [id, salon] : self->state.open)
      if (salon == down.source)
        return on_failure(self, id, down.reason);
  });
  for (const auto& stored : salons)
    open(self, stored);
  self->send(server, salons_open{});
  return {
      [self](const forget_user& msg) {
        for (const auto id : msg.salons)
          tell_salon(self, id, member_gone{msg.who});
      },
      [self](const retry_opening& msg) { open_again(self, msg.salon); },
      [self](const retry_catching_up& msg) { catch_up(self, msg.salon); },
      [self](const admit& msg) { return hand_on(self, msg); },
      [self](const dismiss& msg) { return hand_on(self, msg); },
      [self](const salon_made& msg) {
        open(self, {msg.now, {}});
      },
      [self](const salon_changed& msg) {
        const auto place = self->state.open.find(msg.now.id);
        if (place == self->state.open.end())
          return; // it is read anew when it is opened again
        tell_salon(self, msg.now.id, msg);
        self->send(self->state.relay, salon_opened{msg.now, place->second});
      },
      [self](const salon_archived& msg) { archive(self, msg); },
      [self](const salon_restored& msg) { restore(self, msg); },
      [self](const membership_made& msg) { tell_salon(self, msg.salon, member_added{msg.who}); },
      [self](memberships_made& msg) { tell_salon(self, msg.members.salon, members_added{std::move(msg.members.who)}); },
      [self](const reread_salon& msg) { return reread(self, msg.salon); },
      [self](const reread_member& msg) -> caf::result<settled> {
        const auto place = self->state.open.find(msg.salon);
        if (place == self->state.open.end())
          return reread(self, msg.salon);
        return self->delegate(place->second, msg);
      },
      [self](const reread_request& msg) -> caf::result<settled> {
        const auto place = self->state.open.find(msg.salon);
        if (place == self->state.open.end())
          return settled{};
        return self->delegate(place->second, msg);
      },
      [self](const reread_members& msg) { return reread(self, msg); },
      [self](const reread_account& msg) { return reread(self, msg); },
      [self](const settle&) {
        auto answer = self->make_response_promise<settled>();
        self->state.settling.push_back(answer);
        settle_if_told(self);
        return answer;
      },
  };
}

} // namespace salond
