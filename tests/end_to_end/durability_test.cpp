// kill -9 at random moments under load: what anybody was shown is stored, once, in the order in which it was shown.
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/load.hpp"
#include <random>

namespace salond::end_to_end {
namespace {

constexpr int rounds = 50;
constexpr int shortest_ms = 100, longest_ms = 400;

class Durability : public testing::TestWithParam<database_kind> {
protected:
  /// One round: load, kill, start, look.
  void die_under_load(support::daemon& server, database& db, const std::string& mark, std::chrono::milliseconds after) {
    load talking(server.endpoint(), mark);
    talking.start();
    std::this_thread::sleep_for(after); // the moment of the kill is what is tried, not waited for
    server.kill();
    talking.join();
    messages_ += talking.shown();

    server.start();
    const auto ask = [&](const std::string& sql) { return db.ask(server, sql); };
    EXPECT_EQ(ask("SELECT username FROM clients WHERE status <> 'disconnected'").size(), 0u);
    const auto kept = stored(ask, mark);
    for (const auto& each : talking.witnesses()) {
      EXPECT_EQ(each.problem, "");
      EXPECT_EQ(not_the_beginning(each.shown, kept), "") << each.name;
    }
    EXPECT_EQ(not_the_end(history(server.endpoint(), mark), kept), "");
    expect_each_once(kept);
  }

  static void expect_each_once(const talk& kept) {
    for (const auto& [salon, lines] : kept) {
      auto sorted = lines;
      std::sort(sorted.begin(), sorted.end());
      EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end()) << salon;
    }
  }

  size_t messages_ = 0;
};

TEST_P(Durability, WhatWasShownSurvivesAKillAtAnyMoment) {
  SALOND_NEEDS(GetParam());
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moment(shortest_ms, longest_ms);
  const auto db = GetParam().make();
  support::daemon server(db->options());
  server.start();
  load::prepare(server.endpoint());

  for (int round = 1; round <= rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    die_under_load(server, *db, "r" + std::to_string(round), std::chrono::milliseconds(moment(random)));
  }

  std::cout << messages_ << " messages shown in " << rounds << " rounds" << std::endl;
  EXPECT_GT(messages_, static_cast<size_t>(rounds));
  EXPECT_EQ(server.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Databases, Durability, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
