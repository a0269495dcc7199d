// Hashes of passwords, and tokens: the only user of libsodium. Slow on purpose; called on the passwords' own threads.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace salond::rules {

/// What one hash costs. OWASP's least for Argon2id: 19 MiB, 2 passes.
struct password_cost {
  uint32_t memory_kib = 19456;
  uint32_t passes = 2;
};

/// Argon2id in PHC form (`$argon2id$…`). Throws std::runtime_error when memory for it cannot be had.
std::string hash_password(const std::string& password, const password_cost& cost);

/// The result of a verification.
struct verification {
  std::optional<size_t> which; ///< the first password that fits
  std::string better_hash;     ///< of that one, if the stored hash is SHA-256 or cheaper than `cost`; else empty
};

/// Which of `passwords` fits `hash`: Argon2 in PHC form, or the replaced server's lower-case hexadecimal SHA-256;
/// anything else fits none. Compares in constant time. Costs at least one Argon2id of `cost` a call, whatever the hash
/// is, so that unknown users, old hashes and wrong passwords look alike. Throws std::runtime_error when memory for it
/// cannot be had.
verification verify_passwords(const std::string& hash, const std::vector<std::string>& passwords,
                              const password_cost& cost);

/// A password that a person can type: 20 letters and digits without look-alikes, about 114 bits.
std::string generate_password();

/// A resume token: 32 random bytes, base64url without padding (43 characters).
std::string generate_token();

/// The stored form of a token: its SHA-256, 32 bytes (a token is random, so a fast hash is enough).
std::string token_hash(const std::string& token);

} // namespace salond::rules
