#include "actors/cluster/certificates.hpp"
#include "actors/ask_store.hpp"
#include "config/log.hpp"
#include "persistence/contracts/certificates.hpp"
#include "persistence/store.hpp"

namespace salond {
namespace {

using pointer = certificates_actor::stateful_pointer<certificates_state>;
using persistence::listed_certificate;

constexpr auto pause = std::chrono::milliseconds{300};

std::vector<listed_certificate> lines_of(const std::vector<issued_certificate>& all, std::time_t oldest) {
  std::vector<listed_certificate> lines;
  for (const auto& each : all)
    if (const auto& facts = each.facts; facts.until >= oldest)
      lines.push_back({facts.serial, to_string(facts.who), facts.from, facts.until, each.revoked.value_or(0)});
  return lines;
}

/// Lines of a kind that is not known, as of a newer version, are left out.
std::vector<issued_certificate> issued_in(const std::vector<listed_certificate>& lines) {
  std::vector<issued_certificate> all;
  for (const auto& line : lines) {
    const auto who = identity_of(line.holder);
    if (!who)
      continue;
    all.push_back({{*who, line.serial, line.from_s, line.until_s}, std::nullopt});
    if (line.revoked_s != 0)
      all.back().revoked = line.revoked_s;
  }
  return all;
}

/// One list of what both have: first in the store, and answered for the folder.
auto sharing(const certificate_service& service) {
  const auto oldest = std::time(nullptr) - listed_after_expiry;
  return [authority = service.authority(), ours = lines_of(service.list(), oldest),
          oldest](const persistence::writing& db) {
    db.certificates.merge(authority, ours, oldest);
    return db.certificates.all(authority);
  };
}

void end_removed(const certificates_state& st) {
  auto removed = removed_nodes(st.service.list());
  removed.erase(st.service.node);
  st.member->end_removed(std::move(removed));
}

void take(pointer self, const std::vector<listed_certificate>& all) {
  auto& st = self->state;
  st.service.merge(issued_in(all));
  self->send(st.relay, names_of_operators(st.service));
  end_removed(st);
  st.told_why.clear();
}

void begin(pointer self);

void try_again(pointer self, const std::string& why) {
  auto& st = self->state;
  if (std::exchange(st.told_why, why) != why)
    log::warning("certificates are not shared with other nodes yet, trying on", {{"why", why}});
  if (!std::exchange(st.again_due, true))
    self->delayed_send(self, pause, share_again{});
}

/// `work` tells who waited, and may throw because of files.
template <class Work>
void over(pointer self, const std::vector<caf::typed_response_promise<settled>>& waited, Work work) {
  self->state.sharing = false;
  std::string why;
  try {
    work();
  } catch (const std::exception& error) {
    why = error.what();
  }
  for (auto answer : waited)
    why.empty() ? answer.deliver(settled{}) : answer.deliver(caf::make_error(caf::sec::runtime_error, why));
  if (!why.empty())
    return try_again(self, why);
  if (!self->state.waiting.empty())
    begin(self);
}

void begin(pointer self) {
  auto& st = self->state;
  if (std::exchange(st.sharing, true))
    return;
  const auto waited = std::exchange(st.waiting, {});
  try {
    write_store(
        self, st.store, sharing(st.service),
        [self, waited](const std::vector<listed_certificate>& all) { over(self, waited, [&] { take(self, all); }); },
        [self, waited](fault why) { over(self, waited, [&] { throw std::runtime_error(to_string(why)); }); });
  } catch (const pki_error& why) {
    over(self, waited, [&] { throw pki_error(why); });
  }
}

} // namespace

certificates_actor::behavior_type certificates(pointer self, certificate_service service,
                                               std::shared_ptr<cluster_member> member, store_actor store,
                                               relay_actor relay) {
  auto& st = self->state;
  st.service = std::move(service);
  st.member = std::move(member);
  st.store = std::move(store);
  st.relay = std::move(relay);
  self->set_error_handler([](caf::error& why) {
    log::warning("the sharing of certificates was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](const share_certificates&) {
        auto answer = self->make_response_promise<settled>();
        if (!self->state.service.merge) {
          answer.deliver(settled{});
          return answer;
        }
        self->state.waiting.push_back(answer);
        begin(self);
        return answer;
      },
      [self](const end_removed_node& msg) {
        auto answer = self->make_response_promise<settled>();
        self->state.ending.emplace(msg.name, answer);
        self->state.member->end_runs_of(msg.name, [to = caf::actor_cast<certificates_actor>(self), name = msg.name] {
          caf::anon_send(to, removed_node_ended{name});
        });
        return answer;
      },
      [self](const removed_node_ended& msg) {
        auto& waiting = self->state.ending;
        const auto [first, last] = waiting.equal_range(msg.name);
        for (auto next = first; next != last; ++next)
          next->second.deliver(settled{});
        waiting.erase(first, last);
      },
      [self](const share_again&) {
        self->state.again_due = false;
        begin(self);
      },
  };
}

void share_certificates_now(persistence::store& db, const certificate_service& service) {
  std::vector<listed_certificate> all;
  db.transact([&all, work = sharing(service)](const persistence::writing& in) { all = work(in); });
  service.merge(issued_in(all));
}

void share_certificates_alone(persistence::store& db, const certificate_service& service, const node_certificate& own) {
  std::vector<listed_certificate> all;
  db.read([&](const persistence::reading& in) { all = in.certificates.all(own.authority); });
  if (all.empty()) // it is of no cluster
    return;
  if (persistence::was_removed(all, to_string(own.holder), own.serial))
    throw persistence::store_error(persistence::store_error::kind::setup,
                                   "this state folder is that of " + own.holder.name
                                       + ", which was removed from the cluster of its database; begin with an empty one"
                                         " (--state)");
  share_certificates_now(db, service);
}

std::set<std::string> removed_nodes(const std::vector<issued_certificate>& all) {
  std::set<std::string> revoked, valid;
  for (const auto& certificate : all)
    if (certificate.facts.who.kind == peer_kind::node)
      (certificate.revoked ? revoked : valid).insert(certificate.facts.who.name);
  for (const auto& name : valid)
    revoked.erase(name);
  return revoked;
}

} // namespace salond
