#include "tools/bench/prefill.hpp"
#include "actors/rules/password.hpp"
#include "config/command_line.hpp"
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

user_id account(persistence::store& db, const std::string& name, const std::string& hash) {
  const auto made = db.register_user({name, name, hash, role::user});
  if (made)
    return made->user.id;
  const auto known = db.find_user(key_of(name));
  if (!known)
    throw std::runtime_error("no account " + name);
  return known->id;
}

salon_id salon(persistence::store& db, const std::string& name) {
  if (const auto made = db.create_salon(name, policy::open, {"salond-bench", "", "", {}}))
    return made->id;
  for (const auto& known : db.salons())
    if (known.name == name)
      return known.id;
  throw std::runtime_error("no salon " + name);
}

} // namespace

void prefill(const std::string& address, size_t users, const account_cost& cost) {
  const auto db = persistence::open({parse_database(address)});
  const auto hash = rules::hash_password("secret", {cost.memory_kib, cost.passes});
  for (size_t from = 0; from < users; from += batch)
    db->transact([&] {
      salon_id own;
      for (size_t i = from; i < std::min(users, from + batch); ++i) {
        if (i % salon_size == 0)
          own = salon(*db, "salon" + std::to_string(i / salon_size + 1));
        (void)db->add_member(own, account(*db, "u" + std::to_string(i), hash));
      }
    });
}

} // namespace salond::bench
