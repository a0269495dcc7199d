// What MariaDB's store tells and keeps while its server dies, is frozen, refuses, or loses an answer.
#include "persistence/mysql/open.hpp"
#include "protocol/words/names.hpp"
#include "tests/support/lossy_proxy.hpp"
#include "tests/support/mariadb.hpp"
#include "tests/support/store_errors.hpp"
#include "tests/support/stores.hpp"
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <gmock/gmock.h>
#include <mutex>
#include <optional>
#include <thread>

namespace salond {

using persistence::open_mysql;
using persistence::store_error;
using support::eventually;
using support::kind_of;
using support::lossy_proxy;
using support::mariadb_server;
using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

namespace {

constexpr salon_id general{1};
constexpr moment noon{std::chrono::milliseconds{1'800'000'000'123}};
constexpr int group_size = 5;

persistence::mysql::tuning hurried() {
  persistence::mysql::tuning tuning;
  tuning.connect_timeout = tuning.read_timeout = 2s;
  tuning.lock_wait_timeout = 1s;
  return tuning;
}

/// Lines that a store reported; from any thread.
class reports {
public:
  persistence::reporter taker() {
    return [this](const std::string& line) {
      std::lock_guard lock{mutex_};
      lines_.push_back(line);
    };
  }
  std::vector<std::string> lines() {
    std::lock_guard lock{mutex_};
    return lines_;
  }

private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Posts groups on a thread of its own, every text once, and remembers what it was told of each.
class posting {
public:
  posting(persistence::store& db, user_id author) : thread_([this, &db, author] { run(db, author); }) {}
  ~posting() { finish(); }

  /// No more posts.
  void finish() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
  }

  bool goes_on() {
    const auto before = groups_.load();
    return eventually([&] { return groups_ > before + 3; }, 30s);
  }

  // Once it is finished.
  const std::vector<std::string>& stored() const { return stored_; }
  const std::vector<std::string>& refused() const { return refused_; }
  const std::string& failure() const { return failure_; }

private:
  void run(persistence::store& db, user_id author) {
    for (int64_t next = 1; !stop_; next += group_size) {
      std::vector<std::string> texts;
      for (auto seq = next; seq < next + group_size; ++seq)
        texts.push_back("message " + std::to_string(seq));
      try {
        db.transact([&](const auto& db) {
          auto seq = next;
          for (const auto& text : texts)
            db.messages.append({general, author, seq++, text, noon});
        });
        stored_.insert(stored_.end(), texts.begin(), texts.end());
        ++groups_;
      } catch (const store_error& why) {
        if (why.what_kind() != store_error::kind::unavailable) {
          failure_ = why.what();
          return;
        }
        refused_.insert(refused_.end(), texts.begin(), texts.end());
      }
    }
  }

  std::vector<std::string> stored_, refused_;
  std::string failure_;
  std::atomic<int> groups_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace

class MysqlOutage : public testing::Test {
protected:
  void SetUp() override {
    if (const auto why = mariadb_server::why_not(); !why.empty()) {
      if (std::getenv("CI"))
        FAIL() << why;
      GTEST_SKIP() << why;
    }
    server = std::make_unique<mariadb_server>();
    where = server->new_database();
  }

  /// The store on the database, with one user.
  void open(std::chrono::milliseconds patience = 20s) {
    auto tuning = hurried();
    tuning.before_statement = [this](const std::string& statement) {
      if (before_statement)
        before_statement(statement);
    };
    db = open_mysql(where, {where, patience, told.taker(), told.taker()}, tuning);
    db->transact([&](const auto& db) {
      author = decisions::register_user(db, {"Zoé", "Zoé", "$argon2id$hash"})->user.id;
    });
  }

  /// Whether the store comes to say that it tries again.
  bool waits_for_the_database() {
    return eventually([this] {
      const auto lines = told.lines();
      return std::any_of(lines.begin(), lines.end(), [](const auto& l) { return l.find("trying again") != l.npos; });
    });
  }

  outcome<done> post(int64_t seq) {
    outcome<done> answer = fault::storage;
    db->transact([&](const auto& db) {
      answer = db.messages.append({general, author, seq, "message " + std::to_string(seq), noon});
    });
    return answer;
  }

  /// All texts of the database, beside the store, as they are ordered.
  std::vector<std::string> texts() {
    std::vector<std::string> result;
    auto all = server->as_root(where.name);
    for (const auto& row : support::ask_mysql(all, "SELECT contenu FROM messages ORDER BY salon_id, seq"))
      result.push_back(row[0]);
    return result;
  }

