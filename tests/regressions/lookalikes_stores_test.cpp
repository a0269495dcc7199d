// What is told of lookalikes in lookalikes_test.cpp, as both databases decide it: for registration, approval,
// operators, imports, aliases, salons and names that are banned; for what an older schema left without skeletons, and
// after a restore.
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include "tests/support/mysql_stores.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using support::decided;
using support::noon;
using testing::ElementsAre;

/// A store with paul, max, an administrator called chef, and marc, who waits for an administrator.
class people {
public:
  explicit people(const support::store_maker& maker) : db_(maker.make_empty()) {
    if (!db_)
      return;
    write([&](const auto& db) {
      decisions::register_user(db, {"paul", "paul", "h"});
      decisions::register_user(db, {"max", "max", "h"});
      decisions::register_user(db, {"chef", "le chef", "h", role::administrator});
      decisions::request_registration(db, {"marc", "marc", "h"}, noon);
    });
  }

  explicit operator bool() const { return db_ != nullptr; }
  persistence::store& db() { return *db_; }

  template <class Work>
  void write(Work work) {
    db_->transact(work);
  }
  template <class Work>
  auto answer(Work work) {
    std::invoke_result_t<Work, const persistence::writing&> result = fault::storage;
    db_->transact([&](const auto& in) { result = work(in); });
    return result;
  }

  std::string registered(const std::string& name, const std::string& alias) {
    const auto made = answer([&](const auto& db) { return decisions::register_user(db, {name, alias, "h"}); });
    return made ? "done" : to_string(made.why());
  }
  std::string asked(const std::string& name) {
    const auto taken = answer([&](const auto& db) {
      return decisions::request_registration(db, {name, "alias of " + name, "h"}, noon);
    });
    return taken ? "done" : to_string(taken.why());
  }
  std::string renamed(const std::string& from, const std::string& to) {
    const auto made = answer([&](const auto& db) { return decisions::rename_user(db, key_of(from), to, decided()); });
    return made ? "done" : to_string(made.why());
  }

private:
  std::unique_ptr<persistence::store> db_;
};

void are_refused_for_new_names(people& all) {
  EXPECT_EQ(all.registered("pаul", "1"), "name_taken"); // Cyrillic
  EXPECT_EQ(all.registered("PauI", "2"), "name_taken");
  EXPECT_EQ(all.registered("rnarc", "3"), "name_taken"); // marc waits
  EXPECT_EQ(all.registered("сhef", "4"), "reserved_name");
  EXPECT_EQ(all.registered("paula", "сhef"), "alias_taken");
  EXPECT_EQ(all.registered("paula", "pаul"), "done"); // an alias may look like somebody's who is no administrator
  EXPECT_EQ(all.asked("mаx"), "name_taken");
  EXPECT_EQ(all.asked("zoe"), "done");
  EXPECT_EQ(all.asked("zоe"), "name_taken");
  const auto added = all.answer([&](const auto& db) { return decisions::add_user(db, {"mаx", "5", "h"}, decided()); });
  EXPECT_EQ(added.why(), fault::name_taken);
}

/// A lookalike of a banned name would be free, and keep its owner out after the unban.
void are_refused_while_a_name_is_banned(people& all) {
  all.write([&](const auto& db) {
    const std::string can_log_in(64, '0');
    decisions::register_user(db, {"boss", "boss", can_log_in, role::administrator}); // the last who can is never banned
    ASSERT_TRUE(decisions::ban(db, "paul", decided()));
    ASSERT_TRUE(decisions::ban(db, "chef", decided()));
    ASSERT_TRUE(decisions::kick(db, "max", noon + std::chrono::minutes(5), decided()));
  });
  EXPECT_EQ(all.registered("pаul", "1"), "name_taken"); // Cyrillic
  EXPECT_EQ(all.registered("PauI", "2"), "name_taken");
  EXPECT_EQ(all.asked("сhef"), "name_taken");
  EXPECT_EQ(all.renamed("max", "pаul"), "name_taken");
  EXPECT_EQ(all.renamed("max", "Mаx"), "done") << "a kick is no ban, and it is his own name";
  const persistence::imported_account one{
      1, "сhef", key_of("сhef"), "a", key_of("a"), "h", {}, skeletons_of("сhef"), skeletons_of("a")};
  ASSERT_EQ(decisions::import_faults(support::asked(all.db()), {one}).size(), 1u);
  EXPECT_EQ(decisions::import_faults(support::asked(all.db()), {one}).front().why, fault::name_taken);
  ASSERT_TRUE(all.answer([&](const auto& db) { return decisions::unban(db, "paul", decided()); }));
  EXPECT_EQ(all.registered("PauI", "3"), "done");
}

