// The plan of the take-over: out of rows alone, no database.
#include "persistence/mysql/takeover.hpp"
#include <gmock/gmock.h>

namespace salond {

using persistence::mysql::old_membership;
using persistence::mysql::old_rows;
using persistence::mysql::plan;
using testing::IsEmpty;

TEST(TakeoverPlan, CleanRowsNeedNothing) {
  const old_rows rows{{{1, "Zoé", "z"}, {2, "bob", "Zoé"}}, {{1, "Général"}}, {{1, "Zoé", 1, 1}, {2, "bob", 1, 2}}};

  const auto todo = plan(rows);

  EXPECT_THAT(todo.renamed, IsEmpty());
  EXPECT_THAT(todo.respelled, IsEmpty());
  EXPECT_THAT(todo.removed, IsEmpty());
}

TEST(TakeoverPlan, TheLowestNumberKeepsTheNameAndNoNameIsGivenTwice) {
  const old_rows rows{{{3, "dup", "a"}, {5, "DUP", "A"}, {8, "dup ", "c"}, {9, "dup-5", "d"}}, {}, {}};

  const auto renamed = plan(rows).renamed;

  ASSERT_EQ(renamed.size(), 3u);
  EXPECT_EQ(renamed[0].row, 5);
  EXPECT_EQ(renamed[0].after, "DUP-5-5"); // dup-5 is another's by right
  EXPECT_EQ(renamed[1].after, "dup -8");
  EXPECT_EQ(renamed[2].field, "alias");
  EXPECT_EQ(renamed[2].after, "A-5");
}

TEST(TakeoverPlan, AnAdministratorsNameIsNobodyElses) {
  const std::vector<persistence::mysql::old_client> clients{
      {4, "ＡＤＭＩＮ", "x"}, {9, "admin", "a"}, {11, "server", "s"}, {12, "ｓerver", "t"}};

  const auto renamed = plan({clients, {}, {}, {9, 11}}).renamed;

  ASSERT_EQ(renamed.size(), 2u);
  EXPECT_EQ(renamed[0].after, "ＡＤＭＩＮ-4");
  EXPECT_EQ(renamed[1].after, "ｓerver-12");
  EXPECT_EQ(plan({{{4, "ＡＤＭＩＮ", "x"}}, {}, {}, {}}).renamed.size(), 1u)
      << "nor is it a stranger's where there is none";
}

TEST(TakeoverPlan, WhoLosesAnAdministratorsNameKeepsHisMembershipsUnderTheNewOne) {
  const std::vector<persistence::mysql::old_client> clients{{4, "ＡＤＭＩＮ", "x"}, {9, "admin", "a"}};
  const std::vector<old_membership> memberships{{1, "ＡＤＭＩＮ", 2, 4}, {2, "admin", 2, 9}};

  const auto todo = plan({clients, {{2, "x"}}, memberships, {9}});

  ASSERT_EQ(todo.respelled.size(), 1u);
  EXPECT_EQ(todo.respelled[0].row, 1);
  EXPECT_EQ(todo.respelled[0].after, "ＡＤＭＩＮ-4");
  EXPECT_THAT(todo.removed, IsEmpty());
}

TEST(TakeoverPlan, TwoSalonsWithOneNameBecomeTwoNames) {
  const auto renamed = plan({{}, {{2, "Blabla"}, {7, "BLABLA"}}, {}}).renamed;

  ASSERT_EQ(renamed.size(), 1u);
  EXPECT_EQ(renamed[0].table, "salons");
  EXPECT_EQ(renamed[0].after, "BLABLA-7");
}

TEST(TakeoverPlan, AMembershipIsOfTheUserWhomItMeans) {
  const old_rows rows{{{1, "Zoé", "a"}, {2, "bob", "b"}, {3, "Bob", "c"}},
                      {{1, "x"}, {2, "y"}},
                      {{1, "ZOÉ", 1, 1}, {2, "zoe", 2, 1}, {3, "Bob", 1, 2}}};

  const auto todo = plan(rows);

  ASSERT_EQ(todo.respelled.size(), 3u);
  EXPECT_EQ(todo.respelled[0].after, "Zoé");
  EXPECT_EQ(todo.respelled[1].after, "Zoé"); // by the old collation alone
  EXPECT_EQ(todo.respelled[2].after, "bob"); // memberships stay with the first
  EXPECT_THAT(todo.removed, IsEmpty());
}

TEST(TakeoverPlan, AMembershipOfNobodyInNoSalonOrTwiceGoes) {
  const old_rows rows{{{1, "Zoé", "a"}},
                      {{1, "x"}},
                      {{1, "Zoé", 1, 1},
                       {2, "zoé", 1, 1},
                       {3, std::nullopt, 1, 0},
                       {4, "Zoé", std::nullopt, 1},
                       {5, "nobody", 1, 0},
                       {6, "Zoé", 9, 1}}};

  const auto todo = plan(rows);

  ASSERT_EQ(todo.removed.size(), 5u);
  EXPECT_EQ(todo.removed[0].row, 2);
  EXPECT_THAT(todo.respelled, IsEmpty());
}

} // namespace salond
