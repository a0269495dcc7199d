// Commands about who is out: users, names, and addresses and networks from where nobody is let in.
#include "persistence/contracts/bans.hpp"
#include "actors/admin/ask.hpp"
#include "actors/wall_clock.hpp"
#include "protocol/words/address_range.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <tuple>

namespace salond {
namespace {

using namespace persistence;

constexpr int64_t most_minutes = 527040;           // a year
constexpr int64_t most_minutes_of_moderators = 60; // who is to be out for longer is an administrator's matter

/// What is said of a refusal. What is neither a name nor an address was mistyped.
std::string sentence_about(const spoken_command& said, fault why) {
  const auto whom = said.get("USER");
  const std::string_view command = said.what->name;
  const bool lets_in = command == "unban";
  if (why == fault::busy && command == "ban" && !said.has("--name") && address_range::parse(whom))
    return "10,000 addresses and networks are banned, which is the most; ban a network that holds several, and unban "
           "these";
  if (why != fault::unknown_user)
    return sentence_of(why);
  if (address_range::parse(whom) && !lets_in)
    return sentence_of(why) + "; ban ADDRESS --for=TIME keeps an address out";
  if (address_range::parse(whom))
    return "no user of that name is out, and just this address or network is not banned; bans shows who is out";
  return sentence_of(why) + (whom.find_first_of(":/") == std::string::npos ? "" : ", and it is no address or network");
}

template <class Message>
void ask_bans(const admin_call_ptr& call, Message what) {
  call->self()
      ->request(call->parts().services.bans, caf::infinite, std::move(what))
      .then(
          [call](const removed& hit) {
            json answer{{"done", true}, {"user", hit.username}};
            tell_ended(answer, hit.certificates);
            call->done(answer);
          },
          [call](caf::error& error) { // the line is written, at the time of the decision
            const auto why = fault_of(error);
            call->refuse_noted(why == fault::not_allowed ? admin_verdict::not_allowed : admin_verdict::refused,
                               sentence_about(call->said(), why));
          });
}

void kick(const admin_call_ptr& call) {
  const auto minutes = call->said().number("MINUTES").value_or(5);
  if (minutes < 1 || minutes > most_minutes)
    return call->refuse(admin_verdict::wrong_usage, "MINUTES is from 1 to 527040, which is a year");
  if (call->file.rights.role == role::moderator && minutes > most_minutes_of_moderators)
    return call->forbid("a moderator kicks for at most 60 minutes");
  ask_bans(call, kick_user{call->said().get("USER"), minutes * 60, call->why(call->said().text())});
}

/// How long a ban of an address lasts; 0 for good. Nothing: the call is refused.
std::optional<int64_t> seconds_meant(const admin_call_ptr& call) {
  if (!call->said().has("--for"))
    return 0;
  const auto said = duration_meant(call->said().get("--for"));
  if (said && *said >= std::chrono::minutes{1} && *said <= std::chrono::minutes{most_minutes})
    return said->count();
  call->refuse(admin_verdict::wrong_usage, "--for is a time from a minute to a year: 15m, 2h, 7d");
  return std::nullopt;
}

void ban_from(const admin_call_ptr& call, const address_range& where) {
  if (call->file.target) // or whoever takes an address for a name would have to be deleted for it
    return call->refuse(admin_verdict::refused,
                        "a user has that name, whom this would not ban: user rename gives him another one first");
  if (where.is_too_wide())
    return call->refuse(admin_verdict::wrong_usage,
                        where.to_string() + " is too much to be meant: name /8 or more of IPv4, /16 or more of IPv6");
  const auto seconds = seconds_meant(call);
  if (seconds)
    ask_bans(call, ban_address{where.to_string(), *seconds, call->why(call->said().text())});
}

void put_out(const admin_call_ptr& call) {
  const auto& said = call->said();
  const auto whom = said.get("USER");
  const auto where = said.has("--name") ? std::nullopt : address_range::parse(whom);
  if (where)
    return ban_from(call, *where);
  if (said.has("--for"))
    return call->refuse(admin_verdict::wrong_usage,
                        "--for goes with an address or a network; kick puts a user out for a time");
  if (!said.has("--name"))
    return ask_bans(call, ban_user{whom, call->why(said.text())});
  if (!is_name(whom)) // a ban of a name is refused for one that an account has: this deletes nothing
    return call->refuse(fault::invalid_username);
  ask_bans(call, ban_name{whom, call->why(said.text())});
}

void unban(const admin_call_ptr& call) {
  ask_bans(call, unban_user{call->said().get("USER"), call->why()});
}

json row_of(const std::string& who, const char* kind, const std::optional<moment>& until, moment since,
            const std::string& by, const std::string& reason) {
  return {
      {"user", who}, {"kind", kind},    {"until", until ? iso_time(*until) : "for good"}, {"since", iso_time(since)},
      {"by", by},    {"reason", reason}};
}

void list_bans(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [now = wall_clock()](const reading& db) {
        return std::pair{db.bans.all(now), db.bans.addresses(now)};
      },
      [call](const auto& out) {
        std::vector<std::pair<std::string, json>> rows; // by their keys
        for (const auto& one : out.first)
          rows.emplace_back(one.key, row_of(one.username, "name", one.until, one.since, one.by, one.reason));
        for (const auto& one : out.second)
          rows.emplace_back(one.where.to_string(),
                            row_of(one.where.to_string(), one.where.is_one_address() ? "address" : "network", one.until,
                                   one.since, one.by, one.reason));
        std::stable_sort(rows.begin(), rows.end(), [](const auto& one, const auto& other) {
          return std::tie(one.first, one.second["kind"]) < std::tie(other.first, other.second["kind"]);
        });
        std::vector<json> list;
        for (auto& [key, row] : rows)
          list.push_back(std::move(row));
        answer_list(call, std::move(list), {"user", most_listed, true, "kind", {"address", "name", "network"}});
      });
}

} // namespace

void add_ban_commands(std::map<std::string_view, admin_command>& to) {
  to["kick"] = kick;
  to["ban"] = put_out;
  to["unban"] = unban;
  to["bans"] = list_bans;
}

} // namespace salond
