#include "tools/bench/large_salon.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/registrations.hpp"
#include <algorithm>
#include <cmath>

namespace salond::bench {
namespace {

constexpr int64_t fill_group = 10'000;
constexpr size_t words = 20'000;
// Where there is a single one, MariaDB joins it in another way.
constexpr int accounts = 1'000;

} // namespace

std::string language::word(size_t number) const {
  static const char* const begins[] = {"b", "ch", "d",  "f",  "gr", "j", "l", "m",
                                       "n", "p",  "pr", "qu", "r",  "s", "t", "v"};
  static const char* const middles[] = {"a", "e", "é", "i", "o", "ou", "u", "ai", "è", "eau"};
  static const char* const ends[] = {"", "n", "r", "s", "l", "t"};
  std::string result;
  auto rest = number * 7919 + 104'729; // neighbours are nothing like each other
  const auto take = [&](const auto& parts) {
    result += parts[rest % std::size(parts)];
    rest = rest / std::size(parts) + 31 * (rest % std::size(parts));
  };
  for (auto syllables = 2 + number % 2; syllables > 0; --syllables) {
    take(begins);
    take(middles);
    take(ends);
  }
  return result;
}

std::string language::text() {
  std::string result;
  for (auto count = 4 + random_() % 12; count > 0; --count)
    result += word(static_cast<size_t>(std::pow(words, share_(random_))) - 1) + " ";
  return result;
}

std::string language::absent() {
  return word(random_() % words) + word(words + random_() % words);
}

large_salon::large_salon(persistence::store& in) : db(in) {
  db.transact([&](const persistence::writing& in_db) {
    author = persistence::decisions::register_user(in_db, {"u0", "u0", "", role::user})->user.id;
    for (int i = 1; i < accounts; ++i) {
      const auto name = "u" + std::to_string(i);
      (void)persistence::decisions::register_user(in_db, {name, name, "", role::user});
    }
    salon = in_db.salons.all().front().id;
  });
}

void large_salon::fill(int64_t messages) {
  while (last_seq < messages)
    append(std::min(fill_group, messages - last_seq));
}

void large_salon::append(int64_t count) {
  db.transact([&](const persistence::writing& in_db) {
    for (int64_t i = 0; i < count; ++i) {
      auto text = said.text();
      if (++last_seq % 100'000 == 50'000)
        text += rare(last_seq / 100'000);
      in_db.messages.append({salon, author, last_seq, text, from_ms(1)});
    }
  });
}

std::string large_salon::rare(int64_t number) {
  return "aiguille" + std::to_string(number) + "x";
}

} // namespace salond::bench
