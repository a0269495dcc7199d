// Commands about salons: what they are, who belongs to them, what was said.
#include "actors/admin/ask.hpp"
#include "actors/network.hpp"
#include "persistence/column_words.hpp"
#include "protocol/words/names.hpp"
#include <unordered_map>

namespace salond {
namespace {

using namespace persistence;

/// The policy that an operator means by a word, if it is one.
std::optional<policy> policy_meant(const std::string& word) {
  const auto how = policy_of(word);
  return word == to_word(how) ? std::optional{how} : std::nullopt;
}

/// Whether the operator may see what is inside of the salon.
bool sees(const admin_call& call, salon_id salon) {
  return rules::may(call.file.rights, right::moderators, salon);
}

// --- what there is ---

struct counted_salon {
  salon_record record;
  size_t members = 0;
};

void show_salons(const admin_call_ptr& call, const std::vector<counted_salon>& found, const surveyed& now) {
  std::unordered_map<salon_id, size_t> hearers;
  for (const auto& one : now.salons)
    hearers[one.salon] = one.hearers;
  json list = json::array();
  for (const auto& one : found) {
    if (sees(*call, one.record.id))
      list.push_back({{"salon", one.record.name},
                      {"policy", to_word(one.record.policy)},
                      {"members", one.members},
                      {"hearers", hearers[one.record.id]},
                      {"topic", one.record.topic}});
  }
  call->done(list);
}

void list_salons(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [](store& db) {
        std::vector<counted_salon> result;
        for (auto& record : db.salons())
          result.push_back({record, db.members(record.id).size()});
        return result;
      },
      [call](const std::vector<counted_salon>& found) {
        call->self()
            ->request(call->parts().relay, std::chrono::seconds{5}, survey{})
            .then([call, found](const surveyed& now) { show_salons(call, found, now); }, refusing_error(call));
      });
}

struct waiting_requests {
  std::vector<join_request> joins;
  std::vector<registration> registrations;
  std::vector<salon_record> salons;
};

void list_requests(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [](store& db) {
        return waiting_requests{db.join_requests(), db.registrations(), db.salons()};
      },
      [call](const waiting_requests& found) {
        json list = json::array();
        for (const auto& one : found.joins)
          for (const auto& salon : found.salons)
            if (salon.id == one.salon && sees(*call, salon.id))
              list.push_back({{"user", one.username}, {"salon", salon.name}, {"since", iso_time(one.at)}});
        if (call->file.rights.role == role::administrator)
          for (const auto& one : found.registrations)
            list.push_back({{"user", one.username},
                            {"salon", nullptr}, // none: it is the account that is asked for
                            {"since", iso_time(one.at)},
                            {"alias", one.alias},
                            {"from", one.network}});
        call->done(list);
      });
}

// --- who belongs ---

/// Asks the salon, which changes its members and tells them; `what` is admit or dismiss.
template <class Message>
void decide_membership(const admin_call_ptr& call, decided_by how, const std::string& reason) {
  if (!call->file.target)
    return call->refuse(fault::unknown_user);
  const auto& who = call->file.target->who;
  call->self()
      ->request(
          call->parts().host, caf::infinite,
          Message{call->file.salon->id, who.id, who.username, how, call->why(reason), call->parts().keep_requests})
      .then([call](settled) { call->done(); }, refusing_error(call));
}

void accept_registration(const admin_call_ptr& call) {
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why()](store& db) {
        return db.accept_registration(key, why);
      },
      [call](const registered_user& made) {
        for (const auto salon : made.salons)
          call->self()->send(call->parts().host, membership_made{salon, made.user.id});
        call->done(json{{"done", true}, {"user", made.user.username}});
      });
}

/// Where a salon is named that there is none of, that is the first word of the reason.
void reject_registration(const admin_call_ptr& call) {
  auto reason = call->said().get("SALON");
  if (const auto rest = call->said().text(); !rest.empty())
    reason += " " + rest;
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why(reason)](store& db) {
        return db.reject_registration(key, why);
      },
      [call](done) { call->done(); });
}

/// Registrations of one network, or all of them. What else is said is the reason.
void reject_registrations(const admin_call_ptr& call) {
  if (call->file.rights.role != role::administrator) // who may decide about a salon may not about accounts
    return call->forbid("your certificate has no right to that");
  std::optional<std::string> network;
  if (call->said().has("--from")) {
    network = network_of(call->said().get("--from"));
    if (network->empty() || call->said().has("--all"))
      return call->refuse(admin_verdict::wrong_usage, "reject --from=ADDRESS, as requests shows it, or reject --all");
  }
  std::string reason;
  for (const auto& word : {call->said().get("USER"), call->said().get("SALON"), call->said().text()})
    if (!word.empty())
      reason += (reason.empty() ? "" : " ") + word;
  ask_to_write(
      call,
      [network, why = call->why(reason)](store& db) {
        return db.reject_registrations({network, {}}, why);
      },
      [call](size_t count) {
        call->done(json{{"done", true}, {"registrations", count}});
      });
}

