// Commands about salons: their lists, their members and requests, their names and policies. See also salon_details.cpp.
#include "persistence/contracts/salons.hpp"
#include "actors/admin/ask.hpp"
#include "actors/admin/effects.hpp"
#include "actors/admin/everywhere.hpp"
#include "actors/network.hpp"
#include "actors/rules/reserved_names.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/homes.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/registrations.hpp"
#include "persistence/contracts/retention.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/decisions/salons.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <unordered_map>

namespace salond {
namespace {

using namespace persistence;

/// The policy that an operator means by a word, if it is one.
std::optional<policy> policy_meant(const std::string& word) {
  const auto policy = policy_of(word);
  return word == to_word(policy) ? std::optional{policy} : std::nullopt;
}

/// Whether the operator may see the inside of the salon.
bool sees(const admin_call& call, salon_id salon) {
  return rules::may(call.context.rights, right::moderators, salon);
}

// --- what there is ---

/// Days that operators gave salons.
using salon_days = std::unordered_map<salon_id, int64_t>;

salon_days own_days(const reading& db) {
  const auto all = db.retention.own_days();
  return {all.begin(), all.end()};
}

std::optional<int64_t> days_of(const salon_days& all, salon_id salon) {
  const auto own = all.find(salon);
  return own == all.end() ? std::nullopt : std::optional{own->second};
}

struct counted_salon {
  salon_record record;
  size_t members = 0;
  int64_t home = 0;                 ///< the run of a node; 0: none
  std::optional<int64_t> days = {}; ///< that its messages are kept, if it has its own
};

void show_salons(const admin_call_ptr& call, const std::vector<counted_salon>& found,
                 const std::map<salon_id, size_t>& hearers) {
  std::vector<json> list;
  for (const auto& counted : found) {
    if (!sees(*call, counted.record.id))
      continue;
    const auto hear = hearers.find(counted.record.id);
    json row{{"salon", counted.record.name},
             {"policy", to_word(counted.record.policy)},
             {"members", counted.members},
             {"hearers", hear == hearers.end() ? size_t{0} : hear->second},
             {"topic", counted.record.topic}};
    if (is_node(call)) {
      const auto home = name_of_run(call, counted.home);
      row["home"] = home.empty() ? json(nullptr) : json(home);
    }
    tell_retention(row, call, counted.days);
    list.push_back(std::move(row));
  }
  answer_list(call, std::move(list), {"salon"});
}

void list_archived_salons(const admin_call_ptr& call) {
  ask_to_read(
      call,
      [](const reading& db) {
        return std::pair{db.salons.archived(), own_days(db)};
      },
      [call](const std::pair<std::vector<archived_salon>, salon_days>& found) {
        std::vector<json> list;
        for (const auto& archived : found.first) {
          if (!sees(*call, archived.record.id))
            continue;
          list.push_back({{"salon", archived.record.name},
                          {"policy", to_word(archived.record.policy)},
                          {"archived", iso_time(archived.at)},
                          {"topic", archived.record.topic}});
          tell_retention(list.back(), call, days_of(found.second, archived.record.id));
        }
        answer_list(call, std::move(list), {"salon"});
      });
}

void list_salons(const admin_call_ptr& call) {
  if (call->said().has("--archived"))
    return list_archived_salons(call);
  ask_to_read(
      call,
      [has_homes = is_node(call)](const reading& db) {
        std::unordered_map<salon_id, size_t> members;
        for (const auto& counted : db.memberships.counts({}))
          members[counted.salon] = counted.members;
        std::unordered_map<salon_id, int64_t> homes;
        if (has_homes)
          for (const auto& [salon, run] : db.homes.all())
            homes[salon] = run;
        std::vector<counted_salon> result;
        const auto days = own_days(db);
        for (auto& record : db.salons.all())
          result.push_back({record, members[record.id], homes[record.id], days_of(days, record.id)});
        return result;
      },
      [call](const std::vector<counted_salon>& found) {
        ask_hearers(call,
                    [call, found](const std::map<salon_id, size_t>& hearers) { show_salons(call, found, hearers); });
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
      [](const reading& db) {
        return waiting_requests{db.join_requests.all(), db.registrations.all(), db.salons.all()};
      },
      [call](const waiting_requests& found) {
        json list = json::array();
        for (const auto& request : found.joins)
          for (const auto& salon : found.salons)
            if (salon.id == request.salon && sees(*call, salon.id))
              list.push_back({{"user", request.username}, {"salon", salon.name}, {"since", iso_time(request.at)}});
        if (call->context.rights.role == role::administrator)
          for (const auto& registration : found.registrations)
            list.push_back({{"user", registration.username},
                            {"salon", nullptr}, // none: it is the account that is asked for
                            {"since", iso_time(registration.at)},
                            {"alias", registration.alias},
                            {"from", registration.network}});
        call->done(list);
      });
}

// --- who belongs ---

/// Asks the salon, which changes its members and tells them. `Message` is admit or dismiss.
template <class Message>
void decide_membership(const admin_call_ptr& call, decided_by by, const std::string& reason) {
  if (!call->context.target)
    return call->refuse(fault::unknown_user);
  const auto& who = call->context.target->who;
  call->self()
      ->request(
          call->parts().host, caf::infinite,
          Message{call->context.salon->id, who.id, who.username, by, call->why(reason), call->parts().keep_requests})
      .then([call](settled) { call->done(); }, refusing_error(call));
}

/// The names that belong to operators' certificates: one may have been issued while a registration waited.
rules::reserved_names names_of_certificates(const admin_call_ptr& call) {
  rules::reserved_names names;
  names.set(names_of_operators(call->parts().certificates).names);
  return names;
}

void accept_registration(const admin_call_ptr& call) {
  if (names_of_certificates(call).has(call->said().get("USER")))
    return call->refuse(fault::reserved_name);
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why()](const writing& db) {
        return decisions::accept_registration(db, key, why);
      },
      [call](const registered_user& made) {
        for (const auto salon : made.salons)
          tell(call, membership_made{salon, made.user.id});
        call->done(json{{"done", true}, {"user", made.user.username}});
      });
}

/// A salon is named that does not exist: the name is the first word of the reason.
void reject_registration(const admin_call_ptr& call) {
  auto reason = call->said().get("SALON");
  if (const auto rest = call->said().text(); !rest.empty())
    reason += " " + rest;
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why(reason)](const writing& db) {
        return decisions::reject_registration(db, key, why);
      },
      [call](done) { call->done(); });
}

