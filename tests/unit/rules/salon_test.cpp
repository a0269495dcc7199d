#include "actors/rules/salon.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using admission = rules::salon::admission;

constexpr user_id zoe{1}, paul{2};

rules::salon a_salon(policy joining) {
  return {{salon_id{1}, "Général", joining, 41}, {zoe}};
}

TEST(Salon, RefusesWhoIsNoMember) {
  const auto salon = a_salon(policy::automatic);

  EXPECT_EQ(salon.refuses(zoe), std::nullopt);
  EXPECT_EQ(salon.refuses(paul), fault::not_a_member);
}

TEST(Salon, AdmitsByItsPolicy) {
  struct {
    policy joining;
    admission to_a_stranger;
  } const cases[] = {
      {policy::automatic, admission::member_now},
      {policy::open, admission::member_now},
      {policy::approval, admission::on_request},
  };
  for (const auto& row : cases) {
    const auto salon = a_salon(row.joining);
    EXPECT_EQ(salon.asks_to_join(paul), row.to_a_stranger);
    EXPECT_EQ(salon.asks_to_join(zoe), admission::member_already);
  }
}

TEST(Salon, KnowsItsMembersAsTheyComeAndGo) {
  auto salon = a_salon(policy::open);

  salon.add(paul);
  salon.add(paul);
  EXPECT_EQ(salon.refuses(paul), std::nullopt);
  salon.remove(paul);
  EXPECT_EQ(salon.refuses(paul), fault::not_a_member);
  salon.remove(paul);
  EXPECT_TRUE(salon.has(zoe));
}

TEST(Salon, GivesEachNumberOnceBehindTheStored) {
  auto salon = a_salon(policy::open);

  EXPECT_EQ(salon.next_seq(), 42);
  EXPECT_EQ(salon.next_seq(), 43);
  EXPECT_EQ(salon.record().last_seq, 43);
}

TEST(Salon, GoesOnWithItsNumbersWhenItIsChanged) {
  auto salon = a_salon(policy::open);
  salon.next_seq();

  salon.change({salon_id{1}, "Générale", policy::approval, 0, "topic"});

  EXPECT_EQ(salon.record().name, "Générale");
  EXPECT_EQ(salon.asks_to_join(paul), admission::on_request);
  EXPECT_EQ(salon.next_seq(), 43);
}

} // namespace
} // namespace salond
