#include "actors/administrators.hpp"
#include "actors/rules/password.hpp"
#include "persistence/contracts/roles.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/decisions/accounts.hpp"

namespace salond {

std::optional<std::string> prepare_store(persistence::store& db, const config::settings& settings,
                                         const password_keeper& keep) {
  auto state = persistence::administrator_state::none;
  db.read([&](const persistence::reading& in) { state = in.roles.administrators(); });
  std::optional<std::string> password;
  std::string hash;
  if (state != persistence::administrator_state::can_log_in) {
    password = rules::generate_password();
    hash = rules::hash_password(*password, {settings.passwords.memory_kib, settings.passwords.passes});
    keep(*password);
  }
  using requests = persistence::offline_requests;
  bool made = false;
  db.transact([&](const persistence::writing& in) {
    in.sessions.reset_presence(settings.requests.keep_offline ? requests::keep : requests::end);
    // When several nodes start at once, only one of them makes it.
    made = password && in.roles.administrators() != persistence::administrator_state::can_log_in;
    if (made)
      persistence::decisions::make_administrator(in, "admin", hash);
    if (made && state == persistence::administrator_state::none)
      persistence::decisions::make_administrator(in, "server", {}); // has no password until it is given one
  });
  return made ? password : std::nullopt;
}

} // namespace salond
