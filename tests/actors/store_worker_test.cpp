// The thread that works for the store: groups, order, and what becomes of a group that fails.
#include "actors/store_worker.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/open.hpp"
#include "tests/support/guarded_store.hpp"
#include "tests/support/port_client.hpp"
#include "tests/support/temporary_folder.hpp"
#include <atomic>
#include <gmock/gmock.h>

namespace salond {
namespace {

using persistence::reading;
using persistence::store;
using persistence::store_error;
using persistence::writing;
using support::eventually;
using access = support::store_guard::access;

/// A write of a chosen weight.
class weighing_job final : public write_job {
public:
  explicit weighing_job(size_t weight) : weight_(weight) {}
  void run(const writing&) override {}
  size_t take() override { return weight_; }

private:
  size_t weight_;
};

/// Of a node: a test says what its transactions hold, and leave to others.
class store_of_a_node final : public store {
public:
  explicit store_of_a_node(store& inner) : inner_(inner) {}

  void transact(const persistence::write_work& work) override {
    holds_up = false;
    inner_.transact(work);
    if (late > 0)
      --late;
  }
  bool holds_up_others() const override { return holds_up; }
  bool has_late_work() const override { return late > 0; }
  void read(const persistence::read_work& work) override { inner_.read(work); }
  void snapshot(const persistence::read_work& work) override { inner_.snapshot(work); }
  void long_snapshot(const persistence::read_work& work, const persistence::copy_progress& copying) override {
    inner_.long_snapshot(work, copying);
  }
  std::unique_ptr<store> reader() override { return nullptr; }
  std::string describe() override { return {}; }
  void count_from(const persistence::stored_table&, int64_t) override {}

  std::atomic<bool> holds_up{false};
  std::atomic<int> late{0}; ///< so many transactions are to come

private:
  store& inner_;
};

class StoreWorker : public testing::Test {
protected:
  StoreWorker() {
    persistence::open_options options;
    options.where = config::sqlite_database{folder / "salond.db"};
    db = support::guarded(persistence::open(options), guard);
    db->transact([&](const auto& db) {
      zoe = persistence::decisions::register_user(db, {"zoë", "z", "hash"})->user.id;
    });
    before = guard->committed();
    work_for(*db);
  }
  void work_for(store& on) {
    worker = std::make_unique<store_worker>(
        on, [] {}, [this](const std::string& why) { broken = why; });
  }
  ~StoreWorker() override { guard->release(access::writes); }

  /// The answers come as "name" or "name: fault", in their order.
  void queue(const std::string& name, any_job job, instant since = {}) {
    worker->put(
        {std::move(job), since,
         [this, name](std::optional<fault> why) { answers.push_back(why ? name + ": " + to_string(*why) : name); },
         std::nullopt});
  }
  void put(const std::string& name, any_job job, instant since = {}) {
    queue(name, std::move(job), since);
    worker->begin();
  }
  any_job post(const std::string& text, int64_t seq) {
    return make_write_job([this, text, seq](const writing& on) {
      return on.messages.append({general, zoe, seq, text, {}});
    });
  }
  void put_post(const std::string& name, int64_t seq) { put(name, post(name, seq)); }
  bool answered(size_t count) {
    return eventually([&] {
      for (auto& each : worker->take_finished())
        each.answer(each.verdict);
      return answers.size() >= count;
    });
  }
  /// Lets one write begin and wait, so that what is put next makes up one group.
  void hold_the_first() {
    guard->hold(access::writes);
    put("first", make_write_job([](const writing&) { return done{}; }));
    ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; }));
  }
  std::vector<std::string> texts() {
    std::vector<std::string> result;
    db->read([&](const auto& db) {
      for (const auto& message : db.messages.history(general, 1000, 1000))
        result.push_back(message.text);
    });
    return result;
  }
  size_t transactions() { return guard->committed() - before; }

  support::temporary_folder folder;
  std::shared_ptr<support::store_guard> guard = std::make_shared<support::store_guard>();
  std::unique_ptr<store> db;
  const salon_id general{1};
  user_id zoe;
  size_t before = 0;
  std::string broken;
  std::vector<std::string> answers;
  std::optional<store_of_a_node> node;  // what the worker writes to, where a test says so
  std::unique_ptr<store_worker> worker; // goes first
};

TEST_F(StoreWorker, TakesWhatIsPutBeforeItBeginsAsOneGroup) {
  for (int64_t seq = 1; seq <= 3; ++seq)
    queue("stored", post("text", seq));
  worker->begin();
  ASSERT_TRUE(answered(3));
  EXPECT_EQ(guard->committed(), before + 1);
}