  void end_sessions() {
    const auto root = server->as_root();
    for (const auto& row :
         support::ask_mysql(root, "SELECT id FROM information_schema.processlist WHERE user <> 'root'"))
      try {
        support::execute_mysql(root, "KILL " + row[0]);
      } catch (const std::runtime_error&) { // it went by itself
      }
  }

  /// Nothing is missing, nothing is there twice, and the order is kept.
  void expect_exactly_once(posting& posts) {
    posts.finish();
    EXPECT_EQ(posts.failure(), "");
    EXPECT_THAT(texts(), ElementsAreArray(posts.stored()));
  }

  std::unique_ptr<mariadb_server> server;
  config::mysql_database where;
  reports told;
  std::function<void(const std::string&)> before_statement;
  std::unique_ptr<persistence::store> db;
  user_id author;
};

TEST_F(MysqlOutage, KillsOfTheServerLoseNothingAndDoubleNothing) {
  open();
  posting posts(*db, author);

  for (int round = 0; round < 4; ++round) {
    ASSERT_TRUE(posts.goes_on());
    server->kill_hard();
    server->start();
  }

  EXPECT_TRUE(posts.goes_on());
  expect_exactly_once(posts);
  EXPECT_THAT(posts.refused(), IsEmpty()) << "the patience was not over";
  EXPECT_THAT(told.lines(), Contains(HasSubstr("trying again")));
  EXPECT_THAT(told.lines().back(), HasSubstr("is back after"));
}

TEST_F(MysqlOutage, AnOrderlyRestartOfTheServerToo) {
  open();
  posting posts(*db, author);
  ASSERT_TRUE(posts.goes_on());

  server->stop();
  server->start();

  EXPECT_TRUE(posts.goes_on());
  expect_exactly_once(posts);
  EXPECT_THAT(posts.refused(), IsEmpty());
}

TEST_F(MysqlOutage, KilledSessionsLoseNothingAndDoubleNothing) {
  open();
  posting posts(*db, author);

  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(posts.goes_on());
    end_sessions();
  }

  EXPECT_TRUE(posts.goes_on());
  expect_exactly_once(posts);
  EXPECT_THAT(posts.refused(), IsEmpty());
}

TEST_F(MysqlOutage, AServerFrozenBeyondTheReadTimeOutLosesNothing) {
  open(10ms);
  posting posts(*db, author);

  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(posts.goes_on());
    server->freeze();
    std::this_thread::sleep_for(hurried().read_timeout + 1500ms);
    server->resume();
  }

  EXPECT_TRUE(posts.goes_on());
  expect_exactly_once(posts);
}

TEST_F(MysqlOutage, AReadOnlyServerIsUnavailableForWritesAlone) {
  open(200ms);
  ASSERT_TRUE(post(1));
  const auto root = server->as_root();
  support::execute_mysql(root, "SET GLOBAL read_only = 1");

  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(kind_of([this] { post(2); }), store_error::kind::unavailable);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 200ms);
  size_t seen = 0;
  db->read([&](const auto& db) { seen = db.messages.history(general, 100, 100).size(); });
  EXPECT_EQ(seen, 1u);

  support::execute_mysql(root, "SET GLOBAL read_only = 0");
  EXPECT_TRUE(post(3));
  EXPECT_THAT(texts(), ElementsAre("message 1", "message 3"));
}

TEST_F(MysqlOutage, AnUnreachableServerIsUnavailableOnceThePatienceIsOver) {
  open(300ms);
  ASSERT_TRUE(post(1));
  const auto reader = db->reader();
  server->kill_hard();

  const auto expect_unavailable = [](const auto& work) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(kind_of(work), store_error::kind::unavailable);
    EXPECT_GE(std::chrono::steady_clock::now() - before, 300ms);
  };
  expect_unavailable([&] { post(2); });
  expect_unavailable([&] { reader->read([&](const auto& db) { db.messages.history(general, 100, 100); }); });

  server->start();
  EXPECT_TRUE(post(3));
  size_t seen = 0;
  reader->read([&](const auto& db) { seen = db.messages.history(general, 100, 100).size(); });
  EXPECT_EQ(seen, 2u);
}

TEST_F(MysqlOutage, ACommitWhoseAnswerIsLostIsNotStoredTwice) {
  lossy_proxy proxy(server->socket());
  where.socket = proxy.socket();
  open();

  proxy.lose(lossy_proxy::loss::answer, "COMMIT");
  int runs = 0;
  db->transact([&](const auto& db) {
    ++runs;
    db.messages.append({general, author, 1, "message 1", noon});
  });

  EXPECT_EQ(proxy.losses(), 1);
  EXPECT_EQ(runs, 1) << "run again though it was committed";
  EXPECT_TRUE(post(2));
  EXPECT_THAT(texts(), ElementsAre("message 1", "message 2"));
}