void accept(const admin_call_ptr& call) {
  if (!call->said().has("SALON"))
    return accept_registration(call);
  decide_membership<admit>(call, decided_by::request, {});
}
void reject(const admin_call_ptr& call) {
  if (call->said().has("--all") || call->said().has("--from"))
    return reject_registrations(call);
  if (!call->said().has("USER"))
    return call->refuse(admin_verdict::wrong_usage, "reject USER, reject --from=ADDRESS or reject --all");
  if (!call->file.salon)
    return reject_registration(call);
  decide_membership<dismiss>(call, decided_by::request, call->said().text());
}
void add_member(const admin_call_ptr& call) {
  decide_membership<admit>(call, decided_by::operators, {});
}
void remove_member(const admin_call_ptr& call) {
  decide_membership<dismiss>(call, decided_by::operators, {});
}

// --- what salons are ---

/// Runs a change of a salon in the store and tells the node of it; `Fact` is what the host is told.
template <class Fact, class Change>
void change_salon(const admin_call_ptr& call, Change change) {
  ask_to_write(call, std::move(change), [call](const salon_record& changed) {
    call->self()->send(call->parts().host, Fact{changed});
    call->done(json{{"done", true}, {"salon", changed.name}});
  });
}

void create_salon(const admin_call_ptr& call) {
  const auto name = call->said().get("SALON");
  const auto wished = call->said().has("--policy") ? policy_meant(call->said().get("--policy")) : policy::approval;
  if (!wished)
    return call->refuse(admin_verdict::wrong_usage, "--policy is auto, open or approval");
  if (!is_name(name))
    return call->refuse(fault::invalid_name);
  change_salon<salon_made>(
      call, [name, wished, why = call->why()](store& db) { return db.create_salon(name, *wished, why); });
}

void set_policy(const admin_call_ptr& call) {
  const auto wished = policy_meant(call->said().get("POLICY"));
  if (!wished)
    return call->refuse(admin_verdict::wrong_usage, "POLICY is auto, open or approval");
  change_salon<salon_changed>(call, [id = call->file.salon->id, wished, why = call->why()](store& db) {
    return db.set_policy(id, *wished, why);
  });
}

void set_topic(const admin_call_ptr& call) {
  const auto topic = shown(call->said().text());
  if (topic.size() > 1024)
    return call->refuse(admin_verdict::wrong_usage, "a topic has at most 1,024 bytes");
  change_salon<salon_changed>(
      call, [id = call->file.salon->id, topic, why = call->why()](store& db) { return db.set_topic(id, topic, why); });
}

void rename_salon(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (!is_name(name))
    return call->refuse(fault::invalid_name);
  change_salon<salon_changed>(
      call, [id = call->file.salon->id, name, why = call->why()](store& db) { return db.rename_salon(id, name, why); });
}

void archive_salon(const admin_call_ptr& call) {
  change_salon<salon_archived>(
      call, [id = call->file.salon->id, why = call->why()](store& db) { return db.archive_salon(id, why); });
}

// --- what was said ---

constexpr size_t most_messages = 10000;

/// Messages on their way to an operator, who reads them piece by piece.
struct shown_messages {
  std::weak_ptr<admin_call> call; ///< which has this: gone with an operator who asks for nothing more
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
    ask_to_read(
        call, [id = state->salon, seqs = take_piece(state->later)](store& db) { return db.messages_at(id, seqs); },
        [call, state](const std::vector<chat_message>& found) { show_piece(call, state, found); });
}

void show_messages(const admin_call_ptr& call, persistence::history_page& found) {
  auto state = std::make_shared<shown_messages>();
  state->call = call;
  state->salon = call->file.salon->id;
  state->later = std::move(found.later);
  show_piece(call, state, found.messages, "[");
}

void show_history(const admin_call_ptr& call) {
  const auto wished = static_cast<size_t>(call->said().number("N").value_or(50));
  ask_to_read(
      call,
      [id = call->file.salon->id, count = std::min(wished, most_messages)](store& db) {
        return db.begin_history(id, count);
      },
      [call](persistence::history_page& found) { show_messages(call, found); });
}

void search_salon(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [id = call->file.salon->id, text = call->said().text()](store& db) { return db.begin_search(id, text, 200); },
      [call](persistence::history_page& found) { show_messages(call, found); });
}

void delete_message(const admin_call_ptr& call) {
  const auto id = call->said().number("ID");
  if (!id)
    return call->refuse(admin_verdict::wrong_usage, "ID is a number; history --ids shows them");
  ask_to_write(
      call, [id, why = call->why()](store& db) { return db.delete_message(message_id{*id}, why); },
      [call](done) { call->done(); });
}

} // namespace

void add_salon_commands(std::map<std::string_view, admin_command>& to) {
  to["salons"] = list_salons;
  to["requests"] = list_requests;
  to["accept"] = accept;
  to["reject"] = reject;
  to["member add"] = add_member;
  to["member remove"] = remove_member;
  to["salon create"] = create_salon;
  to["salon policy"] = set_policy;
  to["salon topic"] = set_topic;
  to["salon rename"] = rename_salon;
  to["salon archive"] = archive_salon;
  to["search"] = search_salon;
  to["message delete"] = delete_message;
  to["history"] = show_history;
}

} // namespace salond