TEST_F(StoreWorker, CommitsWhatWaitedTogetherAndInOrder) {
  hold_the_first();
  put_post("un", 1);
  put_post("deux", 2);
  put_post("trois", 3);
  EXPECT_EQ(worker->waiting(), 4u);

  guard->release(access::writes);

  ASSERT_TRUE(answered(4));
  EXPECT_THAT(answers, testing::ElementsAre("first", "un", "deux", "trois"));
  EXPECT_THAT(texts(), testing::ElementsAre("un", "deux", "trois"));
  EXPECT_EQ(transactions(), 2u); // the first, and the three
  EXPECT_TRUE(eventually([&] { return worker->waiting() == 0; }));
}

TEST_F(StoreWorker, AnswersNothingBeforeTheCommit) {
  hold_the_first();
  put_post("un", 1);

  EXPECT_TRUE(worker->take_finished().empty());
  EXPECT_TRUE(texts().empty());

  guard->release(access::writes);
  EXPECT_TRUE(answered(2));
}

TEST_F(StoreWorker, CutsGroupsByRows) {
  hold_the_first();
  for (int64_t i = 1; i <= 300; ++i)
    put_post(std::to_string(i), i);

  guard->release(access::writes);

  ASSERT_TRUE(answered(301));
  EXPECT_EQ(transactions(), 3u); // 1, 256, 44
}

TEST_F(StoreWorker, CutsGroupsByWeight) {
  hold_the_first();
  for (int i = 0; i < 4; ++i)
    put("half", std::make_shared<weighing_job>(size_t{1} << 19));

  guard->release(access::writes);

  ASSERT_TRUE(answered(5));
  EXPECT_EQ(transactions(), 3u); // 1, two halves of a MiB, two halves
}

TEST_F(StoreWorker, EndsAGroupBehindWhatHoldsUpOthers) {
  work_for(node.emplace(*db));
  hold_the_first();
  put_post("un", 1);
  put("names", make_write_job([&](const writing&) { return node->holds_up = true; }));
  put_post("deux", 2);
  put_post("trois", 3);

  guard->release(access::writes);

  ASSERT_TRUE(answered(5));
  EXPECT_THAT(answers, testing::ElementsAre("first", "un", "names", "deux", "trois"));
  EXPECT_EQ(transactions(), 3u); // the first, one until it holds up others, and the rest
}

TEST_F(StoreWorker, AnswersWhatIsCommittedBeforeTheRestOfItsGroup) {
  work_for(node.emplace(*db));
  hold_the_first();
  put_post("un", 1);
  put("names", make_write_job([&](const writing&) {
        guard->hold(access::writes); // the next transaction waits
        return node->holds_up = true;
      }));
  put_post("deux", 2);

  const auto began = std::chrono::steady_clock::now();
  guard->release(access::writes);

  ASSERT_TRUE(answered(3));
  EXPECT_THAT(answers, testing::ElementsAre("first", "un", "names"));
  EXPECT_EQ(worker->waiting(), 1u);
  ASSERT_TRUE(worker->running());
  EXPECT_GT(*worker->running(), began); // the database is not away since the group began

  guard->release(access::writes);
  ASSERT_TRUE(answered(4));
}

TEST_F(StoreWorker, DoesWhatWasPutOffWhereNothingElseWaits) {
  work_for(node.emplace(*db));
  node->late = 3;
  put_post("un", 1);
  ASSERT_TRUE(answered(1));

  EXPECT_TRUE(eventually([&] { return node->late == 0; }));
  EXPECT_EQ(transactions(), 3u);
  put("deux", make_write_job([&](const writing&) { return node->late = 4; }));
  worker->stop();
  EXPECT_EQ(node->late, 0) << "it ends with that";
}

TEST_F(StoreWorker, KeepsTheNeighboursOfARefusedWrite) {
  hold_the_first();
  put_post("un", 1);
  put_post("twice", 1); // the salon's number is taken: the database refuses the statement
  put_post("deux", 2);

  guard->release(access::writes);

  ASSERT_TRUE(answered(4));
  EXPECT_THAT(answers, testing::ElementsAre("first", "un", "twice: storage", "deux"));
  EXPECT_THAT(texts(), testing::ElementsAre("un", "deux"));
}

TEST_F(StoreWorker, AnswersAFaultWhenTheDatabaseIsAwayAndGoesOn) {
  hold_the_first();
  put_post("un", 1);
  put_post("deux", 2);
  guard->fail_writes(store_error::kind::unavailable, 2); // the first, and the group

  guard->release(access::writes);

  ASSERT_TRUE(answered(3));
  EXPECT_THAT(answers, testing::ElementsAre("first: storage", "un: storage", "deux: storage"));
  EXPECT_TRUE(texts().empty()); // what is refused is not stored
  put_post("trois", 3);
  ASSERT_TRUE(answered(4));
  EXPECT_EQ(answers.back(), "trois");
  EXPECT_THAT(texts(), testing::ElementsAre("trois"));
}

TEST_F(StoreWorker, ReportsAStoreThatCannotBeTrusted) {
  guard->fail_writes(store_error::kind::fatal, 1);
  put_post("un", 1);

  ASSERT_TRUE(answered(1));

  EXPECT_EQ(broken, "the test says so");
  EXPECT_THAT(answers, testing::ElementsAre("un: storage"));
}

