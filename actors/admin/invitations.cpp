// Commands about invitations. Their codes are told once and kept nowhere: the database has their hashes.
#include "persistence/contracts/invitations.hpp"
#include "actors/admin/ask.hpp"
#include "actors/rules/password.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/invitations.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

constexpr int64_t max_uses = 10000, max_days = 366;

/// The salons that `--salon` names, each once, or the fault of one that does not exist.
outcome<std::vector<salon_id>> salons_of(const reading& db, const std::vector<std::string>& names) {
  std::vector<salon_id> result;
  const auto all = db.salons.all();
  for (const auto& name : names) {
    const auto found = salon_named(name, all);
    if (!found)
      return fault::unknown_salon;
    if (std::find(result.begin(), result.end(), found->id) == result.end())
      result.push_back(found->id);
  }
  return result;
}

/// The decision's refusal: busy says that there are as many as there may be, and has its line already.
void refuse_invitation(const admin_call_ptr& call, fault why) {
  if (why != fault::busy)
    return call->refuse(why);
  call->refuse_noted(admin_verdict::refused, "nothing was done: 1,000 invitations can be used now, which is the most; "
                                             "invite revoke ends one");
}

void create_invitation(const admin_call_ptr& call) {
  const auto uses = call->said().number("--uses").value_or(1);
  const auto days = call->said().number("--days").value_or(7);
  if (uses < 1 || uses > max_uses)
    return call->refuse(admin_verdict::wrong_usage, "--uses is from 1 to 10,000");
  if (days < 1 || days > max_days)
    return call->refuse(admin_verdict::wrong_usage, "--days is from 1 to 366");
  const auto code = rules::generate_password(); // 20 letters and digits
  new_invitation made{rules::token_hash(code), uses, call->why().at + std::chrono::hours{24 * days}, {}};
  write_store(
      call->self(), call->parts().store,
      [made, names = call->said().rest, why = call->why()](const writing& db) -> outcome<int64_t> {
        const auto salons = salons_of(db, names);
        if (!salons)
          return salons.why();
        auto complete = made;
        complete.salons = *salons;
        return decisions::create_invitation(db, complete, why);
      },
      [call, made, code](const outcome<int64_t>& id) {
        if (!id)
          return refuse_invitation(call, id.why());
        call->done(json{
            {"done", true}, {"id", *id}, {"code", code}, {"uses", made.uses}, {"expires", iso_time(made.expires)}});
      },
      refusing(call));
}

void list_invitations(const admin_call_ptr& call) {
  ask_to_read(
      call, [now = wall_clock()](const reading& db) { return db.invitations.all(now); },
      [call](const std::vector<invitation>& found) {
        json list = json::array();
        for (const auto& invitation : found)
          list.push_back({{"id", invitation.id},
                          {"by", invitation.by},
                          {"at", iso_time(invitation.at)},
                          {"expires", iso_time(invitation.expires)},
                          {"uses", invitation.uses},
                          {"used", invitation.used},
                          {"salons", invitation.salons}});
        call->done(list);
      });
}

void revoke_invitation(const admin_call_ptr& call) {
  const auto id = call->said().number("ID");
  if (!id)
    return call->refuse(admin_verdict::wrong_usage, "ID is a number; invite list shows them");
  ask_to_write(
      call, [id, why = call->why()](const writing& db) { return decisions::revoke_invitation(db, *id, why); },
      [call](done) { call->done(); });
}

} // namespace

void add_invitation_commands(std::map<std::string_view, admin_command>& to) {
  to["invite create"] = create_invitation;
  to["invite list"] = list_invitations;
  to["invite revoke"] = revoke_invitation;
}

} // namespace salond
