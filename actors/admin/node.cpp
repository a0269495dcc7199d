// Commands about the node: announcements, its end, its configuration, and the certificates of operators and nodes.
#include "actors/admin/effects.hpp"
#include "actors/admin/everywhere.hpp"
#include "actors/one_certificate_list.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/sessions.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

using namespace persistence;

void announce_text(const admin_call_ptr& call) {
  const auto text = shown(call->said().text());
  note(call, "everybody", text, [call, text] {
    tell(call, announce{event::announced{text}});
    ask_others(
        call, {asked::announce, text}, [](const std::string&, const json&) {}, [call] { call->done(); });
  });
}

/// For the audit log.
std::string in_seconds(int64_t seconds) {
  return "in " + std::to_string(seconds) + " seconds";
}

/// Stops all nodes, by a fact that they read in the store. If the store does not take it, they are told directly.
void stop_all(const admin_call_ptr& call, int64_t seconds, const std::function<void()>& stop_this_one) {
  note_also_if_possible(
      call, {call->why(in_seconds(seconds)), audited_as(*call->said().row), "server", "done"},
      [seconds](const writing& db) { db.sessions.stop_elsewhere(seconds); },
      [call, seconds, stop_this_one](bool stored) {
        if (stored)
          return stop_this_one();
        ask_others(
            call, {asked::stop, std::to_string(seconds)}, [](const std::string&, const json&) {}, stop_this_one);
      });
}

/// Works without the database, too: a server whose database takes nothing must be stoppable.
void kill(const admin_call_ptr& call) {
  constexpr int64_t usual_seconds = 10;
  const auto asked = seconds_of(call, usual_seconds);
  if (!asked)
    return;
  const auto seconds = *asked;
  const auto stop_now = [call, seconds] {
    tell(call, stop{seconds});
    const json answer{{"done", true}, {"seconds", seconds}};
    seconds > 0 ? call->done(answer) : call->done_at_once(answer); // nobody may be there any more to be waited for
  };
  is_node(call) ? stop_all(call, seconds, stop_now)
                : note_if_possible(call, "server", in_seconds(seconds), "done", stop_now);
}

void take_up(const admin_call_ptr& call, const reread_configuration& read) {
  try {
    call->parts().configuration.take_up(read);
  } catch (const std::exception& error) { // a second line: the first says that the command began
    const auto why = std::string("nothing was changed: ") + error.what();
    return note_if_possible(call, "configuration", error.what(), "refused",
                            [call, why] { call->refuse_noted(admin_verdict::refused, why); });
  }
  json all{{"done", true}, {"changed", read.changed}, {"needs_restart", read.needs_restart}};
  if (!read.warnings.empty())
    all["warnings"] = read.warnings;
  call->done(all);
}

/// All or nothing: with a fault anywhere nothing changes.
void reload(const admin_call_ptr& call) {
  auto read = call->parts().configuration.read();
  if (!read.faults.empty()) {
    const auto why = "nothing was changed:\n" + joined(read.faults, "\n");
    return note(call, "configuration", joined(read.faults, "; "), "refused",
                [call, why] { call->refuse(admin_verdict::refused, why); });
  }
  const auto about = joined(read.changed, ", ");
  note(call, "configuration", about, [call, read = std::move(read)] { take_up(call, read); });
}

// --- certificates ---

/// Runs what may throw because of files or OpenSSL.
template <class Work>
void with_service(const admin_call_ptr& call, Work work) {
  try {
    work(call->parts().certificates);
  } catch (const std::exception& error) {
    call->refuse(admin_verdict::refused, error.what());
  }
}

/// The same for work that was noted as done before it was tried. If it fails, a second line says so.
template <class Work>
void carry_out_noted(const admin_call_ptr& call, const std::string& name, Work work) {
  try {
    work(call->parts().certificates);
  } catch (const std::exception& error) {
    const std::string why = error.what();
    const auto end = [call, why] { call->refuse_noted(admin_verdict::refused, why); };
    note_if_possible(call, name, "not done: " + why, "refused", end);
  }
}

constexpr auto told_later = "the database does not take it now; the other nodes learn it as soon as it does";

/// Has all nodes learn what was issued or revoked here, and this one what was elsewhere. `then` gets whether they did.
template <class Then>
void share(const admin_call_ptr& call, Then then) {
  with_one_certificate_list(call->self(), call->parts().shared_certificates, std::move(then));
}

