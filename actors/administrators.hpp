// What a start sees to before anybody is let in: no row says `connected`, and an administrator can log in.
#pragma once
#include "config/config.hpp"
#include "persistence/store.hpp"
#include <optional>
#include <string>

namespace salond {

/// Resets presence, ends join requests unless they are to last, and sees to the administrators. Answers the password
/// that it gave to `admin`, when nobody with the role could have logged in: it is to be shown once.
std::optional<std::string> prepare_store(persistence::store& db, const config::settings& how);

} // namespace salond
