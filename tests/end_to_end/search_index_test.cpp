// The index of searches: built by a real server behind its back, also when that is killed at it.
#include "tests/end_to_end/administration.hpp"
#include "tests/support/line_client.hpp"

namespace salond::end_to_end {
namespace {

using support::eventually;

class SearchIndex : public administration_test {
protected:
  /// 22,500 messages of zoë in Général, as many as make up two parts and something; one with a needle.
  void fill() {
    ASSERT_EQ(support::register_user(server_.endpoint(), "zoë"), "Inscription réussie!");
    server_.stop();
    db_->change(server_, "INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms)"
                         " WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 149)"
                         " SELECT c.client_id, 1, 1 + a.i * 150 + b.i, CASE WHEN a.i * 150 + b.i = 4711 THEN"
                         " 'une Aiguille en été' ELSE 'du foin' END, 1800000000000"
                         " FROM n a, n b, clients c WHERE c.username = 'zoë'");
  }
  bool is_indexed() {
    return answer({"status"})["search_index"]["indexed"].get<int64_t>() > 16'384 && count("state <> 0") == "0";
  }
  std::string count(const std::string& which) {
    return db_->ask(server_, "SELECT count(*) FROM search_parts WHERE " + which).at(0).at(0);
  }
  void expect_found() {
    support::line_client zoe(server_.endpoint());
    ASSERT_TRUE(zoe.log_in("zoë"));
    zoe.say("SEARCH:Général:AIGUILLE EN ETE");
    EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: une Aiguille en été");
    EXPECT_TRUE(zoe.hears_nothing());
    const auto found = answer({"search", "Général", "aiguille"});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0]["text"], "une Aiguille en été");
  }
};

TEST_P(SearchIndex, IsBuiltForMessagesThatThereAre) {
  fill();
  server_.start();
  expect_found();

  ASSERT_TRUE(eventually([&] { return is_indexed(); }, std::chrono::seconds{60}));

  expect_found();
  ASSERT_EQ(ctl({"message", "delete", "--author=zoë"}).status, 0);
  EXPECT_EQ(answer({"search", "Général", "aiguille"}).size(), 0u);
  EXPECT_TRUE(eventually([&] { return count("1 = 1") == "0"; }, std::chrono::seconds{60})) << "it is gone with them";
  EXPECT_EQ(db_->ask(server_, "SELECT count(*) FROM search_grams").at(0).at(0), "0");
}

TEST_P(SearchIndex, IsBuiltToItsEndThoughTheServerIsKilledAtIt) {
  fill();
  server_.start();
  ASSERT_TRUE(eventually([&] { return count("state >= 2") != "0"; }, std::chrono::seconds{60}));

  server_.kill();
  server_.start();

  expect_found();
  EXPECT_TRUE(eventually([&] { return is_indexed(); }, std::chrono::seconds{60}));
  expect_found();
}

INSTANTIATE_TEST_SUITE_P(Databases, SearchIndex, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
