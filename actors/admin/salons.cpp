// Commands about salons: what they are, who belongs to them, what was said.
#include "actors/admin/admin.hpp"
#include "actors/ask_store.hpp"
#include "protocol/words/names.hpp"
#include <unordered_map>

namespace salond {
namespace {

using namespace persistence;

const char* name_of(policy which) {
  switch (which) {
  case policy::automatic: return "auto";
  case policy::open: return "open";
  case policy::approval: break;
  }
  return "approval";
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
                      {"policy", name_of(one.record.policy)},
                      {"members", one.members},
                      {"hearers", hearers[one.record.id]}});
  }
  call->done(list);
}

void list_salons(const admin_call_ptr& call) {
  ask_store(
      call->self(), call->parts().store, store_work::kind::read,
      [](store& db) {
        std::vector<counted_salon> result;
        for (auto& record : db.salons())
          result.push_back({record, db.members(record.id).size()});
        return result;
      },
      [call](const std::vector<counted_salon>& found) {
        call->self()
            ->request(call->parts().relay, std::chrono::seconds{5}, survey{})
            .then([call, found](const surveyed& now) { show_salons(call, found, now); },
                  [call](caf::error& why) { call->refuse(fault_of(why)); });
      },
      [call](fault why) { call->refuse(why); });
}

struct waiting_requests {
  std::vector<join_request> joins;
  std::vector<salon_record> salons;
};

void list_requests(const admin_call_ptr& call) {
  ask_store(
      call->self(), call->parts().store, store_work::kind::read,
      [](store& db) {
        return waiting_requests{db.join_requests(), db.salons()};
      },
      [call](const waiting_requests& found) {
        json list = json::array();
        for (const auto& one : found.joins)
          for (const auto& salon : found.salons)
            if (salon.id == one.salon && sees(*call, salon.id))
              list.push_back({{"user", one.username}, {"salon", salon.name}, {"since", iso_time(one.at)}});
        call->done(list);
      },
      [call](fault why) { call->refuse(why); });
}

// --- who belongs ---

/// Asks the salon, which changes its members and tells them; `what` is admit or dismiss.
template <class Message>
void decide_membership(const admin_call_ptr& call, const std::string& reason) {
  if (!call->file.target)
    return call->refuse(fault::unknown_user);
  const auto& who = call->file.target->who;
  call->self()
      ->request(call->parts().host, caf::infinite,
                Message{call->file.salon->id, who.id, who.username, call->why(reason)})
      .then([call](const store_done&) { call->done(); }, [call](caf::error& why) { call->refuse(fault_of(why)); });
}

void accept(const admin_call_ptr& call) {
  decide_membership<admit>(call, {});
}
void reject(const admin_call_ptr& call) {
  decide_membership<dismiss>(call, call->said().text());
}
// --- what was said ---

constexpr size_t most_messages = 10000; // of one answer: some 2 MB at most of usual texts

void show_messages(const admin_call_ptr& call, const std::vector<chat_message>& found) {
  json list = json::array();
  for (const auto& one : found) {
    json row;
    if (call->said().has("--ids"))
      row["id"] = one.id.value;
    row["at"] = iso_time(one.at);
    row["user"] = one.author;
    row["text"] = shown(one.text);
    list.push_back(std::move(row));
  }
  call->done(list);
}

constexpr auto newest = std::numeric_limits<int64_t>::max();

void show_history(const admin_call_ptr& call) {
  const auto wished = static_cast<size_t>(call->said().number("N").value_or(50));
  ask_store(
      call->self(), call->parts().store, store_work::kind::read,
      [id = call->file.salon->id, count = std::min(wished, most_messages)](store& db) {
        return db.history(id, newest, count);
      },
      [call](const std::vector<chat_message>& found) { show_messages(call, found); },
      [call](fault why) { call->refuse(why); });
}

} // namespace

void add_salon_commands(std::map<std::string_view, admin_command>& to) {
  to["salons"] = list_salons;
  to["requests"] = list_requests;
  to["accept"] = accept;
  to["reject"] = reject;
  to["history"] = show_history;
}

} // namespace salond
