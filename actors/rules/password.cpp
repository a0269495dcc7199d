#include "actors/rules/password.hpp"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <sodium.h>
#include <stdexcept>

namespace salond::rules {
namespace {

constexpr size_t hex_sha256 = 64;
constexpr const char* no_memory =
    "no memory to hash a password: raise the limit that is in the way (MemoryMax= in the unit, ulimit -v)";

void ready() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (sodium_init() < 0)
      throw std::runtime_error("libsodium cannot be initialised");
  });
}

bool is_argon2(const std::string& hash) {
  return hash.rfind("$argon2", 0) == 0 && hash.size() < crypto_pwhash_STRBYTES;
}

/// Throws std::runtime_error if there is not as much memory as the hash wants.
void prove_memory(const std::string& hash) {
  uint32_t memory_kib = 0;
  if (std::sscanf(hash.c_str(), "$argon2%*[di]$v=19$m=%" SCNu32 ",", &memory_kib) != 1 || memory_kib == 0)
    return;
  const auto size = size_t{memory_kib} * 1024;
  void* volatile room = std::malloc(size); // volatile: else the compiler leaves it out as unused
  if (!room)
    throw std::runtime_error(no_memory);
  std::free(room);
}

/// libsodium gives the same answer for too little memory and for another password. So memory is looked for before
/// anybody is refused.
bool fits_argon2(const std::string& hash, const std::string& password) {
  if (crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0)
    return true;
  prove_memory(hash);
  return false;
}

bool fits_sha256(const std::string& hash, const std::string& password) {
  if (hash.size() != hex_sha256)
    return false;
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(password.data()), password.size());
  char hex[hex_sha256 + 1];
  sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
  return sodium_memcmp(hex, hash.data(), hex_sha256) == 0;
}

/// Less memory or fewer passes than `cost`, or no hash of the form that we make.
bool is_cheaper(const std::string& hash, const password_cost& cost) {
  uint32_t memory_kib = 0, passes = 0;
  if (std::sscanf(hash.c_str(), "$argon2id$v=19$m=%" SCNu32 ",t=%" SCNu32 ",", &memory_kib, &passes) != 2)
    return true;
  return memory_kib < cost.memory_kib || passes < cost.passes;
}

} // namespace

std::string hash_password(const std::string& password, const password_cost& cost) {
  ready();
  char hash[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(hash, password.data(), password.size(), cost.passes, size_t{cost.memory_kib} * 1024,
                            crypto_pwhash_ALG_ARGON2ID13)
      != 0)
    throw std::runtime_error(no_memory);
  return hash;
}

verification verify_passwords(const std::string& hash, const std::vector<std::string>& passwords,
                              const password_cost& cost) {
  ready();
  verification result;
  const auto argon2 = is_argon2(hash);
  for (size_t i = 0; i < passwords.size() && !result.which; ++i)
    if (argon2 ? fits_argon2(hash, passwords[i]) : fits_sha256(hash, passwords[i]))
      result.which = i;
  const auto* password = result.which ? &passwords[*result.which] : passwords.empty() ? nullptr : &passwords.front();
  if (!password || (argon2 && !is_cheaper(hash, cost)))
    return result;
  auto fresh = hash_password(*password, cost); // also when nothing fits: the time must not tell
  if (result.which)
    result.better_hash = std::move(fresh);
  return result;
}

std::string generate_password() {
  ready();
  constexpr char letters[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string result;
  for (int i = 0; i < 20; ++i)
    result += letters[randombytes_uniform(sizeof letters - 1)];
  return result;
}

std::string generate_token() {
  ready();
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text;
}

std::string token_hash(const std::string& token) {
  ready();
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return digest;
}

} // namespace salond::rules
