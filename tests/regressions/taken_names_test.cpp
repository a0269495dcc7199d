// Only the username of a registration was looked for before the costly hash. Registrations with a free name and a taken
// alias cost an address nothing, since no account came of them, were hashed all the same, and filled the queue for
// everybody's. So did names that look like another's, and registrations that the list of those who wait has no room
// for. Right: all that can be in the way is looked for before the hash.
#include "persistence/decisions/registrations.hpp"
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

class TakenNames : public NodeTest {
protected:
  void SetUp() override { add_user("zoë"); }
  std::string register_as(const std::string& name, const std::string& alias) {
    auto who = connect();
    who.say("INSCRIPTION:" + name + ":" + alias + ":secret");
    return who.line();
  }
};

// Where no write is let through, whoever is answered was refused before.
TEST_F(TakenNames, AreRefusedBeforeTheHash) {
  start();
  guard->hold(access::writes);

  for (int n = 0; n < 5; ++n)
    EXPECT_EQ(register_as("other" + std::to_string(n), "ZOË"), "Alias déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(register_as("ZOË", "free"), "Nom d'utilisateur déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(writes_waiting(), 0u);
  guard->release(access::writes);

  EXPECT_EQ(register_as("other", "free"), "Inscription réussie!");
}

TEST_F(TakenNames, AndAFullListAreRefusedBeforeTheHashWhereAnAdministratorDecides) {
  settings.registration.mode = config::registration::policy::approval;
  settings.registration.per_hour_per_address = 100;
  start();
  for (size_t n = 0; n < persistence::decisions::max_registrations_of_network; ++n)
    ASSERT_EQ(register_as("one" + std::to_string(n), "a" + std::to_string(n)), "Inscription en attente d'approbation.");
  guard->hold(access::writes);

  EXPECT_EQ(register_as("other", "A7"), "Alias déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(register_as("ONE7", "free"), "Nom d'utilisateur déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(register_as("other", "free"), "Erreur lors de l'inscription : trop de tentatives, réessayez plus tard");
  EXPECT_EQ(writes_waiting(), 0u);
  guard->release(access::writes);
}

} // namespace
} // namespace salond
