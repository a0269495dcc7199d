// What a start sees to before anybody is let in: no row says `connected`, and an administrator can log in.
#pragma once
#include "config/config.hpp"
#include "persistence/store.hpp"
#include <functional>
#include <optional>
#include <string>

namespace salond {

/// Keeps the password that `admin` is about to get, where it is found again whatever happens next; throws where it
/// cannot.
using password_keeper = std::function<void(const std::string& password)>;

/// Resets presence, ends join requests unless they are to last, and sees to the administrators. When nobody with the
/// role could log in, `admin` gets a password: `keep` is told first, and the database changes then. So a start that
/// fails in between gives another one to the next start, and no account has a password that nobody knows. Answers the
/// password, to be shown once.
std::optional<std::string> prepare_store(persistence::store& db, const config::settings& how,
                                         const password_keeper& keep);

} // namespace salond