/// Answers a revocation that is stored here, once other nodes have it.
void share_revocation(const admin_call_ptr& call, const revocation& made) {
  share(call, [call, count = made.count](bool told) {
    json answer{{"done", true}, {"revoked", count}};
    if (!told)
      answer["warnings"] = {told_later};
    call->done(answer);
  });
}

constexpr auto ended_later = "the node may store something for a moment yet: the database does not take its end now";

/// The same of a node, once nothing of it is stored any more: so what is asked afterwards, at any node, is asked
/// without it.
void share_removal(const admin_call_ptr& call, const std::string& name, const revocation& made) {
  const auto answer = [call, count = made.count](const char* warning) {
    json all{{"done", true}, {"revoked", count}};
    if (warning)
      all["warnings"] = {warning};
    call->done(all);
  };
  share(call, [call, name, answer](bool told) {
    const auto& with_all = call->parts().shared_certificates;
    if (!told || !with_all)
      return answer(told ? nullptr : told_later);
    call->self()
        ->request(with_all, away_after, end_removed_node{name})
        .then([answer](settled) { answer(nullptr); }, [answer](caf::error&) { answer(ended_later); });
  });
}

/// Answers with what was issued, once other nodes know of it.
void share_new(const admin_call_ptr& call, const json& answer) {
  share(call, [call, answer](bool told) {
    auto said = answer;
    said["done"] = true;
    if (!told)
      said["warnings"] = {told_later};
    call->done(said);
  });
}

constexpr int64_t usual_days = 365, max_days = 3650;

void issue_certificate(const admin_call_ptr& call) {
  const auto role = call->said().has("--role") ? call->said().get("--role") : "administrator";
  const auto kind = peer_kind_of(role);
  const auto name = call->said().get("NAME");
  if (!kind || !is_operator(*kind))
    return call->refuse(admin_verdict::wrong_usage, "--role is administrator or moderator");
  if (!is_peer_name(name))
    return call->refuse(admin_verdict::wrong_usage, peer_name_rule);
  if (is_local_administrator(name)) // two would be one in the audit log, and neither could revoke itself alone
    return call->refuse(admin_verdict::refused, "that is the name of the server's own certificate; choose another one");
  const auto days = call->said().number("--days").value_or(usual_days);
  if (days < 1 || days > max_days)
    return call->refuse(admin_verdict::wrong_usage, "--days is from 1 to 3650, which is ten years");
  validity lasts;
  lasts.until = std::chrono::hours{24 * days};
  note(call, name, role, [call, kind, name, lasts] {
    carry_out_noted(call, name, [&](const certificate_service& service) {
      const auto made = service.issue({*kind, name}, lasts);
      tell(call, names_of_operators(service)); // nobody registers that name any more
      share_new(call, {{"name", name},
                       {"role", to_string(*kind)},
                       {"until", iso_time(moment{std::chrono::seconds{made.until}})},
                       {"bundle", made.text}});
    });
  });
}

void show_certificates(const admin_call_ptr& call) {
  with_service(call, [&](const certificate_service& service) {
    json list = json::array();
    for (const auto& certificate : service.list()) {
      const auto to_text = [](std::time_t time) { return iso_time(moment{std::chrono::seconds{time}}); };
      list.push_back({{"name", certificate.facts.who.name},
                      {"role", to_string(certificate.facts.who.kind)},
                      {"serial", certificate.facts.serial},
                      {"from", to_text(certificate.facts.from)},
                      {"until", to_text(certificate.facts.until)},
                      {"revoked", certificate.revoked ? json(to_text(*certificate.revoked)) : json(nullptr)}});
    }
    call->done(list);
  });
}

void list_certificates(const admin_call_ptr& call) {
  share(call, [call](bool) { show_certificates(call); });
}

/// Tells that the revocation holds for as long as this server runs, but is not stored.
void tell_not_stored(const admin_call_ptr& call, const std::string& name, const revocation& made) {
  log::error("a revocation is not stored", {{"name", name}, {"why", made.not_stored}});
  const auto why = std::to_string(made.count) + " revoked, and refused from now on, but that is not stored ("
                   + made.not_stored
                   + "): a restart brings them back, unless the server, which tries each second, can store it before";
  note_if_possible(call, name, "holds, but is not stored: " + made.not_stored, "not_stored",
                   [call, why] { call->refuse_noted(admin_verdict::refused, why); });
}

