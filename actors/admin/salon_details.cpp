// Commands about one salon: what it is, who belongs to it, and all of it.
#include "actors/admin/ask.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/lookups.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

constexpr size_t most_members = 1000; // where not said

json fields_of(const salon_record& salon) {
  return {{"salon", salon.name}, {"policy", to_word(salon.policy)}, {"topic", salon.topic}};
}

struct salon_details {
  size_t members = 0;
  std::vector<std::string> moderators;
};

void show_salon(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [id = call->file.salon->id](const reading& db) {
        const auto counted = db.memberships.counts(id);
        return salon_details{counted.empty() ? 0 : counted.front().members, moderators_of(db, id)};
      },
      [call](const salon_details& found) {
        call->self()
            ->request(call->parts().relay, std::chrono::seconds{5}, survey{})
            .then(
                [call, found](const surveyed& now) {
                  auto shown = fields_of(*call->file.salon);
                  shown["members"] = found.members;
                  shown["moderators"] = found.moderators;
                  shown["hearers"] = 0;
                  for (const auto& one : now.salons)
                    if (one.salon == call->file.salon->id)
                      shown["hearers"] = one.hearers;
                  shown["last_number"] = call->file.salon->last_seq;
                  call->done(shown);
                },
                refusing_error(call));
      });
}

void show_members(const admin_call_ptr& call) {
  ask_to_read(
      call, [id = call->file.salon->id](const reading& db) { return members_of(db, id); },
      [call](const std::vector<member_row>& found) {
        std::vector<json> list;
        for (const auto& one : found)
          list.push_back({{"user", one.username}, {"by_moderator", one.by_moderator}});
        answer_list(call, std::move(list), "user", most_members);
      });
}

// --- all of it ---

/// An export that an operator reads piece by piece.
struct salon_export {
  std::weak_ptr<admin_call> call; ///< gone with an operator who asks for nothing more
  salon_record salon;
  int64_t next = 1; ///< the order number at which the next piece begins
  bool first = true;
};
using salon_export_ptr = std::shared_ptr<salon_export>;

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void export_on(const salon_export_ptr& state);

void export_piece(const admin_call_ptr& call, const salon_export_ptr& state, const std::vector<chat_message>& found,
                  std::string text) {
  for (const auto& one : found)
    if (!one.text.empty())
      text +=
          (std::exchange(state->first, false) ? "" : ",")
          + dumped({{"id", one.id.value}, {"at", iso_time(one.at)}, {"user", one.author}, {"text", shown(one.text)}});
  if (state->next > state->salon.last_seq)
    return call->end_text(text + "]}");
  if (text.empty())
    return export_on(state);
  call->part(std::move(text), [state] { export_on(state); });
}

void export_on(const salon_export_ptr& state) {
  const auto call = state->call.lock();
  if (!call)
    return;
  constexpr size_t messages_a_piece = 64;
  std::vector<int64_t> seqs;
  while (seqs.size() < messages_a_piece && state->next <= state->salon.last_seq)
    seqs.push_back(state->next++);
  ask_to_read(
      call, [id = state->salon.id, seqs](const reading& db) { return db.messages.at(id, seqs); },
      [call, state](const std::vector<chat_message>& found) { export_piece(call, state, found, {}); });
}

/// What was asked for is a line of the audit log, as an export of a user is.
void export_salon(const admin_call_ptr& call) {
  const auto salon = *call->file.salon;
  ask_to_write(
      call,
      [salon, why = call->why()](const writing& db) {
        db.audit.note(why, audited::export_salon, salon.name, "done");
        return members_of(db, salon.id);
      },
      [call, salon](const std::vector<member_row>& members) {
        auto state = std::make_shared<salon_export>();
        state->call = call;
        state->salon = salon;
        auto head = fields_of(salon);
        head["members"] = json::array();
        for (const auto& one : members)
          head["members"].push_back(one.username);
        auto text = dumped(head);
        text.back() = ','; // the messages follow in the same object
        export_piece(call, state, {}, text + "\"messages\":[");
      });
}

} // namespace

void add_salon_detail_commands(std::map<std::string_view, admin_command>& to) {
  to["salon show"] = show_salon;
  to["salon members"] = show_members;
  to["salon export"] = export_salon;
}

} // namespace salond
