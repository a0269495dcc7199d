// What is left of a SQLite store after a sudden end, a full disk, a damaged file. Each runs in a process of its own.
#include "persistence/sqlite/open.hpp"
#include "protocol/words/names.hpp"
#include "tests/support/stores.hpp"
#include "tests/support/temporary_folder.hpp"
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace salond {

using persistence::open_sqlite;
using persistence::store;
using persistence::store_error;
using support::hostile_name;
using support::noon;

class SqliteFailures : public testing::Test {
protected:
  /// Runs `work` in a child that ends without any orderly end; answers what `work` did.
  template <class Work>
  int in_child(Work work) {
    const auto pid = fork();
    if (pid == 0) {
      int status = 99;
      try {
        status = work();
      } catch (const std::exception& why) {
        std::fprintf(stderr, "%s\n", why.what());
      }
      _exit(status);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::vector<chat_message> history() {
    const auto db = open_sqlite({path});
    return support::asked(*db).messages.history(salon_id{1}, 1'000'000, 1'000'000);
  }

  support::temporary_folder folder;
  std::string path = folder / "salond.db";
};

user_id add_user(store& db) {
  user_id who;
  db.transact([&](const auto& db) { who = decisions::register_user(db, {hostile_name, hostile_name, "h"})->user.id; });
  return who;
}

TEST_F(SqliteFailures, WhatIsCommittedSurvivesASuddenEnd) {
  ASSERT_EQ(in_child([&] {
              auto db = open_sqlite({path}).release(); // never closed
              const auto who = add_user(*db);
              for (int seq = 1; seq <= 100; ++seq)
                db->transact([&](const auto& db) {
                  db.messages.append({salon_id{1}, who, seq, support::hostile_text, noon});
                });
              db->transact([&](const auto& db) {
                db.messages.append({salon_id{1}, who, 101, "never committed", noon});
                _exit(7);
              });
              return 0;
            }),
            7);

  const auto kept = history();
  ASSERT_EQ(kept.size(), 100u);
  EXPECT_EQ(kept.back().seq, 100);
}

TEST_F(SqliteFailures, ASecondProcessIsRefused) {
  const auto db = open_sqlite({path});

  EXPECT_EQ(in_child([&] {
              try {
                open_sqlite({path});
              } catch (const store_error& why) {
                return why.what_kind() == store_error::kind::setup ? 3 : 4;
              }
              return 5;
            }),
            3);
  add_user(*db); // and the first one goes on
}

TEST_F(SqliteFailures, AKilledProcessHoldsNoLock) {
  ASSERT_EQ(in_child([&] {
              open_sqlite({path}).release();
              return 0;
            }),
            0);

  EXPECT_NO_THROW(open_sqlite({path}));
}

// A limit of a file's size is what a test can have of a full disk without being root.
void limit_files_to(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

/// Appends messages of 8 KiB in groups of ten after `last` until the disk is full; answers the last one stored.
int fill(store& db, user_id who, int last) {
  const std::string text(8192, 'x');
  for (int stored = last;; stored += 10) {
    try {
      db.transact([&](const auto& db) {
        for (int i = 1; i <= 10; ++i)
          db.messages.append({salon_id{1}, who, stored + i, text, noon});
      });
    } catch (const store_error& why) {
      return why.what_kind() == store_error::kind::unavailable ? stored : -1;
    }
  }
}

TEST_F(SqliteFailures, AFullDiskIsUnavailableAndPasses) {
  ASSERT_EQ(
      in_child([&] {
        const auto db = open_sqlite({path});
        const auto who = add_user(*db);
        limit_files_to(1'000'000);
        const int stored = fill(*db, who, 0);
        if (stored <= 0 || fill(*db, who, stored) != stored)
          return 1;
        const auto seen = support::asked(*db).messages.history(salon_id{1}, 1'000'000, 1'000'000).size();
        limit_files_to(RLIM_INFINITY);
        db->transact([&](const auto& db) { db.messages.append({salon_id{1}, who, stored + 1, "room again", noon}); });
        return seen == static_cast<size_t>(stored) ? 0 : 2;
      }),
      0);

  const auto kept = history();
  EXPECT_GT(kept.size(), 10u);
  EXPECT_EQ(kept.back().text, "room again");
}

TEST_F(SqliteFailures, ACopyThatHasNoRoomIsUnavailableAndNothingElse) {
  ASSERT_EQ(
      in_child([&] {
        const auto db = open_sqlite({path});
        const auto reader = db->reader();
        const auto who = add_user(*db);
        limit_files_to(4 << 20);
        const auto last = fill(*db, who, 0);
        limit_files_to(1 << 20);
        bool refused = false;
        try {
          reader->long_snapshot([](const auto&) {}, [](double) {});
        } catch (const store_error& why) {
          refused = why.what_kind() == store_error::kind::unavailable;
        }
        limit_files_to(RLIM_INFINITY);
        db->transact([&](const auto& db) { db.messages.append({salon_id{1}, who, last + 1, "behind it", noon}); });
        int64_t newest = 0;
        reader->long_snapshot(
            [&](const auto& db) { newest = db.messages.history(salon_id{1}, 1'000'000, 1).at(0).seq; }, [](double) {});
        return refused && last > 0 && newest == last + 1 ? 0 : 1;
      }),
      0);
}

TEST_F(SqliteFailures, WorkThatSwallowsAnErrorStoresNothing) {
  ASSERT_EQ(in_child([&] {
              const auto db = open_sqlite({path});
              const auto who = add_user(*db);
              limit_files_to(1'000'000);
              const std::string text(100'000, 'x');
              try {
                db->transact([&](const auto& db) {
                  for (int seq = 1; seq <= 400; ++seq) { // more than the cache holds: it fails in the middle
                    try {
                      db.messages.append({salon_id{1}, who, seq, text, noon});
                    } catch (const store_error&) {
                    }
                  }
                });
              } catch (const store_error& why) {
                return why.what_kind() == store_error::kind::unavailable ? 0 : 1;
              }
              return 2;
            }),
            0);

  EXPECT_THAT(history(), testing::IsEmpty());
}

TEST_F(SqliteFailures, ADamagedFileIsFatal) {
  {
    const auto db = open_sqlite({path});
    const auto who = add_user(*db);
    db->transact([&](const auto& db) {
      for (int seq = 1; seq <= 2000; ++seq)
        db.messages.append({salon_id{1}, who, seq, std::string(500, 'x'), noon});
    });
  }
  const auto size = std::filesystem::file_size(path);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60 * 4096); // past the schema and the small tables
    file << std::string(size - 100 * 4096, '\xA5');
  }
  const auto db = open_sqlite({path});

  try {
    db->read([&](const auto& db) { db.messages.history(salon_id{1}, 1'000'000, 1'000'000); });
    FAIL() << "read a damaged file";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::fatal) << why.what();
    EXPECT_THAT(why.what(), testing::AllOf(testing::HasSubstr(path), testing::HasSubstr("backup")));
  }
}

} // namespace salond
