// The messages of PASSWORDS. All of them stay in the process: passwords and their hashes go nowhere else.
#pragma once
#include "actors/interfaces/errors.hpp"
#include "actors/interfaces/in_process.hpp"
#include "actors/pending_hash.hpp"
#include "actors/rules/hash_queue.hpp"
#include <caf/all.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace salond {

/// Makes the hash of a new password.
struct hash_password {
  std::string password;
  rules::urgency urgency = rules::urgency::known;
  std::string from = {};                           ///< the address whose turn it uses; empty: none
  std::shared_ptr<pending_hash> pending = nullptr; ///< whether it is still wanted; none: it is
};
/// The hash, as it is stored.
struct hashed_password {
  std::string hash;
};
/// Which of the passwords fits the hash?
struct verify_password {
  std::string hash;
  std::vector<std::string> passwords;
  rules::urgency urgency = rules::urgency::known;
  std::string from = {};                           ///< as of hash_password
  std::shared_ptr<pending_hash> pending = nullptr; ///< the same
};
/// The first password that fits, if one does.
struct verified_password {
  std::optional<size_t> which;
  std::string better_hash; ///< of that password, if the stored one is outdated; else empty
};
/// Hashes were taken back.
struct refuse_unwanted {};
/// INTERNAL to passwords: a thread has finished a hash.
struct collect_hashes {};

/// PASSWORDS: hashing, on threads of its own.
using passwords_actor = caf::typed_actor<
    // Answers when a thread has made the hash; busy when too much waits, or when it was taken back.
    caf::replies_to<hash_password>::with<hashed_password>,
    // The same for a comparison. An empty hash fits no password, at the same cost.
    caf::replies_to<verify_password>::with<verified_password>,
    // Answers those that were taken back, and has room for others.
    caf::reacts_to<refuse_unwanted>,
    // INTERNAL. Answers those whose hashes the threads have finished.
    caf::reacts_to<collect_hashes>>;

} // namespace salond
