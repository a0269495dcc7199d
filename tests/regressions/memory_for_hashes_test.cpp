// Where memory for one hash is not to be had (MemoryMax=, ulimit -v), libsodium answers as it does for another
// password: the right one was told AUTH_FAILED, counted and audited as wrong, and the log said nothing. Right: it is
// said, so that the client is told `serveur occupé`, and the log why.
#include "actors/rules/password.hpp"
#include "tests/support/sanitized.hpp"
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>

namespace salond {
namespace {

TEST(MemoryForHashes, IsNotTakenForAWrongPasswordWhereItIsShort) {
  if (support::sanitized)
    GTEST_SKIP() << "a sanitizer cannot live within a limit of addresses";
  // Wants a gibibyte: as much as an import may bring.
  const std::string hash = "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  const rlimit little{rlim_t{800} << 20, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &little), 0);
  EXPECT_THROW(rules::verify_passwords(hash, {"pw"}, {8, 1}), std::runtime_error);
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
}

} // namespace
} // namespace salond