TEST_F(MysqlOutage, ACommitThatDidNotArriveIsStoredAfterAll) {
  lossy_proxy proxy(server->socket());
  where.socket = proxy.socket();
  open(0ms);

  proxy.lose(lossy_proxy::loss::question, "COMMIT");
  int runs = 0;
  db->transact([&](const auto& db) {
    ++runs;
    db.messages.append({general, author, 1, "message 1", noon});
  });

  EXPECT_EQ(proxy.losses(), 1);
  EXPECT_EQ(runs, 2);
  EXPECT_TRUE(post(2));
  EXPECT_THAT(texts(), ElementsAre("message 1", "message 2"));
}

TEST_F(MysqlOutage, AnAnswerLostBeforeTheCommitIsTriedAgain) {
  lossy_proxy proxy(server->socket());
  where.socket = proxy.socket();
  open();

  for (const auto* word : {"START TRANSACTION", "COMMIT", "ROLLBACK"}) {
    SCOPED_TRACE(word);
    proxy.lose(lossy_proxy::loss::answer, word);
    EXPECT_THROW(db->transact([&](const auto& db) {
      db.messages.append({general, author, 1, "never", noon});
      throw std::logic_error("of ours");
    }),
                 std::logic_error);
    EXPECT_TRUE(post(static_cast<int64_t>(texts().size()) + 1));
  }

  EXPECT_THAT(texts(), ElementsAre("message 1", "message 2", "message 3"));
}

TEST_F(MysqlOutage, GivingUpEndsTheWaitForAnUnknownCommit) {
  open();
  before_statement = [this](const std::string& statement) {
    if (statement == "COMMIT")
      server->kill_hard();
  };
  std::thread impatient([this] {
    EXPECT_TRUE(waits_for_the_database());
    db->give_up();
  });

  EXPECT_EQ(kind_of([this] { post(1); }), store_error::kind::fatal);
  impatient.join();
}

TEST_F(MysqlOutage, GivingUpEndsTheWaitForTheDatabase) {
  open(1h);
  server->kill_hard();
  std::thread impatient([this] {
    EXPECT_TRUE(waits_for_the_database());
    db->give_up();
  });

  EXPECT_EQ(kind_of([this] { post(1); }), store_error::kind::unavailable);
  impatient.join();
}

TEST_F(MysqlOutage, ALockedRowIsWaitedForAndTriedAgain) {
  open();
  persistence::mysql::connection holder(server->as_root(where.name), {});
  holder.execute("START TRANSACTION");
  holder.execute("UPDATE salons SET last_seq = 0 WHERE salon_id = 1");
  std::thread releaser([&] {
    EXPECT_TRUE(eventually([&] {
      const auto lines = told.lines();
      return std::any_of(lines.begin(), lines.end(), [](const auto& l) { return l.find("[1205]") != l.npos; });
    }));
    holder.execute("ROLLBACK");
  });

  EXPECT_TRUE(post(1));
  releaser.join();

  EXPECT_THAT(texts(), ElementsAre("message 1"));
}

TEST_F(MysqlOutage, ASecondWriterIsKeptOut) {
  open();

  try {
    open_mysql(where, {where}, hurried());
    FAIL() << "opened";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::setup);
    EXPECT_THAT(why.what(), HasSubstr("another salond"));
  }

  EXPECT_TRUE(post(1));
}

TEST_F(MysqlOutage, AMarkerThatAnotherMovedIsFatal) {
  open();
  support::execute_mysql(server->as_root(where.name), "UPDATE writers SET batch = batch + 7");

  EXPECT_EQ(kind_of([this] { post(1); }), store_error::kind::fatal);
  EXPECT_THAT(texts(), IsEmpty());
}

TEST_F(MysqlOutage, OpeningTellsWhatARetryDoesNotMend) {
  const auto open_kind = [](const config::mysql_database& there) {
    return kind_of([&] { open_mysql(there, {there}, hurried()); });
  };
  auto wrong = where;
  wrong.password = "geheim";
  try {
    open_mysql(wrong, {wrong}, hurried());
    FAIL() << "opened";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::setup);
    EXPECT_THAT(why.what(), testing::Not(HasSubstr("geheim")));
  }
  auto elsewhere = where;
  elsewhere.name = "salond-test-99";
  EXPECT_EQ(open_kind(elsewhere), store_error::kind::setup);
  elsewhere = where;
  elsewhere.ca_file = "/nowhere";
  EXPECT_EQ(open_kind(elsewhere), store_error::kind::setup);

  server->kill_hard();
  EXPECT_EQ(open_kind(where), store_error::kind::unavailable);
}

} // namespace salond
