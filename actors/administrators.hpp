// What a start does before anybody is let in: no row says `connected` any more, and an administrator can log in.
#pragma once
#include "config/config.hpp"
#include "persistence/store.hpp"
#include <functional>
#include <optional>
#include <string>

namespace salond {

/// Keeps the password that `admin` is about to get in a place where it is found again, whatever happens next. Throws
/// when it cannot.
using password_keeper = std::function<void(const std::string& password)>;

/// Resets presence, ends join requests unless they are to last, and makes sure that an administrator can log in. When
/// nobody with the role could, `admin` gets a password: `keep` hears it first, and the database changes then. After a
/// start that failed in between, the next start makes another password; so no account has one that nobody knows.
/// Answers the password, to be shown once.
std::optional<std::string> prepare_store(persistence::store& db, const config::settings& settings,
                                         const password_keeper& keep);

} // namespace salond
