// What is stored together: the posts of one append, until the store takes it.
#include "actors/append_job.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/open.hpp"
#include "tests/support/temporary_folder.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using entry = append_job::entry;
using testing::ElementsAre;
using testing::IsEmpty;

entry said(int64_t seq, const std::string& text, user_id by = user_id{1}) {
  entry entry;
  entry.row = {salon_id{1}, by, seq, text, {}};
  entry.from.username = "zoë";
  return entry;
}

std::vector<int64_t> numbers(const append_job& job) {
  std::vector<int64_t> all;
  for (const auto& entry : job.entries())
    all.push_back(entry.row.seq);
  return all;
}

TEST(AppendJob, TakesPostsInUntilTheStoreTakesIt) {
  std::vector<entry> waiting{said(1, "a"), said(2, "b")};
  append_job job(waiting);
  EXPECT_THAT(waiting, IsEmpty());
  auto third = said(3, "c");
  EXPECT_TRUE(job.add(third));

  EXPECT_EQ(job.take(), 3u * 4096);
  auto late = said(4, "d");
  EXPECT_FALSE(job.add(late));
  EXPECT_EQ(late.row.text, "d") << "what is not taken in stays with who asked";
  EXPECT_THAT(numbers(job), ElementsAre(1, 2, 3));
}

TEST(AppendJob, HoldsAsManyAsAGroup) {
  std::vector<entry> waiting;
  for (int64_t seq = 1; seq <= 300; ++seq)
    waiting.push_back(said(seq, "x"));
  append_job job(waiting);
  EXPECT_EQ(job.entries().size(), 256u);
  ASSERT_EQ(waiting.size(), 44u);
  EXPECT_EQ(waiting.front().row.seq, 257);
  EXPECT_FALSE(job.add(waiting.front()));
}

TEST(AppendJob, WeighsLongTextsByTheirLength) {
  std::vector<entry> waiting{said(1, std::string(5000, 'x')), said(2, "b")};
  EXPECT_EQ(append_job(waiting).take(), 5000u + 4096u);
}

TEST(AppendJob, AnswersForEachPostAndForTheLastRunAlone) {
  support::temporary_folder folder;
  persistence::open_options options;
  options.where = config::sqlite_database{folder / "salond.db"};
  const auto db = persistence::open(options);
  user_id zoe;
  db->transact([&](const auto& db) { zoe = persistence::decisions::register_user(db, {"zoë", "z", "hash"})->user.id; });
  std::vector<entry> waiting{said(1, "a", zoe), said(2, "b", user_id{4711})};
  append_job job(waiting);
  job.take();
  for (int run = 0; run < 2; ++run) {
    try {
      db->transact([&](const auto& db) {
        job.run(db);
        if (run == 0)
          throw std::runtime_error("undone");
      });
    } catch (const std::runtime_error&) {
    }
  }
  ASSERT_EQ(job.results().size(), 2u);
  EXPECT_TRUE(job.results()[0]);
  EXPECT_EQ(job.results()[1].why(), fault::unknown_user);
  db->read([](const auto& db) { EXPECT_EQ(db.messages.history(salon_id{1}, 100, 10).size(), 1u); });
}

TEST(AppendQueue, MakesOneUpWhileTheOtherCommits) {
  append_queue queue;
  EXPECT_TRUE(queue.empty());
  const auto first = queue.add(said(1, "a"));
  ASSERT_TRUE(first);
  EXPECT_FALSE(queue.add(said(2, "b"))) << "it is taken in";
  first->take();
  const auto second = queue.add(said(3, "c"));
  ASSERT_TRUE(second);
  second->take();
  EXPECT_FALSE(queue.add(said(4, "d"))) << "two are under way";
  EXPECT_FALSE(queue.add(said(5, "e")));

  queue.answered(first);
  const auto third = queue.end_one();

  ASSERT_TRUE(third);
  EXPECT_THAT(numbers(*first), ElementsAre(1, 2));
  EXPECT_THAT(numbers(*second), ElementsAre(3));
  EXPECT_THAT(numbers(*third), ElementsAre(4, 5));
  EXPECT_FALSE(queue.add(said(6, "f")));
  EXPECT_THAT(numbers(*third), ElementsAre(4, 5, 6));
  queue.answered(second);
  EXPECT_FALSE(queue.end_one());
  queue.answered(third);
  EXPECT_FALSE(queue.empty());
  EXPECT_FALSE(queue.end_one());
  EXPECT_TRUE(queue.empty());
}

TEST(AppendQueue, AddsNothingToAnAppendThatIsAnswered) {
  append_queue queue;
  const auto refused = queue.add(said(1, "a")); // before the store's thread took it
  ASSERT_TRUE(refused);

  queue.answered(refused);

  const auto next = queue.add(said(2, "b"));
  ASSERT_TRUE(next);
  EXPECT_THAT(numbers(*refused), ElementsAre(1));
  EXPECT_THAT(numbers(*next), ElementsAre(2));
}

} // namespace
} // namespace salond
