// Commands about users: who they are, what they may do.
#include "persistence/contracts/accounts.hpp"
#include "actors/admin/ask.hpp"
#include "actors/admin/effects.hpp"
#include "actors/one_certificate_list.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/accounts.hpp"
#include "persistence/decisions/registrations.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <ctime>

namespace salond {
namespace {

using namespace persistence;

constexpr size_t users_a_page = 1000;

/// Users that are gathered page by page, since they are to be sorted by something else than their names.
struct gathered_users {
  std::string part;
  std::optional<std::string> after; ///< the key of the last user of the page before
  std::vector<json> rows;
};

void gather_users(const admin_call_ptr& call, const std::shared_ptr<gathered_users>& all) {
  ask_to_read_on(
      call,
      [part = all->part, after = all->after](const reading& db) {
        return db.accounts.profiles(part, after, users_a_page);
      },
      [call, all](const std::vector<user_profile>& found) {
        for (const auto& profile : found)
          all->rows.push_back(profile_fields(profile));
        if (all->rows.size() > max_sorted)
          return call->refuse(admin_verdict::refused,
                              "more than 100,000 users cannot be sorted; give a PATTERN, or leave --sort out");
        if (found.size() < users_a_page)
          return answer_list(call, std::move(all->rows), {"user", users_a_page});
        all->after = key_of(found.back().who.username);
        gather_users(call, all);
      });
}

/// Lists the users in the order of their names, as the database has them.
void list_users(const admin_call_ptr& call) {
  const auto& said = call->said();
  const auto part = key_of(said.get("PATTERN"));
  const auto limit = limit_meant(call, users_a_page);
  if (!limit)
    return;
  if (said.has("--sort"))
    return gather_users(call, std::make_shared<gathered_users>(gathered_users{part, {}, {}}));
  const auto after = said.has("--after") ? std::optional{key_of(said.get("--after"))} : std::nullopt;
  ask_to_read(
      call, [part, after, limit](const reading& db) { return db.accounts.profiles(part, after, *limit + 1); },
      [call, limit](const std::vector<user_profile>& found) {
        json list = json::array();
        for (const auto& profile : found)
          if (list.size() < *limit)
            list.push_back(profile_fields(profile));
        if (list.size() < found.size())
          call->cut_off();
        call->done(list);
      });
}

/// The input of a command that asked for a password: one line.
std::string password_of(const admin_call_ptr& call) {
  auto password = call->input;
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r'))
    password.pop_back();
  return password;
}

/// Hashes the password that came as input; `then` gets the hash.
template <class Then>
void hash_input(const admin_call_ptr& call, Then then) {
  auto password = password_of(call);
  if (!is_new_password(password))
    return call->refuse(fault::invalid_password);
  call->self()
      ->request(call->parts().services.passwords, std::chrono::minutes{1}, hash_password{std::move(password)})
      .then([then = std::move(then)](const hashed_password& made) mutable { then(made.hash); }, refusing_error(call));
}

void add_user(const admin_call_ptr& call) {
  const auto name = call->said().get("USER");
  const auto alias = call->said().has("--alias") ? call->said().get("--alias") : name;
  if (!is_name(name))
    return call->refuse(fault::invalid_username);
  if (is_reserved(name))
    return call->refuse(fault::reserved_name);
  if (!is_name(alias))
    return call->refuse(fault::invalid_alias);
  hash_input(call, [call, name, alias](const std::string& hash) {
    ask_to_write(
        call,
        [name, alias, hash, why = call->why()](const writing& db) {
          return decisions::add_user(db, {name, alias, hash, role::user}, why);
        },
        [call](const registered_user& made) {
          for (const auto salon : made.salons)
            tell(call, membership_made{salon, made.user.id});
          call->done(json{{"done", true}, {"user", made.user.username}});
        });
  });
}

void set_password(const admin_call_ptr& call) {
  hash_input(call, [call](const std::string& hash) {
    ask_to_write(
        call,
        [key = key_of(call->said().get("USER")), hash, why = call->why()](const writing& db) {
          return decisions::set_password(db, key, hash, why);
        },
        [call](const user& changed) {
          call->done(json{{"done", true}, {"user", changed.username}});
        });
  });
}

/// Whether the account's name has a valid operator's certificate of any role: the account may have had another role, or
/// get it (docs/decisions/0039-certificates-end-with-accounts.md).
bool has_certificate(const admin_call_ptr& call, const user& owner) {
  const auto& service = call->parts().certificates;
  const auto name = key_of(owner.username);
  if (!service.list || is_local_administrator(name))
    return false;
  const auto now = std::time(nullptr);
  const auto all = service.list();
  return std::any_of(all.begin(), all.end(), [&](const auto& certificate) {
    return is_operator(certificate.facts.who.kind) && certificate.facts.who.name == name && !certificate.revoked
           && certificate.facts.until > now;
  });
}

/// Why the user cannot have another name; "" if he can. A certificate cannot be given another name.
std::string why_name_stays(const admin_call_ptr& call, const std::string& new_name) {
  const auto& target = call->context.target;
  if (!target || key_of(new_name) == key_of(target->who.username))
    return {};
  try {
    return has_certificate(call, target->who)
               ? "the operator's certificate " + key_of(target->who.username)
                     + " belongs to this user: cert revoke it first, and issue one with the new name"
               : std::string{};
  } catch (const std::exception& error) {
    return error.what();
  }
}

void rename_known_user(const admin_call_ptr& call, const std::string& name) {
  if (const auto why = why_name_stays(call, name); !why.empty())
    return call->refuse(admin_verdict::refused, why);
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), name, why = call->why()](const writing& db) {
        return decisions::rename_user(db, key, name, why);
      },
      [call](const user& changed) {
        tell(call, account_changed{changed.id, changed.username, changed.role});
        call->done(json{{"done", true}, {"user", changed.username}});
      });
}