void are_no_hindrance_to_oneself(people& all) {
  EXPECT_EQ(all.renamed("paul", "mаx"), "name_taken");
  EXPECT_EQ(all.renamed("max", "сhef"), "reserved_name");
  EXPECT_EQ(all.renamed("paul", "Pаul"), "done"); // his own name in other letters
  EXPECT_EQ(all.renamed("Pаul", "Paula"), "done");
  EXPECT_EQ(all.registered("pаul", "pаul 2"), "done"); // it looks like nobody's any more
  const auto accepted =
      all.answer([&](const auto& db) { return decisions::accept_registration(db, "marc", decided()); });
  EXPECT_TRUE(accepted);
}

void are_faults_of_an_import(people& all) {
  const auto account = [](size_t line, const std::string& name, const std::string& alias) {
    return persistence::imported_account{line,
                                         name,
                                         key_of(name),
                                         alias,
                                         key_of(alias),
                                         "h",
                                         std::vector<std::string>{},
                                         skeletons_of(name),
                                         skeletons_of(alias)};
  };
  std::vector<std::pair<size_t, fault>> found;
  for (const auto& each : decisions::import_faults(
           support::asked(all.db()), {account(2, "mаx", "a"), account(3, "сhef", "b"), account(4, "lise", "chеf"),
                                      account(5, "rnarc", "c"), account(6, "lola", "d")}))
    found.emplace_back(each.line, each.why);
  EXPECT_THAT(found, ElementsAre(std::pair<size_t, fault>{2, fault::name_taken},
                                 std::pair<size_t, fault>{3, fault::reserved_name},
                                 std::pair<size_t, fault>{4, fault::alias_taken},
                                 std::pair<size_t, fault>{5, fault::name_taken}));
  all.write([&](const auto& db) { decisions::import_accounts(db, {account(1, "lola", "d")}, decided()); });
  EXPECT_EQ(all.registered("lоla", "e"), "name_taken");
}

void are_refused_for_salons(people& all) {
  const auto create = [&](const char* name) {
    return all.answer([&](const auto& db) { return decisions::create_salon(db, name, policy::open, decided()); });
  };
  EXPECT_EQ(create("Blаbla").why(), fault::invalid_name);
  const auto sport = create("Sport");
  ASSERT_TRUE(sport);
  const auto own =
      all.answer([&](const auto& db) { return decisions::rename_salon(db, sport->id, "Sport", "Spоrt", decided()); });
  EXPECT_TRUE(own);
  const auto other = all.answer(
      [&](const auto& db) { return decisions::rename_salon(db, sport->id, "Spоrt", "Mаrketing", decided()); });
  EXPECT_EQ(other.why(), fault::invalid_name);
}

void check_all(const support::store_maker& maker) {
  for (const auto check : {are_refused_for_new_names, are_refused_while_a_name_is_banned, are_no_hindrance_to_oneself,
                           are_faults_of_an_import, are_refused_for_salons}) {
    people all(maker);
    if (!all)
      GTEST_SKIP() << maker.why_not();
    check(all);
  }
}

TEST(LookalikesInSqlite, AreRefusedForNewNamesAlone) {
  check_all(support::sqlite());
}

TEST(LookalikesInMariadb, AreRefusedForNewNamesAlone) {
  check_all(support::mariadb());
}

} // namespace
} // namespace salond
