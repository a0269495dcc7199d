#include "actors/admin/admin.hpp"
#include "actors/admin/ask.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/registrations.hpp"
#include "persistence/contracts/roles.hpp"
#include "persistence/contracts/salons.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

using pointer = admin_pointer;

admin_answer no(admin_verdict verdict, std::string why) {
  return {static_cast<uint8_t>(verdict), std::move(why)};
}

/// The key of a call: its asker, and the asker's number for it.
std::pair<caf::actor_addr, uint32_t> key_of_call(pointer self, uint32_t call) {
  return {caf::actor_cast<caf::actor_addr>(self->current_sender()), call};
}

/// Forgets the calls that nobody asks about any more. Their commands are carried out all the same.
void forget_the_forgotten(pointer self) {
  auto& calls = self->state.calls;
  const auto since = self->clock().now() - admin_call_patience;
  for (auto entry = calls.begin(); entry != calls.end();)
    entry = entry->second->over() || (!entry->second->asked() && entry->second->touched < since) ? calls.erase(entry)
                                                                                                 : std::next(entry);
}

bool has_too_many(pointer self, const identity& asker) {
  size_t open = 0;
  for (const auto& [key, call] : self->state.calls)
    open += call->from().who() == asker ? 1 : 0;
  return open >= max_admin_calls;
}

/// Whether an operator's open calls may hold so much more input, all together.
bool has_room(pointer self, const identity& asker, size_t more) {
  for (const auto& [key, call] : self->state.calls)
    more += call->from().who() == asker ? call->input.size() : 0;
  return more <= max_admin_input;
}

/// One of the salons to which the user belongs without a moderator's doing.
std::optional<salon_id> one_with(const persistence::reading& db, const std::vector<salon_id>& salons, user_id member) {
  for (const auto salon : db.memberships.joined_without_moderator(member))
    if (std::find(salons.begin(), salons.end(), salon) != salons.end())
      return salon;
  return std::nullopt;
}

/// The account of a certificate's name, whatever its role. The server's own certificate is nobody's.
std::optional<persistence::user_profile> namesake_of(const persistence::reading& db, const peer& from) {
  if (is_local_administrator(from.who().name))
    return std::nullopt;
  auto found = db.accounts.profile(key_of(from.who().name));
  return found ? std::optional(std::move(*found)) : std::nullopt;
}

/// Whether the target has rights in the salon, or everywhere: then an administrator decides about him.
bool has_rights(const persistence::reading& db, const persistence::user_profile& target, salon_id about) {
  if (target.who.role != role::moderator)
    return target.who.role == role::administrator;
  const auto his = db.roles.moderates(key_of(target.who.username));
  return std::find(his.begin(), his.end(), about) != his.end();
}

/// Whether SALON must name a salon that exists. It need not where the salon is to be made, or where SALON is the first
/// word of the reason for which a registration is rejected.
bool needs_salon(const admin_call& call) {
  const auto& said = call.said();
  const bool is_reason = said.row->is(trait::salon_may_be_reason) && call.context.registers;
  return said.has("SALON") && !said.row->is(trait::names_new_salon) && !is_reason;
}

role role_of_certificate(const peer& from) {
  return from.who().kind == peer_kind::administrator ? role::administrator : role::moderator;
}

/// The same for a command that names nothing that has to be read. So an administrator can look at the server, and stop
/// it, when the database is away.
std::optional<command_context> context_without_store(const peer& from, const spoken_command& said) {
  if (role_of_certificate(from) != role::administrator || said.has("SALON") || said.has("USER"))
    return std::nullopt;
  command_context context;
  context.rights.role = role::administrator;
  return context;
}

/// What the words name, and what the operator may do: one read of the store.
command_context read_context(const persistence::reading& db, const peer& from, const spoken_command& said) {
  command_context context;
  context.rights.role = role_of_certificate(from);
  if (const auto namesake = namesake_of(db, from)) {
    // A certificate belongs to the account of its name that has the same rights: a user may have taken the name. But
    // an operator who was disabled and then lost his role must not win anything by that.
    context.disabled = namesake->disabled;
    if (namesake->who.role == context.rights.role)
      context.account = namesake->who.id;
  }
  // A moderator's salons are those of the user of his name.
  if (context.rights.role == role::moderator && context.account != user_id{})
    context.rights.moderates = db.roles.moderates(key_of(from.who().name));
  if (said.has("SALON"))
    context.salon = salon_named(said.get("SALON"), db.salons.all());
  if (said.has("USER"))
    if (auto found = db.accounts.profile(key_of(said.get("USER"))))
      context.target = std::move(*found);
  if (said.row->is(trait::decides_registrations))
    context.registers =
        is_about_many(said) || (!context.target && db.registrations.waiting(key_of(said.get("USER"))).has_value());
  // A moderator kicks users of the salons given to him, and none of those who have rights themselves.
  if (said.row->is(trait::reaches_members) && context.target && context.target->who.role == role::user)
    context.shared = one_with(db, context.rights.moderates, context.target->who.id);
  context.above = said.row->is(trait::ends_membership) && context.salon && context.target
                  && context.target->who.id != context.account && has_rights(db, *context.target, context.salon->id);
  return context;
}