void rename_user(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (!is_name(name))
    return call->refuse(fault::invalid_username);
  if (is_reserved(name) && key_of(name) != key_of(call->said().get("USER")))
    return call->refuse(fault::reserved_name);
  with_one_certificate_list(call->self(), call->parts().shared_certificates,
                            [call, name](bool) { rename_known_user(call, name); });
}

/// The salons of these names, or the fault of one that does not exist.
outcome<std::vector<salon_id>> salons_named(const reading& db, const std::vector<std::string>& names) {
  std::vector<salon_id> result;
  const auto all = db.salons.all();
  for (const auto& name : names) {
    const auto found = salon_named(name, all);
    if (!found)
      return fault::unknown_salon;
    result.push_back(found->id);
  }
  return result;
}

void set_role(const admin_call_ptr& call) {
  const auto wished = call->said().get("ROLE");
  const auto now = role_of(wished);
  if (wished != to_word(now) || (now == role::moderator) == call->said().rest.empty())
    return call->refuse(admin_verdict::wrong_usage,
                        "usage: role USER administrator, role USER user, or role USER moderator SALON...");
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), names = call->said().rest, now,
       why = call->why()](const writing& db) -> outcome<user> {
        const auto salons = salons_named(db, names);
        if (!salons) {
          db.audit.note(why, audited::set_role, key, to_string(salons.why()));
          return salons.why();
        }
        return decisions::set_role(db, key, now, *salons, why);
      },
      [call](const user& changed) {
        tell(call, account_changed{changed.id, changed.username, changed.role});
        call->done(json{{"done", true}, {"user", changed.username}, {"role", to_word(changed.role)}});
      });
}

} // namespace

void add_account_commands(std::map<std::string_view, admin_command>& to) {
  to["users"] = list_users;
  to["user add"] = add_user;
  to["password"] = set_password;
  to["user rename"] = rename_user;
  to["role"] = set_role;
}

} // namespace salond
