// Commands about the messages of salons.
#include "actors/admin/node_state.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/decisions/messages.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <limits>

namespace salond {
namespace {

using namespace persistence;

constexpr size_t max_messages = 10000, max_found = 200;
// Messages that are looked at in one question; other questions have their turn in between.
constexpr size_t messages_a_look = 200;

/// The messages that are wanted; an empty field allows all.
struct message_filter {
  std::string author_key;
  time_span when;

  bool fits(const chat_message& message) const {
    return when.holds(message.at) && (author_key.empty() || key_of(message.author) == author_key);
  }
  bool any() const { return !author_key.empty() || when.since || when.until; }
};

/// Nothing: the call is refused.
std::optional<message_filter> filter_meant(const admin_call_ptr& call) {
  const auto when = span_meant(call);
  if (!when)
    return std::nullopt;
  return message_filter{key_of(call->said().get("--author")), *when};
}

// --- on their way to an operator ---

/// Messages that an operator reads piece by piece.
struct shown_messages {
  std::weak_ptr<admin_call> call; ///< owns this state; gone with an operator who asks for nothing more
  salon_id salon;
  std::vector<weighed> later;
  bool first = true; ///< none is told yet
};
using shown_messages_ptr = std::shared_ptr<shown_messages>;

std::string spelled(const admin_call_ptr& call, const chat_message& message) {
  json row;
  if (call->said().has("--ids"))
    row["id"] = message.id.value;
  row["at"] = iso_time(message.at);
  row["user"] = message.author;
  row["text"] = shown(message.text);
  return row.dump(-1, ' ', false, json::error_handler_t::replace);
}

void show_next_piece(const shown_messages_ptr& state);

void show_piece(const admin_call_ptr& call, const shown_messages_ptr& state, const std::vector<chat_message>& found,
                std::string text = {}) {
  for (const auto& message : found)
    text += (std::exchange(state->first, false) ? "" : ",") + spelled(call, message);
  if (state->later.empty())
    return call->end_text(text + "]");
  call->part(std::move(text), [state] { show_next_piece(state); });
}

void show_next_piece(const shown_messages_ptr& state) {
  if (const auto call = state->call.lock())
    ask_to_read_on(
        call,
        [id = state->salon, seqs = take_piece(state->later)](const reading& db) { return db.messages.at(id, seqs); },
        [call, state](const std::vector<chat_message>& found) { show_piece(call, state, found); });
}

void show_messages(const admin_call_ptr& call, const std::vector<chat_message>& found, std::vector<weighed> later) {
  auto state = std::make_shared<shown_messages>();
  state->call = call;
  state->salon = call->context.salon->id;
  state->later = std::move(later);
  show_piece(call, state, found, "[");
}

// --- those of a user or a time, or with a text ---

/// A walk back through a salon, until one message more is found than is wanted.
struct message_walk {
  salon_id salon;
  message_filter filter;
  std::optional<std::string> text; ///< of a search
  size_t wanted = 0;
  bool tells_cut = false; ///< whether more messages than are wanted are worth a word
  int64_t before = std::numeric_limits<int64_t>::max();
  std::vector<weighed> found; ///< newest first
};
using message_walk_ptr = std::shared_ptr<message_walk>;

/// What one look brings: messages, oldest first, and the number before which to go on; 0: there are no more.
struct looked_at {
  std::vector<chat_message> messages;
  int64_t before = 0;
  std::optional<moment> oldest = {}; ///< the time of the last message that was looked at, found or not
};

looked_at look_at_history(const reading& db, salon_id salon, int64_t before) {
  looked_at result;
  result.messages = db.messages.history(salon, before, messages_a_look);
  if (result.messages.size() == messages_a_look)
    result.before = result.messages.front().seq;
  if (!result.messages.empty())
    result.oldest = result.messages.front().at;
  return result;
}

/// `oldest` is of any message: few may hold the text, and only the others then say how far back the look is. It is
/// looked for where that is wanted.
looked_at look_for_text(const reading& db, salon_id salon, const std::string& text, int64_t before, bool wants_oldest) {
  auto part = db.messages.look_through(salon, text, before, messages_a_look);
  std::reverse(part.found.begin(), part.found.end());
  looked_at result{{}, part.before};
  while (!part.found.empty())
    for (auto& message : db.messages.at(salon, take_piece(part.found)))
      result.messages.push_back(std::move(message));
  if (wants_oldest && part.before != 0)
    for (const auto& next : db.messages.history(salon, part.before, 1))
      result.oldest = next.at;
  return result;
}

/// Takes the messages that fit. True: there is no more to look at.
bool take_messages(message_walk& walk, const looked_at& part) {
  for (auto each = part.messages.rbegin(); each != part.messages.rend(); ++each) {
    if (walk.filter.fits(*each))
      walk.found.push_back({each->seq, weight_of(each->text.size(), each->author.size())});
    if (walk.found.size() > walk.wanted)
      return true;
  }
  walk.before = part.before;
  const auto& since = walk.filter.when.since;
  return part.before == 0 || (since && part.oldest && *part.oldest + clock_jump < *since);
}

void end_walk(const admin_call_ptr& call, message_walk& walk) {
  if (walk.found.size() > walk.wanted) {
    walk.found.pop_back();
    if (walk.tells_cut)
      call->cut_off();
  }
  std::reverse(walk.found.begin(), walk.found.end());
  show_messages(call, {}, std::move(walk.found));
}

void look_on(const admin_call_ptr& call, const message_walk_ptr& walk) {
  ask_to_read_on(
      call,
      [salon = walk->salon, text = walk->text, before = walk->before,
       since = walk->filter.when.since.has_value()](const reading& db) {
        return text ? look_for_text(db, salon, *text, before, since) : look_at_history(db, salon, before);
      },
      [call, walk](const looked_at& part) {
        take_messages(*walk, part) ? end_walk(call, *walk) : look_on(call, walk);
      });
}

void look_for(const admin_call_ptr& call, const message_filter& filter, std::optional<std::string> text, size_t wanted,
              bool tells_cut) {
  auto walk = std::make_shared<message_walk>();
  walk->salon = call->context.salon->id;
  walk->filter = filter;
  walk->text = std::move(text);
  walk->wanted = wanted;
  walk->tells_cut = tells_cut;
  look_on(call, walk);
}

/// Shows the last `wanted` messages. One more than that was asked for.
void show_last(const admin_call_ptr& call, history_page& found, size_t wanted, bool tells_cut) {
  if (found.messages.size() + found.later.size() > wanted) {
    auto& oldest_first = found.messages;
    if (!oldest_first.empty())
      oldest_first.erase(oldest_first.begin());
    else
      found.later.erase(found.later.begin());
    if (tells_cut)
      call->cut_off();
  }
  show_messages(call, found.messages, std::move(found.later));
}

void show_history(const admin_call_ptr& call) {
  const auto filter = filter_meant(call);
  if (!filter)
    return;
  const auto said = static_cast<size_t>(call->said().number("N").value_or(50));
  const auto wished = std::min(said, max_messages);
  const bool tells_cut = said > max_messages;
  if (filter->any())
    return look_for(call, *filter, std::nullopt, wished, tells_cut);
  ask_to_read(
      call,
      [id = call->context.salon->id, wished](const reading& db) { return db.messages.begin_history(id, wished + 1); },
      [call, wished, tells_cut](history_page& found) { show_last(call, found, wished, tells_cut); });
}

void search_salon(const admin_call_ptr& call) {
  const auto filter = filter_meant(call);
  if (filter)
    look_for(call, *filter, call->said().text(), max_found, true);
}

// --- what is deleted ---

/// A user's messages that go, piece by piece.
struct deletion {
  user author;
  time_span when;
  int64_t below = 0; ///< the number of the first message that is posted meanwhile
  table_row last;
  size_t deleted = 0;
};
using deletion_ptr = std::shared_ptr<deletion>;

std::string count_of(const deletion& state) {
  return std::to_string(state.deleted) + (state.deleted == 1 ? " message" : " messages");
}

/// All messages are gone. The database takes the audit line now or later.
void end_deletion(const admin_call_ptr& call, const deletion_ptr& state) {
  note_if_possible(call, state->author.username, count_of(*state), "done", [call, state] {
    call->done(json{{"done", true}, {"user", state->author.username}, {"messages", state->deleted}});
  });
}

/// The database refused in the middle: what is gone is gone.
void end_half_way(const admin_call_ptr& call, const deletion_ptr& state, fault why) {
  note_if_possible(call, state->author.username, count_of(*state) + ", and not the rest", to_string(why),
                   [call, state] {
                     call->refuse_noted(admin_verdict::refused,
                                        count_of(*state) + " of " + state->author.username
                                            + " deleted, the rest not: the database does not take it now; type it "
                                              "again for the rest");
                   });
}

/// Goes on to its end, even if nobody waits for it any more: it was noted as begun.
void delete_on(const admin_call_ptr& call, const deletion_ptr& state) {
  ask_to_write_on(
      call,
      [author = state->author.id, when = state->when, below = state->below, after = state->last](const writing& db) {
        return decisions::delete_messages_of(db, author, {when.since, when.until, below}, after, messages_a_look);
      },
      [call, state](decisions::deleted_part& piece) {
        state->deleted += piece.count;
        state->last = std::move(piece.last);
        if (!state->last.empty())
          return delete_on(call, state);
        end_deletion(call, state);
      },
      [call, state](fault why) { end_half_way(call, state, why); });
}

/// Deletes in pieces, so that nobody's post waits for all of it. The audit log has a line of its beginning, and one of
/// its end.
void delete_messages_of(const admin_call_ptr& call) {
  const auto when = span_meant(call);
  if (!when)
    return;
  const auto author = call->said().get("--author");
  const auto span = "messages since " + (when->since ? iso_time(*when->since) : "ever") + " until "
                    + (when->until ? iso_time(*when->until) : "now");
  ask_to_write(
      call,
      [author, when, why = call->why(span)](const writing& db) -> outcome<deletion> {
        const auto found = db.accounts.find(key_of(author));
        db.audit.note(why, audited::delete_message, found ? found->username : author,
                      found ? "begun" : to_string(found.why()));
        if (!found)
          return found.why();
        return deletion{*found, *when, decisions::next_message(db), {}, 0};
      },
      [call](const deletion& begun) {
        auto state = std::make_shared<deletion>(begun);
        call->report([state] { return json{{"messages", state->deleted}}; });
        delete_on(call, state);
      });
}

void delete_message(const admin_call_ptr& call) {
  const auto& said = call->said();
  const bool many = said.has("--author");
  if (many == said.has("ID") || (!many && (said.has("--since") || said.has("--until"))))
    return call->refuse(admin_verdict::wrong_usage,
                        "message delete ID, or message delete --author=USER [--since=TIME] [--until=TIME]");
  if (many)
    return delete_messages_of(call);
  const auto id = said.number("ID");
  if (!id)
    return call->refuse(admin_verdict::wrong_usage, "ID is a number; history --ids shows them");
  ask_to_write(
      call, [id, why = call->why()](const writing& db) { return decisions::delete_message(db, message_id{*id}, why); },
      [call](done) { call->done(); });
}

} // namespace

void add_content_commands(std::map<std::string_view, admin_command>& to) {
  to["search"] = search_salon;
  to["message delete"] = delete_message;
  to["history"] = show_history;
}

} // namespace salond
