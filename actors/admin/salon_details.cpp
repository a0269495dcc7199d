// Commands about one salon: its details, its members, and its export.
#include "actors/admin/ask.hpp"
#include "actors/admin/everywhere.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/retention.hpp"
#include "persistence/lookups.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

constexpr size_t max_members = 1000; // without --limit

json fields_of(const salon_record& salon) {
  return {{"salon", salon.name}, {"policy", to_word(salon.policy)}, {"topic", salon.topic}};
}

struct salon_details {
  size_t members = 0;
  std::vector<std::string> moderators;
  std::optional<int64_t> days; ///< that its messages are kept, if it has its own
};

void show_salon(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [id = call->context.salon->id](const reading& db) {
        const auto counted = db.memberships.counts(id);
        return salon_details{counted.empty() ? 0 : counted.front().members, moderators_of(db, id),
                             db.retention.own_days(id)};
      },
      [call](const salon_details& found) {
        ask_hearers(call, [call, found](const std::map<salon_id, size_t>& hearers) {
          auto shown = fields_of(*call->context.salon);
          shown["members"] = found.members;
          shown["moderators"] = found.moderators;
          const auto hear = hearers.find(call->context.salon->id);
          shown["hearers"] = hear == hearers.end() ? size_t{0} : hear->second;
          shown["last_number"] = call->context.salon->last_seq;
          tell_retention(shown, call, found.days);
          call->done(shown);
        });
      });
}

/// Members that are gathered page by page, until there are enough for the answer.
struct gathered_members {
  table_row last;
  std::vector<json> rows;
  size_t enough = max_sorted; ///< rows behind the one that `--after` names
  std::string after;          ///< its key; empty: it was found, or none is named
};

/// Takes the rows of a page, without those in front of the one that `--after` names.
void take_members(gathered_members& all, const member_page& page) {
  for (const auto& member : page.members) {
    if (!all.after.empty() && key_of(member.username) == all.after)
      all.after.clear();
    if (all.after.empty())
      all.rows.push_back({{"user", member.username}, {"by_moderator", member.by_moderator}});
  }
}

void gather_members(const admin_call_ptr& call, const std::shared_ptr<gathered_members>& all) {
  ask_to_read_on(
      call, [id = call->context.salon->id, last = all->last](const reading& db) { return members_after(db, id, last); },
      [call, all](member_page& page) {
        take_members(*all, page);
        const bool enough = all->after.empty() && all->rows.size() > all->enough;
        if (enough && call->said().has("--sort"))
          return call->refuse(admin_verdict::refused, "more than 100,000 members cannot be sorted; leave --sort out");
        if (enough || page.last.empty())
          return answer_list(call, std::move(all->rows), {"user", max_members});
        all->last = std::move(page.last);
        gather_members(call, all);
      });
}

void show_members(const admin_call_ptr& call) {
  const auto limit = limit_meant(call, max_members);
  if (!limit)
    return;
  auto all = std::make_shared<gathered_members>();
  if (!call->said().has("--sort")) {
    all->enough = *limit + 1; // the row of --after, and one that shows whether there are more
    all->after = key_of(call->said().get("--after"));
  }
  gather_members(call, all);
}

// --- all of it ---

/// An export that an operator reads piece by piece: its members, and then its messages.
struct salon_export {
  std::weak_ptr<admin_call> call; ///< owns this state; gone with an operator who asks for nothing more
  salon_record salon;
  table_row last_member;
  int64_t next = 1; ///< the order number at which the next piece begins
  bool first = true;
};
using salon_export_ptr = std::shared_ptr<salon_export>;

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The text between two values of a list.
const char* comma(salon_export& state) {
  return std::exchange(state.first, false) ? "" : ",";
}

void export_messages(const salon_export_ptr& state);

void tell_messages(const admin_call_ptr& call, const salon_export_ptr& state, const std::vector<chat_message>& found) {
  std::string text;
  for (const auto& message : found)
    if (!message.text.empty())
      text += comma(*state)
              + dumped({{"id", message.id.value},
                        {"at", iso_time(message.at)},
                        {"user", message.author},
                        {"text", shown(message.text)}});
  if (state->next > state->salon.last_seq)
    return call->end_text(text + "]}");
  if (text.empty())
    return export_messages(state);
  call->part(std::move(text), [state] { export_messages(state); });
}

void export_messages(const salon_export_ptr& state) {
  const auto call = state->call.lock();
  if (!call)
    return;
  constexpr size_t messages_a_piece = 64;
  std::vector<int64_t> seqs;
  while (seqs.size() < messages_a_piece && state->next <= state->salon.last_seq)
    seqs.push_back(state->next++);
  ask_to_read_on(
      call, [id = state->salon.id, seqs](const reading& db) { return db.messages.at(id, seqs); },
      [call, state](const std::vector<chat_message>& found) { tell_messages(call, state, found); });
}

/// Tells a piece of the members. `text` stands in front of it.
void export_members(const salon_export_ptr& state, const std::string& text) {
  const auto call = state->call.lock();
  if (!call)
    return;
  ask_to_read_on(
      call,
      [id = state->salon.id, last = state->last_member](const reading& db) { return members_after(db, id, last); },
      [call, state, text](member_page& page) {
        auto piece = text;
        for (const auto& member : page.members)
          piece += comma(*state) + dumped(member.username);
        if (!page.last.empty()) {
          state->last_member = std::move(page.last);
          return call->part(std::move(piece), [state] { export_members(state, {}); });
        }
        state->first = true;
        call->part(piece + "],\"messages\":[", [state] { export_messages(state); });
      });
}

/// The export has a line in the audit log, as an export of a user has.
void export_salon(const admin_call_ptr& call) {
  const auto salon = *call->context.salon;
  note(call, salon.name, {}, [call, salon] {
    auto state = std::make_shared<salon_export>();
    state->call = call;
    state->salon = salon;
    auto head = dumped(fields_of(salon));
    head.pop_back(); // more follows in the same object
    export_members(state, head + ",\"members\":[");
  });
}

} // namespace

void add_salon_detail_commands(std::map<std::string_view, admin_command>& to) {
  to["salon show"] = show_salon;
  to["salon members"] = show_members;
  to["salon export"] = export_salon;
}

} // namespace salond