TEST_F(StoreWorker, ReadsWhatIsCommittedBetweenWrites) {
  const auto count = std::make_shared<size_t>(0);
  hold_the_first();
  put_post("un", 1);
  put("read",
      make_read_job([count](const reading& on) { return *count = on.messages.history(salon_id{1}, 1000, 10).size(); }));
  put_post("deux", 2);

  guard->release(access::writes);

  ASSERT_TRUE(answered(4));
  EXPECT_THAT(answers, testing::ElementsAre("first", "un", "read", "deux"));
  EXPECT_EQ(*count, 1u);
}

TEST_F(StoreWorker, AnswersAFaultForAReadThatFails) {
  put("read", make_read_job([](const reading&) -> done { throw store_error{store_error::kind::unavailable, "away"}; }));

  ASSERT_TRUE(answered(1));

  EXPECT_THAT(answers, testing::ElementsAre("read: storage"));
  EXPECT_EQ(broken, "");
}

TEST_F(StoreWorker, KnowsSinceWhenWhatWaitsHasWaited) {
  EXPECT_EQ(worker->oldest(), std::nullopt);
  EXPECT_EQ(worker->running(), std::nullopt);
  const auto then = std::chrono::steady_clock::now();

  guard->hold(access::writes);
  put("first", make_write_job([](const writing&) { return done{}; }), then);
  ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; }));
  put("second", make_write_job([](const writing&) { return done{}; }), then + std::chrono::seconds{1});

  EXPECT_EQ(worker->oldest(), then);
  EXPECT_GE(worker->running(), then);

  guard->release(access::writes);
  ASSERT_TRUE(answered(2));
  EXPECT_TRUE(eventually([&] { return !worker->oldest() && !worker->running(); }));
}

TEST_F(StoreWorker, RefusesWhatWaitsBehindAGroupThatDoesNotEnd) {
  const auto now = std::chrono::steady_clock::now();
  const auto in_time = now + std::chrono::hours{1}, late = now + std::chrono::hours{2};
  hold_the_first();
  put("overdue", post("overdue", 1), now);
  put("in time", post("in time", 2), late);

  worker->refuse_behind(now - std::chrono::hours{1}); // what runs has not run for so long
  EXPECT_TRUE(worker->take_finished().empty());
  worker->refuse_behind(in_time);
  ASSERT_TRUE(answered(1));
  EXPECT_THAT(answers, testing::ElementsAre("overdue: storage"));
  EXPECT_EQ(worker->waiting(), 2u);

  guard->release(access::writes);
  ASSERT_TRUE(answered(3));
  EXPECT_THAT(answers, testing::ElementsAre("overdue: storage", "first", "in time"));
  EXPECT_THAT(texts(), testing::ElementsAre("in time"));
}

TEST_F(StoreWorker, FinishesWhatWasPutBeforeItStops) {
  for (int64_t i = 1; i <= 20; ++i)
    put_post(std::to_string(i), i);

  worker->stop();

  EXPECT_EQ(worker->take_finished().size(), 20u);
  EXPECT_EQ(texts().size(), 20u);
}

/// A read that ends when it is abandoned, and not before.
class endless_job final : public read_job {
public:
  void run(const reading&) override {
    running = true;
    if (!eventually([this] { return abandoned.load(); }))
      return;
    throw store_error(store_error::kind::unavailable, "abandoned");
  }
  void abandon() override { abandoned = true; }
  std::atomic<bool> running{false}, abandoned{false};
};

TEST_F(StoreWorker, AbandonsWhatRunsAndWhatWaits) {
  const auto runs = std::make_shared<endless_job>(), waits = std::make_shared<endless_job>();
  put("runs", runs);
  ASSERT_TRUE(eventually([&] { return runs->running.load(); }));
  put("waits", waits);

  worker->abandon();

  ASSERT_TRUE(answered(2));
  EXPECT_THAT(answers, testing::ElementsAre("runs: storage", "waits: storage"));
}

TEST_F(StoreWorker, ALongReaderSeesOneState) {
  const auto beside = db->reader();
  store_worker reader(
      *beside, [] {}, [](const std::string&) {}, store_worker::reading::one_state);
  std::vector<size_t> seen;
  const auto look = make_read_job([&](const reading& on) {
    seen.push_back(on.messages.history(general, 1000, 1000).size());
    db->transact([&](const auto& db) { db.messages.append({general, zoe, 1, "new", {}}); });
    seen.push_back(on.messages.history(general, 1000, 1000).size());
    return done{};
  });
  reader.put({look, {}, [](std::optional<fault>) {}, std::nullopt});
  reader.stop();

  EXPECT_THAT(seen, testing::ElementsAre(0u, 0u));
}

} // namespace
} // namespace salond