/// Whether a program asks this again and again, so that people can watch.
bool is_watching(const spoken_command& said) {
  return said.row->is(trait::live) || (said.row->is(trait::live_after) && said.has("--after"));
}

void carry_out(pointer self, const admin_call_ptr& call) {
  if (const auto level = is_watching(call->said()) ? log::level::debug : log::level::info; log::enabled(level))
    log::write(level, "operator's command",
               {{"command", std::string(call->said().row->name)},
                {"by", to_string(call->from().who())},
                {"from", call->from().address}});
  self->state.commands.at(call->said().row->name)(call);
}

void decide(pointer self, const admin_call_ptr& call, command_context context) {
  call->context = std::move(context);
  const auto& said = call->said();
  if (call->context.disabled)
    return call->forbid("the account of your certificate's name is disabled");
  // An operator without the right does not learn whether the salon or the user exists.
  const auto about = call->context.salon ? std::optional{call->context.salon->id} : call->context.shared;
  if (!rules::may(call->context.rights, said.row->needs, about))
    return call->forbid("your certificate has no right to that");
  if (call->context.above && call->context.rights.role == role::moderator)
    return call->forbid("a moderator takes nothing from an administrator, nor from another moderator of that salon");
  if (needs_salon(*call) && !call->context.salon)
    return call->refuse(fault::unknown_salon);
  if (said.row->input == command_input::none)
    return carry_out(self, call);
  call->want_input();
}

/// A call ends with its connection: then nobody waits for it, and it counts no more.
void watch_asker(pointer self) {
  const auto asker = caf::actor_cast<caf::actor>(self->current_sender());
  if (self->state.askers.insert(asker.address()).second)
    self->monitor(asker);
}

void forget_asker(pointer self, const caf::actor_addr& gone) {
  auto& st = self->state;
  st.askers.erase(gone);
  for (auto entry = st.calls.begin(); entry != st.calls.end();) {
    if (entry->first.first != gone) {
      ++entry;
      continue;
    }
    entry->second->desert();
    entry = st.calls.erase(entry);
  }
}

/// The line of a burst, for the audit log.
void tell_of(pointer self, const rules::refusal_burst& burst) {
  const std::vector<std::string> names(burst.commands.begin(), burst.commands.end());
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(burst.last - burst.began).count();
  const auto story = std::to_string(burst.count) + " more in " + std::to_string(seconds) + " s: " + joined(names, ", ");
  log::warning("commands that the operator has no right to", {{"by", burst.by}, {"what", story}});
  tell_store(self->state.parts.store,
             [why = decision{burst.by, "salonctl " + burst.from, story, wall_clock()}](const persistence::writing& db) {
               db.audit.note(why, audited::refused_commands, why.by, to_string(fault::not_allowed));
             });
}

void tell_refusals_later(pointer self) {
  auto& st = self->state;
  if ((st.refused.any() || !st.late.empty()) && !std::exchange(st.telling_refusals, true))
    self->delayed_send(self, rules::refusals::pause, tell_refusals{});
}

/// Writes the lines that are not there: a write that was given up may have come about.
void write_missing(const persistence::writing& db, const std::vector<late_line>& lines) {
  constexpr size_t max_looked_at = 1000;
  const auto last = db.audit.tail(max_looked_at);
  for (const auto& line : lines) {
    const auto is_line = [&](const persistence::audit_line& written) {
      return is_of_call(written, line.why) && written.action == line.action.text && written.result == line.result;
    };
    if (std::none_of(last.begin(), last.end(), is_line))
      db.audit.note(line.why, line.action, line.to, line.result);
  }
}

/// Writes the lines that are late, all or none.
void write_late_lines(pointer self) {
  auto& st = self->state;
  if (st.late.empty() || std::exchange(st.writing_late, true))
    return;
  const auto count = st.late.size();
  write_store(
      self, st.parts.store,
      [lines = st.late](const persistence::writing& db) {
        write_missing(db, lines);
        return done{};
      },
      [self, count](done) {
        auto& late = self->state.late;
        late.erase(late.begin(), late.begin() + static_cast<std::ptrdiff_t>(count));
        self->state.writing_late = false;
      },
      [self](fault) { self->state.writing_late = false; });
}

void on_tell_refusals(pointer self) {
  auto& st = self->state;
  st.telling_refusals = false;
  for (const auto& burst : st.refused.take_ended(self->clock().now()))
    tell_of(self, burst);
  write_late_lines(self);
  tell_refusals_later(self);
}