constexpr const char* which_registrations =
    "--all, or --from=ADDRESS, as requests shows it, and --older-than=TIME, which is 2026-11-25, 2026-11-25T12:00 "
    "(UTC), or 15m, 2h, 7d; and no USER beside them";

/// The registrations that a command means: those of a network, old ones, or all. Nothing: the call is refused.
std::optional<registration_filter> registrations_meant(const admin_call_ptr& call) {
  if (call->context.rights.role != role::administrator) { // moderators decide about salons, not about accounts
    call->forbid("your certificate has no right to that");
    return std::nullopt;
  }
  const auto& said = call->said();
  registration_filter filter;
  if (said.has("--from"))
    filter.network = network_of(said.get("--from"));
  if (said.has("--older-than"))
    filter.before = time_meant(said.get("--older-than"), wall_clock());
  const bool narrowed = filter.network || filter.before;
  if ((filter.network && filter.network->empty()) || (said.has("--older-than") && !filter.before)
      || (said.has("--all") && narrowed) || said.has("USER")) {
    call->refuse(admin_verdict::wrong_usage, which_registrations);
    return std::nullopt;
  }
  return filter;
}

// One transaction for all of them would hold up every post meanwhile.
constexpr size_t accepted_at_once = 20;

/// Registrations that are accepted piece by piece.
struct acceptance {
  std::vector<registration> waiting;
  size_t next = 0, made = 0;
  std::vector<std::string> refused;
};

void end_acceptance(const admin_call_ptr& call, const acceptance& work) {
  if (work.made == 0 && work.refused.empty())
    return call->refuse(fault::no_such_request);
  if (work.made == 0)
    return call->refuse(admin_verdict::refused,
                        "none was accepted, since their names are taken, banned or reserved now: "
                            + joined(work.refused, ", ") + "; reject them");
  call->done(json{{"done", true}, {"registrations", work.made}, {"refused", work.refused}});
}

/// The database refused in the middle: each account that is made has its line in the audit log.
void end_half_way(const admin_call_ptr& call, const acceptance& work, fault why) {
  if (work.made == 0)
    return call->refuse(why);
  const auto all = work.made == 1 ? " registration is" : " registrations are";
  call->refuse_noted(admin_verdict::refused,
                     std::to_string(work.made) + all
                         + " accepted, the others wait as before: the database does not take it now; type it again "
                           "for the others");
}

/// Goes on to its end, even if nobody waits for it any more: accounts that are made stay.
void accept_on(const admin_call_ptr& call, const std::shared_ptr<acceptance>& work) {
  if (work->next == work->waiting.size())
    return end_acceptance(call, *work);
  const auto first = work->waiting.begin() + static_cast<std::ptrdiff_t>(work->next);
  work->next = std::min(work->next + accepted_at_once, work->waiting.size());
  const std::vector<registration> piece(first, work->waiting.begin() + static_cast<std::ptrdiff_t>(work->next));
  ask_to_write_on(
      call, [piece, why = call->why()](const writing& db) { return decisions::accept_registrations(db, piece, why); },
      [call, work](const decisions::accepted_registrations& now) {
        work->made += now.made.size();
        work->refused.insert(work->refused.end(), now.refused.begin(), now.refused.end());
        for (const auto& registered : now.made)
          for (const auto salon : registered.salons)
            tell(call, membership_made{salon, registered.user.id});
        accept_on(call, work);
      },
      [call, work](fault why) { end_half_way(call, *work, why); });
}

