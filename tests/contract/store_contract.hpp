// What every store must do alike: the fixture. The tests stand beside, a file for each concern; the databases in
// stores.cpp.
#pragma once
#include "protocol/words/names.hpp"
#include "tests/contract/query_plans.hpp"
#include "tests/support/stores.hpp"
#include <cstdlib>
#include <gmock/gmock.h>
#include <limits>

namespace salond {

class StoreContract : public testing::TestWithParam<support::store_maker> {
protected:
  static constexpr int64_t newest = std::numeric_limits<int64_t>::max();

  void SetUp() override {
    plans = support::watch_plans(GetParam().name);
    db = GetParam().make_empty();
    if (db)
      now_ = &support::asked(*db);
    if (db && plans)
      plans->begin();
    if (db)
      return;
    const bool must = std::getenv("CI") && GetParam().without == support::store_maker::absence::fails_in_ci;
    if (must)
      FAIL() << GetParam().why_not();
    GTEST_SKIP() << GetParam().why_not();
  }

  void TearDown() override {
    if (db && plans)
      for (const auto& complaint : plans->full_scans(*db))
        ADD_FAILURE() << complaint;
  }

  /// The answer of `work`, once it is committed.
  template <class Work>
  auto write(Work work) {
    std::decay_t<std::invoke_result_t<Work, const persistence::writing&>> answer{};
    db->transact([&](const persistence::writing& in) { answer = work(in); });
    return answer;
  }

  /// What is there now, for questions between transactions and within one.
  const persistence::reading& now() const { return *now_; }

  user_id add_user(const std::string& name, role its_role = role::user) {
    const auto made = write([&](const auto& db) {
      return decisions::register_user(db, {name, name, "$argon2id$hash", its_role});
    });
    return made ? made->user.id : user_id{};
  }

  outcome<done> post(salon_id salon, user_id author, int64_t seq, const std::string& text) {
    return write([&](const auto& db) { return db.messages.append({salon, author, seq, text, support::noon}); });
  }

  /// The texts of the newest messages, oldest first.
  std::vector<std::string> texts(salon_id salon, size_t count = 100) {
    std::vector<std::string> result;
    for (const auto& message : now().messages.history(salon, newest, count))
      result.push_back(message.text);
    return result;
  }

  outcome<persistence::stored_private> tell(user_id author, const std::string& target, const std::string& text) {
    return write(
        [&](const auto& db) { return decisions::store_private(db, author, key_of(target), text, support::noon); });
  }

  /// The private messages that a login of `who` is told.
  std::vector<private_message> waiting(user_id who) {
    return write([&](const auto& db) { return decisions::open_session(db, who, support::noon); })->waiting;
  }

  int64_t last_seq(salon_id salon) {
    for (const auto& found : now().salons.all())
      if (found.id == salon)
        return found.last_seq;
    return -1;
  }

  /// The audit log, a line as "what|to|result".
  std::vector<std::string> audited() {
    std::vector<std::string> result;
    for (const auto& line : now().audit.after(0, 1000))
      result.push_back(line.action + "|" + line.to + "|" + line.result);
    return result;
  }

  outcome<user> find(const std::string& name) { return now().accounts.find(key_of(name)); }
  /// A decision that the user himself takes.
  decision by(const std::string& name) {
    auto why = support::decided(name);
    why.account = find(name)->id;
    return why;
  }

  std::unique_ptr<support::query_plans> plans;
  std::unique_ptr<persistence::store> db;
  // The seeded salons, one of each policy.
  const salon_id general{1}, blabla{2}, marketing{5};
  const user_id nobody{987654321};

private:
  const persistence::reading* now_ = nullptr;
};

} // namespace salond
