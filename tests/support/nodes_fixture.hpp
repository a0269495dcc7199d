// Several nodes on one MariaDB: runs that have joined, their stores, and statements that wait until they are let go.
#pragma once
#include "protocol/words/names.hpp"
#include "tests/support/mariadb_fixture.hpp"
#include "tests/support/stores.hpp"
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace salond::support {

/// Holds the statement that begins with a text, or the nth of all, until it is let go. For tuning::before_statement.
class held_statement {
public:
  /// From now on; the statement is held once.
  void hold(std::function<bool(const std::string&)> which) {
    const std::lock_guard lock{mutex_};
    which_ = std::move(which);
    held_ = false;
  }
  void let_go() {
    const std::lock_guard lock{mutex_};
    which_ = nullptr;
    changed_.notify_all();
  }
  /// Waits until one is held; false where `over` says that none will be.
  bool wait(const std::function<bool()>& over) {
    return eventually([&] { return is_held() || over(); }) && is_held();
  }
  std::function<void(const std::string&)> hook() {
    return [this](const std::string& statement) {
      std::unique_lock lock{mutex_};
      if (!which_ || held_ || !which_(statement))
        return;
      held_ = true;
      changed_.wait(lock, [this] { return !which_; });
    };
  }

private:
  bool is_held() {
    const std::lock_guard lock{mutex_};
    return held_ && which_;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<bool(const std::string&)> which_;
  bool held_ = false;
};

/// A run with its writer.
struct test_node {
  persistence::joined_node in;
  std::unique_ptr<held_statement> held = std::make_unique<held_statement>(); ///< of the writer's statements
  std::unique_ptr<persistence::store> db;

  /// The answer of `work`, once it is committed.
  template <class Work>
  auto write(Work work) {
    std::decay_t<std::invoke_result_t<Work, const persistence::writing&>> answer{};
    db->transact([&](const persistence::writing& in) { answer = work(in); });
    return answer;
  }
  user add_user(const std::string& name, role as = role::user) {
    return write([&](const auto& in) {
             return decisions::register_user(in, {name, name, "$argon2id$hash", as});
           })
        ->user;
  }
  /// As the store's thread does it where there is nothing else to do. REQUIRES: no other node holds rows for long.
  void do_late_work() {
    while (db->has_late_work())
      db->transact([](const persistence::writing&) {});
  }
};

class nodes_fixture : public mariadb_fixture {
protected:
  void SetUp() final {
    mariadb_fixture::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    where = server().new_database();
    begin();
  }
  /// The rest of SetUp(), where there is a database.
  virtual void begin() {}

  persistence::open_options options() {
    persistence::open_options result;
    result.where = where;
    result.warn = [](const std::string&) {};
    return result;
  }
  static persistence::node_entry entry(const std::string& name) {
    return {name, "127.0.0.1:1", "test", "folder of " + name, false, true};
  }
  persistence::joined_node join(const persistence::node_entry& who) {
    persistence::mysql::tuning tuning;
    tuning.beat_timeout = std::chrono::seconds{20}; // nothing here is to be late because the machine is
    return persistence::join_mysql(where, options(), who, tuning);
  }
  test_node node(const std::string& name) {
    test_node result;
    result.in = join(entry(name));
    persistence::mysql::tuning tuning;
    tuning.before_statement = result.held->hook();
    auto opened = options();
    opened.run = result.in.run;
    opened.node = name;
    result.db = persistence::open_mysql(where, opened, tuning);
    return result;
  }
  rows ask(const std::string& sql) { return server().ask(where.name, sql); }
  std::string value(const std::string& sql) {
    const auto found = ask(sql);
    return found.empty() ? std::string() : found.at(0).at(0);
  }
  /// Whether a transaction waits for a row.
  bool somebody_waits() {
    const auto found = ask("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'");
    return !found.empty() && found.at(0).at(1) != "0";
  }

  config::mysql_database where;
};

/// Beats on a thread of its own, until it ends.
class beating {
public:
  explicit beating(persistence::node_beats& beats) : thread_([this, &beats] { run(beats); }) {}
  ~beating() {
    stop_ = true;
    thread_.join();
  }

private:
  void run(persistence::node_beats& beats) {
    while (!stop_) {
      try {
        beats.beat({});
      } catch (const persistence::store_error&) { // the next one connects anew
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
  }

  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace salond::support
