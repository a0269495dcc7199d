#include "actors/rules/password.hpp"
#include <gmock/gmock.h>
#include <set>

namespace salond {
namespace {

using rules::password_cost;
using rules::verify_passwords;

// libsodium's least: the rules are the same at any cost.
constexpr password_cost cheap{8, 1};
constexpr password_cost dearer{16, 2};

// sha256("secret"), as the replaced server stored it.
const std::string old_hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

TEST(Password, HashIsArgon2idInPhcForm) {
  const auto hash = rules::hash_password("secret", cheap);

  EXPECT_THAT(hash, testing::StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
  EXPECT_NE(hash, rules::hash_password("secret", cheap)); // salted
}

TEST(Password, OfTheHouseCostIsTheDefault) {
  EXPECT_THAT(rules::hash_password("secret", {}), testing::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
}

TEST(Password, FitsItsHashByteForByte) {
  const std::string hostile = "p:\xC3\xA9\n'\"; \xF0\x9F\xA6\x8A" + std::string(1, '\0') + "x";
  const auto hash = rules::hash_password(hostile, cheap);

  EXPECT_EQ(verify_passwords(hash, {hostile}, cheap).which, size_t{0});
  EXPECT_EQ(verify_passwords(hash, {hostile + " "}, cheap).which, std::nullopt);
  EXPECT_EQ(verify_passwords(hash, {hostile.substr(0, hostile.size() - 2)}, cheap).which, std::nullopt);
  EXPECT_EQ(verify_passwords(hash, {""}, cheap).which, std::nullopt);
}

TEST(Password, TellsWhichReadingFitsFirst) {
  const auto hash = rules::hash_password("b", cheap);

  EXPECT_EQ(verify_passwords(hash, {"a", "b", "b"}, cheap).which, size_t{1});
  EXPECT_EQ(verify_passwords(hash, {"a", "c"}, cheap).which, std::nullopt);
  EXPECT_EQ(verify_passwords(hash, {}, cheap).which, std::nullopt);
}

TEST(Password, OfTheReplacedServerFitsAndIsUpgraded) {
  const auto found = verify_passwords(old_hash, {"wrong", "secret"}, cheap);

  EXPECT_EQ(found.which, size_t{1});
  EXPECT_THAT(found.better_hash, testing::StartsWith("$argon2id$"));
  EXPECT_EQ(verify_passwords(found.better_hash, {"secret"}, cheap).which, size_t{0});
}

TEST(Password, IsNotUpgradedWhenItIsWrong) {
  EXPECT_EQ(verify_passwords(old_hash, {"wrong"}, cheap).better_hash, "");
  EXPECT_EQ(verify_passwords(rules::hash_password("secret", cheap), {"wrong"}, dearer).better_hash, "");
}

TEST(Password, IsUpgradedFromACheaperHashAndLeftAtTheSameCost) {
  const auto hash = rules::hash_password("secret", cheap);

  EXPECT_THAT(verify_passwords(hash, {"secret"}, dearer).better_hash,
              testing::StartsWith("$argon2id$v=19$m=16,t=2,p=1$"));
  EXPECT_EQ(verify_passwords(hash, {"secret"}, cheap).better_hash, "");
}

TEST(Password, IsNeverWeakened) {
  const auto hash = rules::hash_password("secret", dearer);

  const auto found = verify_passwords(hash, {"secret"}, cheap);

  EXPECT_EQ(found.which, size_t{0});
  EXPECT_EQ(found.better_hash, "");
}

TEST(Password, FitsNoHashOfAnotherForm) {
  const auto upper = [] {
    auto hash = old_hash;
    for (auto& letter : hash)
      letter = static_cast<char>(std::toupper(letter));
    return hash;
  }();
  const std::string cases[] = {
      "",
      "hashed_admin_password",
      "secret",
      upper, // the replaced server wrote lower case, and compared so
      old_hash.substr(1),
      old_hash + "0",
      "5ebe2294ecd0e0f08eab7690d2a6ee69", // MD5
      "$argon2id$v=19$m=8,t=1,p=1$",
      "$argon2id$",
      "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
      "$2b$12$abcdefghijklmnopqrstuuOX3G0Tm4Jc6QMnyDqfWSs3QZC7T8P9G",
      "$argon2id$" + std::string(300, 'x'),
  };
  for (const auto& hash : cases) {
    for (const auto& password : {std::string{"secret"}, std::string{}, std::string{"hashed_admin_password"}, hash})
      EXPECT_EQ(verify_passwords(hash, {password}, cheap).which, std::nullopt) << hash << " / " << password;
  }
}

/// A hash at the full cost takes long enough to be told from none at all.
double milliseconds_of(const std::string& hash, const password_cost& cost) {
  const auto begun = std::chrono::steady_clock::now();
  verify_passwords(hash, {"wrong"}, cost);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

TEST(Password, CostsAHashWhateverIsStored) {
  constexpr password_cost full{}; // some ten milliseconds; what computes nothing takes microseconds
  const auto known = rules::hash_password("secret", full);
  const auto tenth = milliseconds_of(known, full) / 10;

  for (const auto& stored : {std::string{}, std::string{"hashed_admin_password"}, old_hash, std::string{"$argon2id$x"},
                             rules::hash_password("secret", cheap)})
    EXPECT_GT(milliseconds_of(stored, full), tenth) << stored;
}

TEST(Password, IsGeneratedForPeople) {
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto password = rules::generate_password();
    EXPECT_EQ(password.size(), 20u);
    EXPECT_EQ(password.find_first_of("0O1lIi:() "), std::string::npos) << password;
    EXPECT_TRUE(seen.insert(password).second);
  }
}

TEST(Token, IsRandomAndOfLettersThatNeedNoQuoting) {
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto token = rules::generate_token();
    EXPECT_EQ(token.size(), 43u);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_TRUE(seen.insert(token).second);
  }
}

TEST(Token, IsKeptAsItsSha256) {
  const char digest[] = "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
                        "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";
  EXPECT_EQ(rules::token_hash("abc"), std::string(digest, 32));
  EXPECT_EQ(rules::token_hash("").size(), 32u);
}

} // namespace
} // namespace salond