/// Whether somebody of that name, and of a kind that is meant, has a valid certificate. If the list cannot be read, it
/// is true: then the revocation itself finds out.
template <class IsMeant>
bool may_be_valid(const admin_call_ptr& call, const std::string& name, IsMeant is_meant) {
  try {
    const auto all = call->parts().certificates.list();
    return std::any_of(all.begin(), all.end(), [&](const auto& certificate) {
      return certificate.facts.who.name == name && !certificate.revoked && is_meant(certificate.facts.who.kind);
    });
  } catch (const std::exception&) {
    return true;
  }
}

constexpr auto no_operator = "no operator of that name has a valid certificate";
constexpr auto no_other_node = "no other node of that name has a valid certificate";

/// Another command may have been first.
void prove_revoked(const revocation& made, const char* else_why) {
  if (made.count == 0 && made.not_stored.empty())
    throw std::runtime_error(else_why);
}

void revoke_known_certificates(const admin_call_ptr& call, const std::string& name) {
  if (!may_be_valid(call, name, is_operator))
    return note(call, name, {}, "refused", [call] { call->refuse(admin_verdict::refused, no_operator); });
  note_if_possible(call, name, [call, name] { // a stolen certificate is to be refused whatever the database does
    carry_out_noted(call, name, [&](const certificate_service& now) {
      const auto made = now.revoke(name);
      prove_revoked(made, no_operator);
      tell(call, names_of_operators(now));
      if (!made.not_stored.empty())
        return tell_not_stored(call, name, made);
      share_revocation(call, made);
    });
  });
}

void revoke_certificates(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (name == call->from().who().name)
    return note(call, name, {}, "refused", [call] {
      call->refuse(admin_verdict::refused, "that is your own certificate; let another administrator revoke it");
    });
  share(call, [call, name](bool) { revoke_known_certificates(call, name); });
}

// --- nodes of a cluster ---

/// Why no node of that name can be meant; empty: it can.
std::string why_no_node(const certificate_service& service, const std::string& name) {
  if (service.node.empty())
    return "this server is no node of a cluster; start it with --cluster=HOST:PORT";
  if (name == service.node)
    return "that is what this node itself is called";
  return name == lone_server ? "a server that is no node is called so; choose another name" : "";
}

void add_node(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (!is_peer_name(name))
    return call->refuse(admin_verdict::wrong_usage, peer_name_rule);
  if (const auto why = why_no_node(call->parts().certificates, name); !why.empty())
    return call->refuse(admin_verdict::refused, why);
  note(call, name, {}, [call, name] {
    carry_out_noted(call, name, [&](const certificate_service& service) {
      share_new(call, {{"name", name}, {"bundle", service.issue_node(name)}});
    });
  });
}

/// Ends the links of the removed node, on this node at once. Each node that learns of it ends that node's run
/// (actors/cluster/certificates.hpp).
void remove_known_node(const admin_call_ptr& call, const std::string& name) {
  if (!may_be_valid(call, name, [](peer_kind kind) { return kind == peer_kind::node; }))
    return call->refuse(admin_verdict::refused, no_other_node);
  note_if_possible(call, name, [call, name] { // a stolen one is to be refused whatever the database does
    carry_out_noted(call, name, [&](const certificate_service& now) {
      const auto made = now.revoke_node(name);
      prove_revoked(made, no_other_node);
      if (!made.not_stored.empty())
        return tell_not_stored(call, name, made);
      share_removal(call, name, made);
    });
  });
}

void remove_node(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (const auto why = why_no_node(call->parts().certificates, name); !why.empty())
    return call->refuse(admin_verdict::refused, why);
  share(call, [call, name](bool) { remove_known_node(call, name); });
}

} // namespace

void add_node_commands(std::map<std::string_view, admin_command>& to) {
  to["announce"] = announce_text;
  to["kill"] = kill;
  to["reload"] = reload;
  to["cert issue"] = issue_certificate;
  to["cert list"] = list_certificates;
  to["cert revoke"] = revoke_certificates;
  to["node add"] = add_node;
  to["node remove"] = remove_node;
}

} // namespace salond