/// Decides by what the store says. If it does not answer soon, decides by what is known without it, if anything is.
void read_and_decide(pointer self, const admin_call_ptr& call, std::optional<command_context> without_store) {
  constexpr auto patience = std::chrono::seconds{2};
  const auto job = make_read_job([from = call->from(), said = call->said()](const persistence::reading& db) {
    return read_context(db, from, said);
  });
  const auto unread = [self, call, without_store](const caf::error& why) {
    without_store ? decide(self, call, *without_store) : call->refuse(fault_of(why));
  };
  const auto read = [self, call, job](const store_done&) { decide(self, call, std::move(job->result)); };
  const store_work work{job};
  if (without_store)
    self->request(self->state.parts.store, patience, work).then(read, unread);
  else
    self->request(self->state.parts.store, caf::infinite, work).then(read, unread);
}

caf::result<admin_answer> begin(pointer self, const admin_request& msg) {
  const auto from = self->state.parts.who(self->current_sender());
  if (!from)
    return no(admin_verdict::not_allowed, "nobody knows your connection");
  forget_the_forgotten(self);
  const auto key = key_of_call(self, msg.call);
  if (self->state.calls.count(key) != 0)
    return no(admin_verdict::refused, "that call is open already");
  if (has_too_many(self, from->who()))
    return no(admin_verdict::refused, "too many commands of yours are in work; wait for one");
  auto said = understand(msg.words);
  if (auto* wrong = std::get_if<usage_fault>(&said))
    return no(admin_verdict::wrong_usage, wrong->text);
  auto call = std::make_shared<admin_call>(self, *from, std::move(std::get<spoken_command>(said)));
  self->state.calls.emplace(key, call);
  watch_asker(self);
  auto answer = call->next();
  call->keep_alive();
  auto context = context_without_store(*from, call->said());
  if (context && is_local_administrator(from->who().name))
    decide(self, call, std::move(*context));
  else
    read_and_decide(self, call, std::move(context));
  return answer;
}

/// The open call that a message is about. It is the sender's own, so nobody finds another's.
admin_call_ptr find(pointer self, uint32_t call) {
  const auto found = self->state.calls.find(key_of_call(self, call));
  return found == self->state.calls.end() || found->second->asked() ? nullptr : found->second;
}

} // namespace

bool note_refusal(admin_pointer self, const peer& from, const std::string& command) {
  const auto own = self->state.refused.add(from.who().name, from.address, command, self->clock().now());
  tell_refusals_later(self);
  return own;
}

void note_later(admin_pointer self, late_line line) {
  constexpr size_t max_late = 1000;
  auto& late = self->state.late;
  if (late.size() < max_late) // else the server's log alone has it
    late.push_back(std::move(line));
  tell_refusals_later(self);
}

std::map<std::string_view, admin_command> all_admin_commands() {
  std::map<std::string_view, admin_command> all;
  add_account_commands(all);
  add_ban_commands(all);
  add_session_commands(all);
  add_invitation_commands(all);
  add_salon_commands(all);
  add_salon_detail_commands(all);
  add_status_commands(all);
  add_node_commands(all);
  add_cluster_commands(all);
  add_health_commands(all);
  add_audit_commands(all);
  add_content_commands(all);
  add_data_commands(all);
  add_import_commands(all);
  add_personal_commands(all);
  add_retention_commands(all);
  return all;
}

admin_core::behavior_type admin(pointer self, admin_parts parts) {
  self->state.parts = std::move(parts);
  self->state.commands = all_admin_commands();
  self->set_down_handler([self](const caf::down_msg& gone) { forget_asker(self, gone.source); });
  self->set_error_handler([](caf::error& why) {
    log::warning("the admin actor was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](const admin_request& msg) { return begin(self, msg); },
      [self](const admin_input& msg) -> caf::result<admin_answer> {
        auto call = find(self, msg.call);
        if (call && !has_room(self, call->from().who(), msg.text.size()))
          return no(admin_verdict::refused, "the input of all your commands together has at most 64 MiB");
        if (!call || !call->take(msg.text))
          return no(admin_verdict::refused, "no input is wanted");
        if (msg.last) {
          call->input_ended();
          auto answer = call->next();
          carry_out(self, call);
          return answer;
        }
        return call->next();
      },
      [self](const admin_more& msg) -> caf::result<admin_answer> {
        if (auto call = find(self, msg.call); call && !call->over())
          return call->next();
        return no(admin_verdict::refused, "there is no such call");
      },
      [self](const serving& now) { self->state.parts.services = now; },
      [](const say_how_far& msg) { msg.call->second_over(); },
      [self](const tell_refusals&) { on_tell_refusals(self); },
  };
}

} // namespace salond
