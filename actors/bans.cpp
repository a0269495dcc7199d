#include "actors/bans.hpp"
#include "actors/ask_store.hpp"
#include "actors/one_certificate_list.hpp"
#include "actors/settle_all.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/decisions/removals.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

using pointer = bans_actor::stateful_pointer<bans_state>;

/// Answers once it holds everywhere: the directory and the host have told all whom they were to tell.
template <class Answer>
void answer_when_it_holds(pointer self, const caf::typed_response_promise<Answer>& answer, const Answer& with) {
  const auto deliver = [answer, with] {
    auto promise = answer;
    promise.deliver(Answer{with});
  };
  settle_all(self, deliver, self->state.directory, self->state.host);
}

/// Revokes the operator's certificates, as far as that works. REQUIRES: `service.revoke`.
ended_certificates revoke(const certificate_service& service, const std::string& name) {
  try {
    const auto made = service.revoke(name);
    return {made.count, made.not_stored};
  } catch (const std::exception& error) {
    return {0, error.what()};
  }
}

/// Ends them, and tells `then` what ended, once the audit log has it.
template <class Then>
void end_known_certificates(pointer self, const std::string& name, const decision& why, Then then) {
  const auto& service = self->state.certificates;
  const auto ended = revoke(service, name);
  if (ended.revoked == 0 && ended.trouble.empty())
    return then(ended);
  self->send(self->state.relay, names_of_operators(service));
  if (const auto& shared = self->state.shared_certificates)
    caf::anon_send(shared, share_certificates{});
  if (ended.trouble.empty()) // no name: logs are kept elsewhere
    log::info("operators' certificates of an account that is gone are revoked", {{"certificates", ended.revoked}});
  else
    log::error("the certificates of an account that is gone are not revoked for good: see salonctl cert list",
               {{"why", ended.trouble}});
  const auto result = ended.trouble.empty() ? "done" : ended.revoked == 0 ? "refused" : "not_stored";
  write_store(
      self, self->state.store,
      [name, why, result](const persistence::writing& db) {
        db.audit.note({why.by, why.from, "the account is gone", why.at, why.account, why.by_moderator},
                      audited::revoke_certificates, name, result);
        return done{};
      },
      [then, ended](done) { then(ended); }, [then, ended](fault) { then(ended); }); // the server's log has it
}

/// Ends the operators' certificates that have the name of an account that is gone
/// (docs/decisions/0039-certificates-end-with-accounts.md), also those that another node issued a moment ago. The
/// operator who decides it keeps his own; the server's own belongs to nobody.
template <class Then>
void end_certificates(pointer self, const std::string& username, const decision& why, Then then) {
  const auto name = key_of(username);
  if (!self->state.certificates.revoke || !is_peer_name(name) || name == why.by || is_local_administrator(name))
    return then(ended_certificates{});
  with_one_certificate_list(self, self->state.shared_certificates,
                            [self, name, why, then](bool) { end_known_certificates(self, name, why, then); });
}

