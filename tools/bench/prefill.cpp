#include "tools/bench/prefill.hpp"
#include "actors/rules/password.hpp"
#include "config/command_line.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/memberships.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/decisions/salons.hpp"
#include "persistence/open.hpp"
#include "protocol/words/names.hpp"
#include <stdexcept>

namespace salond::bench {
namespace {

// Rows of one transaction: enough that commits cost nothing.
constexpr size_t batch = 1000;

config::database parse_database(const std::string& address) {
  const auto option = "--db=" + address;
  const char* words[] = {"salond", option.c_str()};
  auto asked = config::parse(2, words, config::this_process());
  for (const auto& fault : asked.faults)
    throw std::runtime_error(fault.to_string());
  return asked.values.db;
}

user_id account(const persistence::writing& db, const std::string& name, const std::string& hash) {
  const auto made = persistence::decisions::register_user(db, {name, name, hash, role::user});
  if (made)
    return made->user.id;
  const auto known = db.accounts.find(key_of(name));
  if (!known)
    throw std::runtime_error("no account " + name);
  return known->id;
}

salon_id salon(const persistence::writing& db, const std::string& name) {
  if (const auto made = persistence::decisions::create_salon(db, name, policy::open, {"salond-bench", "", "", {}}))
    return made->id;
  for (const auto& known : db.salons.all())
    if (known.name == name)
      return known.id;
  throw std::runtime_error("no salon " + name);
}

} // namespace

void prefill(const std::string& address, size_t users, const account_cost& cost) {
  const auto db = persistence::open({parse_database(address)});
  const auto hash = rules::hash_password("secret", {cost.memory_kib, cost.passes});
  for (size_t from = 0; from < users; from += batch)
    db->transact([&](const persistence::writing& in) {
      salon_id own;
      for (size_t i = from; i < std::min(users, from + batch); ++i) {
        if (i % salon_size == 0)
          own = salon(in, "salon" + std::to_string(i / salon_size + 1));
        (void)persistence::decisions::add_member(in, own, account(in, "u" + std::to_string(i), hash));
      }
    });
}

} // namespace salond::bench
