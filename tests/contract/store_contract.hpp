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
    decltype(work()) answer{};
    db->transact([&] { answer = work(); });
    return answer;
  }

  user_id add_user(const std::string& name, role what = role::user) {
    const auto made = write([&] { return db->register_user({name, name, "$argon2id$hash", what}); });
    return made ? made->user.id : user_id{};
  }

  outcome<done> post(salon_id salon, user_id author, int64_t seq, const std::string& text) {
    return write([&] { return db->append({salon, author, seq, text, support::noon}); });
  }

  /// The texts of the newest messages, oldest first.
  std::vector<std::string> texts(salon_id salon, size_t count = 100) {
    std::vector<std::string> result;
    for (const auto& message : db->history(salon, newest, count))
      result.push_back(message.text);
    return result;
  }

  outcome<persistence::stored_private> tell(user_id author, const std::string& target, const std::string& text) {
    return write([&] { return db->store_private(author, key_of(target), text, support::noon); });
  }

  /// The private messages that a login of `who` is told.
  std::vector<private_message> waiting(user_id who) {
    return write([&] { return db->open_session(who, support::noon); })->waiting;
  }

  int64_t last_seq(salon_id salon) {
    for (const auto& found : db->salons())
      if (found.id == salon)
        return found.last_seq;
    return -1;
  }

  /// The audit log, a line as "what|to|result".
  std::vector<std::string> audited() {
    std::vector<std::string> result;
    for (const auto& line : db->audit_after(0, 1000))
      result.push_back(line.what + "|" + line.to + "|" + line.result);
    return result;
  }

  outcome<user> find(const std::string& name) { return db->find_user(key_of(name)); }
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
};

} // namespace salond