void accept_registrations(const admin_call_ptr& call) {
  const auto filter = registrations_meant(call);
  if (!filter)
    return;
  ask_to_read(
      call, [filter](const reading& db) { return decisions::registrations_of(db, *filter); },
      [call](std::vector<registration>& found) {
        if (found.empty())
          return note(call, "0 registrations", {}, to_string(fault::no_such_request),
                      [call] { call->refuse(fault::no_such_request); });
        auto work = std::make_shared<acceptance>();
        const auto reserved = names_of_certificates(call);
        for (auto& waiting : found)
          if (reserved.has(waiting.username))
            work->refused.push_back(waiting.username);
          else
            work->waiting.push_back(std::move(waiting));
        call->report([work] { return json{{"accepted", work->made}, {"of", work->waiting.size()}}; });
        accept_on(call, work);
      });
}

void reject_registrations(const admin_call_ptr& call) {
  const auto filter = registrations_meant(call);
  if (!filter)
    return;
  ask_to_write(
      call,
      [filter, why = call->why(call->said().get("--reason"))](const writing& db) {
        return decisions::reject_registrations(db, *filter, why);
      },
      [call](size_t count) {
        call->done(json{{"done", true}, {"registrations", count}});
      });
}

void accept(const admin_call_ptr& call) {
  if (is_about_many(call->said()))
    return accept_registrations(call);
  if (!call->said().has("USER"))
    return call->refuse(admin_verdict::wrong_usage, "accept USER, or accept --all, --from=ADDRESS, --older-than=TIME");
  if (!call->said().has("SALON"))
    return accept_registration(call);
  decide_membership<admit>(call, decided_by::request, {});
}
void reject(const admin_call_ptr& call) {
  if (is_about_many(call->said()))
    return reject_registrations(call);
  if (call->said().has("--reason"))
    return call->refuse(admin_verdict::wrong_usage, "--reason goes with --all, --from or --older-than; "
                                                    "of one, the words behind USER and SALON are the reason");
  if (!call->said().has("USER"))
    return call->refuse(admin_verdict::wrong_usage, "reject USER, or reject --all, --from=ADDRESS, --older-than=TIME");
  if (!call->context.salon)
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
    tell(call, Fact{changed});
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
  change_salon<salon_made>(call, [name, wished, why = call->why()](const writing& db) {
    return decisions::create_salon(db, name, *wished, why);
  });
}

void set_policy(const admin_call_ptr& call) {
  const auto wished = policy_meant(call->said().get("POLICY"));
  if (!wished)
    return call->refuse(admin_verdict::wrong_usage, "POLICY is auto, open or approval");
  change_salon<salon_changed>(call, [id = call->context.salon->id, wished, why = call->why()](const writing& db) {
    return decisions::set_policy(db, id, *wished, why);
  });
}

void set_topic(const admin_call_ptr& call) {
  const auto topic = shown(call->said().text());
  if (topic.size() > 1024)
    return call->refuse(admin_verdict::wrong_usage, "a topic has at most 1,024 bytes");
  change_salon<salon_changed>(call, [id = call->context.salon->id, topic, why = call->why()](const writing& db) {
    return decisions::set_topic(db, id, topic, why);
  });
}

void rename_salon(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (!is_name(name))
    return call->refuse(fault::invalid_name);
  const auto& salon = *call->context.salon;
  change_salon<salon_changed>(call,
                              [id = salon.id, present_name = salon.name, name, why = call->why()](const writing& db) {
                                return decisions::rename_salon(db, id, present_name, name, why);
                              });
}

void archive_salon(const admin_call_ptr& call) {
  change_salon<salon_archived>(call, [id = call->context.salon->id, why = call->why()](const writing& db) {
    return decisions::archive_salon(db, id, why);
  });
}

/// Restores a salon with the members that it had: they hear it again at once.
void restore_salon(const admin_call_ptr& call) {
  ask_to_write(
      call,
      [key = key_of(call->said().get("NAME")), why = call->why()](const writing& db) -> outcome<salon_restored> {
        const auto back = decisions::restore_salon(db, key, why);
        if (!back)
          return back.why();
        return salon_restored{*back, db.memberships.members(back->id)};
      },
      [call](const salon_restored& back) {
        tell(call, back);
        call->done(json{{"done", true}, {"salon", back.now.name}});
      });
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
  to["salon restore"] = restore_salon;
}

} // namespace salond
