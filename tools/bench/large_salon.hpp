// A salon of many messages, as benchmarks of what is kept for years fill it.
#pragma once
#include "persistence/open.hpp"
#include "protocol/words/ids.hpp"
#include <random>

namespace salond::bench {

/// Words of 960 syllables, the first of which is said most often: the n-th with a share of 1/n.
class language {
public:
  std::string word(size_t number) const;
  /// Of 4 to 15 words.
  std::string text();
  /// Made of the same syllables, and said by nobody.
  std::string absent();

private:
  std::mt19937_64 random_{4711};
  std::uniform_real_distribution<double> share_{0, 1};
};

/// Of the database's first salon, all by one author of a thousand accounts.
class large_salon {
public:
  /// REQUIRES: a new database.
  explicit large_salon(persistence::store& in);

  /// Appends until it has so many messages. Each 100,000th holds a word that is said once.
  void fill(int64_t messages);
  /// Appends so many in one transaction.
  void append(int64_t count);
  static std::string rare(int64_t number);

  persistence::store& db;
  language said;
  user_id author{};
  salon_id salon{};
  int64_t last_seq = 0;
};

} // namespace salond::bench
