// The copy of a SQLite database that a backup reads.
#include "tests/contract/sqlite_store_fixture.hpp"
#include "tests/support/stores.hpp"
#include <fstream>

namespace salond {
namespace {

using persistence::store;
using support::noon;

/// Appends so many messages of 1,000 bytes, each in a transaction.
void append(store& db, user_id author, int64_t first, int64_t count) {
  for (auto seq = first; seq < first + count; ++seq)
    db.transact([&](const auto& in) { in.messages.append({salon_id{1}, author, seq, std::string(1000, 'x'), noon}); });
}

class SqliteCopy : public SqliteStore {
protected:
  void SetUp() override {
    db->transact([&](const auto& in) { author = decisions::register_user(in, {"zoe", "zoe", "h"})->user.id; });
  }
  size_t messages(const persistence::reading& in) {
    return in.messages.history(salon_id{1}, 1'000'000, 1'000'000).size();
  }

  std::unique_ptr<store> db = open(), reader = db->reader();
  user_id author;
};

TEST_F(SqliteCopy, KeepsTheLogShortHoweverLongItIsRead) {
  append(*db, author, 1, 1000);

  reader->long_snapshot(
      [&](const auto& in) {
        append(*db, author, 1001, 5000); // each commit writes some 12 KiB
        EXPECT_EQ(messages(in), 1000u);
        EXPECT_LT(std::filesystem::file_size(path + "-wal"), 20u << 20);
      },
      [](double) {});

  EXPECT_EQ(support::asked(*db).messages.history(salon_id{1}, 1'000'000, 1'000'000).size(), 6000u);
}

TEST_F(SqliteCopy, HasWhatWasWrittenWhileItWasMade) {
  append(*db, author, 1, 3000);
  std::vector<double> shares;
  int64_t next = 3001;

  reader->long_snapshot([&](const auto& in) { EXPECT_EQ(static_cast<int64_t>(messages(in)), next - 1); },
                        [&](double share) {
                          shares.push_back(share);
                          append(*db, author, next, 10);
                          next += 10;
                        });

  EXPECT_GT(shares.size(), 2u);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end())) << "it does not begin anew";
}

// A start and a backup removed whatever was called as the copy was: another server's database, for one.
TEST_F(SqliteCopy, TouchesNoFileOfAnybody) {
  append(*db, author, 1, 1000);
  for (const auto* end : {"-copy", "-copy-wal"})
    std::ofstream(path + end) << "somebody's";
  const auto before = files();

  reader->long_snapshot([&](const auto&) { EXPECT_EQ(files(), before); },
                        [&](double) { EXPECT_EQ(files(), before) << "it has no name"; });
  EXPECT_THROW(reader->long_snapshot([](const auto&) {}, [](double) { throw std::runtime_error("enough"); }),
               std::runtime_error);

  EXPECT_EQ(files(), before);
  for (const auto* end : {"-copy", "-copy-wal"})
    EXPECT_EQ(std::filesystem::file_size(path + end), 10u);
  append(*db, author, 1001, 1);
  reader->read([&](const auto& in) { EXPECT_EQ(messages(in), 1001u); });
}

} // namespace
} // namespace salond
