// Which node stores in which salon, on MariaDB: rows that are locked, what is read behind them, and messages with the
// numbers of their posts.
#include "tests/support/nodes_fixture.hpp"

namespace salond {

using persistence::posted_message;
using persistence::stored_home;
using support::test_node;

namespace {

constexpr salon_id general{1};
constexpr const char* hostile = "l'été \"x\"; DROP TABLE homes -- \\";

} // namespace

class Homes : public support::nodes_fixture {
protected:
  void begin() override {
    paris.emplace(node("paris"));
    zoe = paris->add_user("zoë").id;
  }

  std::optional<stored_home> home_as_read_by(test_node& at) {
    std::optional<stored_home> result;
    at.db->read([&](const persistence::reading& db) { result = db.homes.of(general); });
    return result;
  }
  std::vector<posted_message> posted(int64_t after, int64_t up_to, size_t most) {
    std::vector<posted_message> result;
    paris->db->read([&](const persistence::reading& db) { result = db.homes.posted(general, after, up_to, most); });
    return result;
  }

  std::optional<test_node> paris;
  user_id zoe;
};

TEST_F(Homes, ARunIsHomeUntilItIsGone) {
  auto lyon = node("lyon");
  EXPECT_FALSE(home_as_read_by(lyon));

  paris->db->transact([&](const persistence::writing& db) {
    EXPECT_FALSE(db.homes.lock(general));
    db.homes.add(general, {paris->in.run, 1, false});
  });

  auto found = home_as_read_by(lyon);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->run, paris->in.run);
  EXPECT_EQ(found->epoch, 1);
  EXPECT_FALSE(found->gone);
  paris->in.beats->leave();
  found = home_as_read_by(lyon);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->gone);
}

TEST_F(Homes, MessagesComeWithTheNumbersOfTheirPosts) {
  paris->db->transact([&](const persistence::writing& db) {
    for (int64_t seq = 1; seq <= 4; ++seq)
      ASSERT_TRUE(db.messages.append({general, zoe, seq, hostile, support::noon, (paris->in.run << 40) | seq}));
    EXPECT_EQ(db.homes.last_seq(general), 4) << "what the same transaction appended counts";
  });
  paris->db->transact(
      [&](const persistence::writing& db) { db.messages.empty({db.messages.history(general, 3, 1).at(0).id}); });

  const auto all = posted(1, 3, 100);

  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].seq, 2);
  EXPECT_EQ(all[0].post, (paris->in.run << 40) | 2);
  EXPECT_EQ(all[0].text, "") << "it is not shown any more, and its author is still to be answered";
  EXPECT_EQ(all[1].seq, 3);
  EXPECT_EQ(all[1].author, zoe);
  EXPECT_EQ(all[1].author_name, "zoë");
  EXPECT_EQ(all[1].text, hostile);
  EXPECT_EQ(all[1].at, support::noon);
  EXPECT_EQ(posted(0, 4, 3).back().seq, 3);
  EXPECT_TRUE(posted(4, 4, 100).empty());
}

TEST_F(Homes, WhoIsConnectedWithAnyNodeIsListedByKey) {
  auto lyon = node("lyon");
  const auto paul = lyon.write([](const auto& db) {
                          return decisions::register_user(db, {"Paul", "Paul", "$argon2id$hash"});
                        })
                        ->user.id;
  lyon.write([](const auto& db) { return bool(decisions::register_user(db, {"away", "away", "$argon2id$hash"})); });
  const auto enter = [](test_node& at, user_id who) {
    return at.write([who](const auto& db) { return bool(decisions::open_session(db, who, support::noon)); });
  };
  ASSERT_TRUE(enter(*paris, zoe));
  ASSERT_TRUE(enter(*paris, paul));
  ASSERT_TRUE(enter(lyon, paul));
  const auto listed = [&](const std::string& after, size_t most) {
    std::vector<std::string> result;
    lyon.db->read([&](const persistence::reading& db) { result = db.homes.connected_members(general, after, most); });
    return result;
  };

  EXPECT_EQ(listed("", 10), (std::vector<std::string>{"Paul", "zoë"}));
  EXPECT_EQ(listed("", 1), (std::vector<std::string>{"Paul"}));
  EXPECT_EQ(listed(key_of("Paul"), 10), (std::vector<std::string>{"zoë"}));
}

TEST_F(Homes, OrderNumbersOfDeletedMessagesAreNotGivenAgain) {
  paris->db->transact([&](const persistence::writing& db) {
    ASSERT_TRUE(db.messages.append({general, zoe, 7, "x", support::noon, {}}));
  });

  paris->db->transact([&](const persistence::writing& db) {
    ASSERT_TRUE(decisions::erase(db, "zoë", support::decided()));
    EXPECT_EQ(db.homes.last_seq(general), 7);
  });
}

} // namespace salond
