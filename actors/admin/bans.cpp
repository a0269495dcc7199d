// Commands about users and names that are out, and about addresses and networks from which nobody is let in.
#include "persistence/contracts/bans.hpp"
#include "actors/admin/ask.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/contracts/memberships.hpp"
#include "protocol/words/address_range.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <tuple>

namespace salond {
namespace {

using namespace persistence;

constexpr int64_t max_minutes = 527040;           // a year
constexpr int64_t max_minutes_of_moderators = 60; // longer kicks are an administrator's matter

constexpr auto user_of_that_name =
    "a user has that name, whom this would not ban: user rename gives him another one first";

/// The sentence of a refusal. A text that is neither a name nor an address was mistyped.
std::string sentence_about(const spoken_command& said, fault why) {
  const auto whom = said.get("USER");
  const std::string_view command = said.row->name;
  const bool lets_in = command == "unban";
  const bool is_address = !said.has("--name") && address_range::parse(whom).has_value();
  if (why == fault::busy && command == "ban" && is_address)
    return "10,000 addresses and networks are banned, which is the most: unban one that a network will hold, ban the "
           "network, and unban the others";
  if (why == fault::name_taken && command == "ban" && is_address)
    return user_of_that_name;
  if (why == fault::not_allowed && command == "kick")
    return sentence_of(why) + ", and ends no kick that lasts longer; bans shows these";
  if (why != fault::unknown_user)
    return sentence_of(why);
  if (is_address && !lets_in)
    return sentence_of(why) + "; ban ADDRESS --for=TIME keeps an address out";
  if (is_address)
    return "no user of that name is out, and just this address or network is not banned; bans shows who is out";
  const std::string text = lets_in ? "no user of that name is out; bans shows who is" : sentence_of(why);
  return text + (whom.find_first_of(":/") == std::string::npos ? "" : ", and it is no address or network");
}

template <class Message>
void ask_bans(const admin_call_ptr& call, Message message) {
  call->self()
      ->request(call->parts().services.bans, caf::infinite, std::move(message))
      .then(
          [call](const removed& hit) {
            json answer{{"done", true}, {"user", hit.username}};
            if (!hit.let_in.empty())
              answer["kind"] = hit.let_in;
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
  if (minutes < 1 || minutes > max_minutes)
    return call->refuse(admin_verdict::wrong_usage, "MINUTES is from 1 to 527040, which is a year");
  if (call->context.rights.role == role::moderator && minutes > max_minutes_of_moderators)
    return call->forbid("a moderator kicks for at most 60 minutes");
  ask_bans(call, kick_user{call->said().get("USER"), minutes * 60, call->why(call->said().text())});
}

/// How long a ban of an address lasts; 0 for good. Nothing: the call is refused.
std::optional<int64_t> seconds_meant(const admin_call_ptr& call) {
  if (!call->said().has("--for"))
    return 0;
  const auto said = duration_meant(call->said().get("--for"));
  if (said && *said >= std::chrono::minutes{1} && *said <= std::chrono::minutes{max_minutes})
    return said->count();
  call->refuse(admin_verdict::wrong_usage, "--for is a time from a minute to a year: 15m, 2h, 7d");
  return std::nullopt;
}

void ban_from(const admin_call_ptr& call, const address_range& network) {
  if (call->context.target) // else a user could be deleted whose name is an address
    return call->refuse(admin_verdict::refused, user_of_that_name);
  if (network.is_too_wide())
    return call->refuse(admin_verdict::wrong_usage,
                        network.to_string() + " is too much to be meant: name /8 or more of IPv4, /16 or more of IPv6");
  const auto seconds = seconds_meant(call);
  if (seconds)
    ask_bans(call, ban_address{network.to_string(), *seconds, call->why(call->said().text())});
}

void put_out(const admin_call_ptr& call) {
  const auto& said = call->said();
  const auto whom = said.get("USER");
  const auto network = said.has("--name") ? std::nullopt : address_range::parse(whom);
  if (network)
    return ban_from(call, *network);
  if (said.has("--for"))
    return call->refuse(admin_verdict::wrong_usage,
                        "--for goes with an address or a network; kick puts a user out for a time");
  if (!said.has("--name"))
    return ask_bans(call, ban_user{whom, call->why(said.text())});
  if (!is_name(whom)) // a ban of a name deletes nothing: it is refused for a name that an account has
    return call->refuse(fault::invalid_username);
  ask_bans(call, ban_name{whom, call->why(said.text())});
}

void unban(const admin_call_ptr& call) {
  ask_bans(call, unban_user{call->said().get("USER"), call->said().has("--name"), call->why()});
}

json row_of(const std::string& name, const char* kind, const std::optional<moment>& until, moment since,
            const std::string& by, const std::string& reason) {
  return {
      {"user", name}, {"kind", kind},    {"until", until ? iso_time(*until) : "for good"}, {"since", iso_time(since)},
      {"by", by},     {"reason", reason}};
}

/// The bans that the operator may know. A moderator is shown the kicks of members of his salons, and the reasons of his
/// own kicks. He is not shown what others wrote of people, nor the addresses from which these come.
struct bans_to_show {
  std::vector<ban> names;
  std::vector<address_ban> addresses;
};

bans_to_show bans_for(const reading& db, const rules::authority& rights, const std::string& operator_name, moment now) {
  if (rights.role == role::administrator)
    return {db.bans.all(now), db.bans.addresses(now)};
  bans_to_show result;
  for (auto& ban : db.bans.all(now)) {
    const auto salons = ban.until ? db.memberships.salons_of(ban.username) : std::vector<salon_id>{};
    if (std::find_first_of(salons.begin(), salons.end(), rights.moderates.begin(), rights.moderates.end())
        == salons.end())
      continue;
    if (ban.by != operator_name)
      ban.by = ban.reason = {};
    result.names.push_back(std::move(ban));
  }
  return result;
}

std::vector<json> rows_of(const bans_to_show& out) {
  std::vector<std::pair<std::string, json>> rows; // by their keys
  for (const auto& ban : out.names)
    rows.emplace_back(ban.key, row_of(ban.username, "name", ban.until, ban.since, ban.by, ban.reason));
  for (const auto& ban : out.addresses)
    rows.emplace_back(ban.where.to_string(),
                      row_of(ban.where.to_string(), ban.where.is_one_address() ? "address" : "network", ban.until,
                             ban.since, ban.by, ban.reason));
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second["kind"]) < std::tie(b.first, b.second["kind"]);
  });
  std::vector<json> list;
  for (auto& [key, row] : rows)
    list.push_back(std::move(row));
  return list;
}

void list_bans(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [rights = call->context.rights, name = call->why().by, now = wall_clock()](const reading& db) {
        return bans_for(db, rights, name, now);
      },
      [call](const bans_to_show& out) {
        answer_list(call, rows_of(out), {"user", max_listed, true, "kind", {"address", "name", "network"}});
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
