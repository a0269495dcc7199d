#include "tools/bench/prefill.hpp"
#include "actors/rules/password.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/memberships.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/decisions/salons.hpp"
#include "persistence/open.hpp"
#include "protocol/words/names.hpp"
#include "tools/bench/database_at.hpp"
#include "tools/bench/large_salon.hpp"
#include <stdexcept>

namespace salond::bench {
namespace {

// Rows of one transaction: enough that commits cost nothing.
constexpr size_t batch = 1000;

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
  const auto db = persistence::open({database_at(address)});
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

void prefill(const std::string& address, const history& said) {
  const auto db = persistence::open({database_at(address)});
  const auto now = std::chrono::system_clock::now(), long_ago = now - std::chrono::hours{2 * 365 * 24};
  language words;
  salon_id where;
  std::vector<user_id> authors;
  db->transact([&](const persistence::writing& in) {
    where = salon(in, "salon1");
    for (size_t i = 0; i < said.authors; ++i)
      authors.push_back(account(in, "large" + std::to_string(i), ""));
  });
  for (int64_t seq = 0; seq < said.messages;)
    db->transact([&](const persistence::writing& in) {
      for (const auto end = std::min(said.messages, seq + static_cast<int64_t>(batch)); seq < end;) {
        ++seq;
        const auto time = seq <= said.messages / 2 ? long_ago : now;
        in.messages.append({where, authors[static_cast<size_t>(seq) % authors.size()], seq, words.text(),
                            std::chrono::time_point_cast<moment::duration>(time)});
      }
    });
}

} // namespace salond::bench