caf::result<removed> kick(pointer self, const kick_user& msg) {
  auto answer = self->make_response_promise<removed>();
  const auto key = key_of(msg.target);
  auto why = msg.why;
  why.at = wall_clock(); // read once for both, or five minutes are six in the log
  const auto until = why.at + std::chrono::seconds{msg.seconds};
  write_store(
      self, self->state.store,
      [key, until, why](const persistence::writing& db) { return decisions::kick(db, key, until, why); },
      [self, answer, key, until, msg](const outcome<persistence::removed_user>& hit) mutable {
        if (!hit) {
          answer.deliver(make_error(hit.why()));
          return;
        }
        self->state.rules.add(key, until);
        log::info("kicked", {{"user", hit->username}, {"by", msg.why.by}, {"seconds", msg.seconds}});
        self->send(self->state.directory, close_user{hit->id, event::kicked{(msg.seconds + 59) / 60}});
        answer_when_it_holds(self, answer, removed{hit->username});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<removed> ban_for_good(pointer self, const ban_user& msg) {
  auto answer = self->make_response_promise<removed>();
  const auto key = key_of(msg.target);
  write_store(
      self, self->state.store,
      [key, why = msg.why](const persistence::writing& db) { return decisions::ban(db, key, why); },
      [self, answer, key, msg](const outcome<persistence::removed_user>& hit) mutable {
        if (!hit) {
          answer.deliver(make_error(hit.why()));
          return;
        }
        self->state.rules.add(key, std::nullopt);
        log::info("banned", {{"user", hit->username}, {"by", msg.why.by}});
        self->send(self->state.directory, close_user{hit->id, event::banned{}});
        self->send(self->state.host, forget_user{hit->id, hit->salons});
        end_certificates(self, hit->username, msg.why, [self, answer, hit](const ended_certificates& ended) {
          answer_when_it_holds(self, answer, removed{hit->username, ended});
        });
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<removed> keep_out(pointer self, const ban_name& msg) {
  auto answer = self->make_response_promise<removed>();
  write_store(
      self, self->state.store,
      [name = msg.name, why = msg.why](const persistence::writing& db) { return decisions::ban_name(db, name, why); },
      [self, answer, msg](const outcome<done>& kept) mutable {
        if (!kept) {
          answer.deliver(make_error(kept.why()));
          return;
        }
        self->state.rules.add(key_of(msg.name), std::nullopt);
        log::info("a name is banned", {{"name", msg.name}, {"by", msg.why.by}});
        answer_when_it_holds(self, answer, removed{msg.name});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<removed> shut_out(pointer self, const ban_address& msg) {
  auto answer = self->make_response_promise<removed>();
  const auto range = address_range::parse(msg.where);
  if (!range)
    return make_error(fault::invalid_name);
  auto why = msg.why;
  why.at = wall_clock(); // read once for both, as in kick()
  const auto until = msg.seconds == 0 ? std::nullopt : std::optional(why.at + std::chrono::seconds{msg.seconds});
  write_store(
      self, self->state.store,
      [range, until, why](const persistence::writing& db) { return decisions::ban_address(db, *range, until, why); },
      [self, answer, range, until, msg](const outcome<done>& out) mutable {
        if (!out) {
          answer.deliver(make_error(out.why()));
          return;
        }
        self->send(self->state.relay, told_of(address_ban{*range, until}));
        log::info("an address is banned",
                  {{"address", range->to_string()}, {"by", msg.why.by}, {"seconds", msg.seconds}});
        answer_when_it_holds(self, answer, removed{range->to_string()});
      },
      [answer](fault) mutable { answer.deliver(make_error(fault::storage)); }); // busy: too many are banned
  return answer;
}

caf::result<removed> unban(pointer self, const unban_user& msg) {
  auto answer = self->make_response_promise<removed>();
  write_store(
      self, self->state.store,
      [target = msg.target, name_alone = msg.name_alone, why = msg.why](const persistence::writing& db) {
        return name_alone ? decisions::unban_name(db, target, why) : decisions::unban_any(db, target, why);
      },
      [self, answer, msg](const outcome<decisions::let_in>& ended) mutable {
        if (!ended) {
          answer.deliver(make_error(ended.why()));
          return;
        }
        auto whom = msg.target;
        std::string kind = "name";
        if (ended->where) {
          whom = ended->where->to_string();
          kind = ended->where->is_one_address() ? "address" : "network";
          self->send(self->state.relay, address_let_in{whom});
        } else {
          self->state.rules.remove(key_of(whom));
        }
        log::info("unbanned", {{"user", whom}, {"kind", kind}, {"by", msg.why.by}});
        removed done{whom};
        done.let_in = kind;
        answer_when_it_holds(self, answer, std::move(done));
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

/// The registry does it, since it knows the kick that ends with the account.
caf::result<erased> erase(pointer self, const erase_user& msg) {
  auto answer = self->make_response_promise<erased>();
  const auto key = key_of(msg.target);
  write_store(
      self, self->state.store,
      [key, why = msg.why](const persistence::writing& db) { return decisions::erase(db, key, why); },
      [self, answer, key, msg](const outcome<persistence::erased_user>& gone) mutable {
        if (!gone) {
          answer.deliver(make_error(gone.why()));
          return;
        }
        self->state.rules.remove(key);
        log::info("erased", {{"receipt", gone->receipt}, {"by", msg.why.by}}); // no name: logs are kept elsewhere
        self->send(self->state.directory, close_user{gone->who.id, event::erased{}});
        self->send(self->state.host, forget_user{gone->who.id, gone->who.salons});
        end_certificates(self, gone->who.username, msg.why, [self, answer, gone](const ended_certificates& ended) {
          answer_when_it_holds(self, answer, erased{*gone, ended});
        });
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

/// Comes behind what this node itself decided: the store answers in the order of commits.
caf::result<settled> reread(pointer self, const reread_ban& msg) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store,
      [key = msg.key, now = wall_clock()](const persistence::writing& db) { return db.bans.of(key, now); },
      [self, answer, msg](const std::optional<ban>& out) mutable {
        self->state.rules.remove(msg.key);
        if (out) {
          self->state.rules.add(msg.key, out->until);
          const auto length = out->until.value_or(out->since) - out->since;
          const auto minutes = std::chrono::ceil<std::chrono::minutes>(length).count();
          const auto last = out->until ? event::any{event::kicked{minutes}} : event::any{event::banned{}};
          if (msg.who != user_id{})
            self->send(self->state.directory, close_user{msg.who, last});
        }
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<settled> reread(pointer self, const reread_address_bans&) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store, [now = wall_clock()](const persistence::writing& db) { return db.bans.addresses(now); },
      [self, answer](const std::vector<address_ban>& out) mutable {
        self->send(self->state.relay, told_of(out));
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

} // namespace

address_out told_of(const address_ban& banned) {
  return {banned.where.to_string(), !banned.until, banned.until.value_or(moment{})};
}

addresses_out told_of(const std::vector<address_ban>& all) {
  addresses_out result;
  result.all.reserve(all.size());
  for (const auto& banned : all)
    result.all.push_back(told_of(banned));
  return result;
}

bans_actor::behavior_type bans(pointer self, std::vector<ban> out, store_actor store, directory_actor directory,
                               host_actor host, relay_actor relay, certificate_service certificates,
                               certificates_actor shared_certificates) {
  self->state.rules = rules::bans{out};
  self->state.store = std::move(store);
  self->state.directory = std::move(directory);
  self->state.host = std::move(host);
  self->state.relay = std::move(relay);
  self->state.certificates = std::move(certificates);
  self->state.shared_certificates = std::move(shared_certificates);
  self->set_error_handler([](caf::error& why) {
    log::warning("the ban registry was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](const check_name& msg) -> caf::result<name_allowed> {
        if (auto why = self->state.rules.refuses(msg.key, wall_clock()))
          return make_error(*why);
        return name_allowed{};
      },
      [self](const kick_user& msg) {
        self->state.rules.sweep(wall_clock());
        return kick(self, msg);
      },
      [self](const ban_user& msg) { return ban_for_good(self, msg); },
      [self](const ban_name& msg) { return keep_out(self, msg); },
      [self](const ban_address& msg) { return shut_out(self, msg); },
      [self](const unban_user& msg) { return unban(self, msg); },
      [self](const erase_user& msg) { return erase(self, msg); },
      [self](const reread_ban& msg) { return reread(self, msg); },
      [self](const reread_address_bans& msg) { return reread(self, msg); },
  };
}

} // namespace salond
