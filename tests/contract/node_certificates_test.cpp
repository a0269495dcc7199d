// The list of certificates that the nodes of a cluster share, and whom it keeps out, on MariaDB.
#include "persistence/contracts/certificates.hpp"
#include "tests/support/nodes_fixture.hpp"
#include "tests/support/store_errors.hpp"

namespace salond {

using persistence::fact;
using persistence::listed_certificate;
using persistence::store_error;
using support::beating;
using support::kind_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr int64_t long_ago = 1000, noon = 2000, next_year = 9000;
const listed_certificate zoe{"0A", "administrator/zoe", noon, next_year, 0};
const listed_certificate paris_node{"0B", "node/paris", noon, next_year, 0};

listed_certificate revoked(listed_certificate one) {
  one.revoked_s = noon + 1;
  return one;
}

} // namespace

class NodeCertificates : public support::nodes_fixture {
protected:
  static void merge(support::test_node& at, const std::vector<listed_certificate>& known,
                    const std::string& authority = "us") {
    at.db->transact([&](const auto& db) { db.certificates.merge(authority, known, long_ago); });
  }
  static std::vector<listed_certificate> all(support::test_node& at, const std::string& authority = "us") {
    std::vector<listed_certificate> result;
    at.db->read([&](const persistence::reading& db) { result = db.certificates.all(authority); });
    return result;
  }
  static size_t news_for(support::test_node& at) {
    size_t count = 0;
    for (const auto& news : at.in.beats->beat({0, 0, 0, {}, at.in.last_news}).news)
      count += news.told == fact{fact::kind::certificate} ? 1 : 0;
    return count;
  }
  static persistence::node_entry entry_with(const std::string& name, const std::string& serial) {
    auto who = entry(name);
    who.authority = "us";
    who.holder = "node/" + name;
    who.serial = serial;
    return who;
  }
  std::string refusal(const persistence::node_entry& who) {
    try {
      join(who);
    } catch (const store_error& why) {
      EXPECT_EQ(why.what_kind(), store_error::kind::setup);
      return why.what();
    }
    return {};
  }
};

TEST_F(NodeCertificates, AreOneListOfAllNodes) {
  auto paris = node("paris"), lyon = node("lyon");

  merge(paris, {zoe});
  merge(lyon, {paris_node});
  merge(lyon, {zoe, paris_node}); // nothing new
  EXPECT_THAT(all(paris), ElementsAre(zoe, paris_node));
  EXPECT_EQ(news_for(lyon), 2u);

  merge(lyon, {revoked(zoe)});
  merge(paris, {zoe}); // it did not hear of that yet
  EXPECT_THAT(all(paris), ElementsAre(revoked(zoe), paris_node));
  EXPECT_EQ(news_for(paris), 3u);
  EXPECT_THAT(all(paris, "others"), IsEmpty());
}

TEST_F(NodeCertificates, StayRevokedWhereAListNamesASerialTwice) {
  auto paris = node("paris");

  merge(paris, {revoked(zoe), zoe, paris_node, revoked(paris_node)});

  EXPECT_THAT(all(paris), ElementsAre(revoked(zoe), revoked(paris_node)));
}

TEST_F(NodeCertificates, ForgetThoseThatEndedLongAgo) {
  auto paris = node("paris");
  merge(paris, {{"01", "administrator/old", 1, long_ago - 1, 0}});

  merge(paris, {zoe});

  EXPECT_THAT(all(paris), ElementsAre(zoe));
}

TEST_F(NodeCertificates, TwoThatListTheSameAtOnceBothDo) {
  auto paris = node("paris"), lyon = node("lyon");
  paris.held->hold([](const std::string& statement) { return statement == "COMMIT"; });
  std::thread slow([&] { merge(paris, {zoe}); });
  ASSERT_TRUE(paris.held->wait([] { return false; }));
  std::thread other([&] { merge(lyon, {revoked(zoe)}); });
  EXPECT_TRUE(support::eventually([&] { return somebody_waits(); }));
  paris.held->let_go();
  slow.join();
  other.join();

  EXPECT_THAT(all(lyon), ElementsAre(revoked(zoe)));
}

// It entered, nobody let it in, and after half a minute it was told that its address could not be reached.
TEST_F(NodeCertificates, KeepANodeOfAnotherClusterOut) {
  auto paris = node("paris");
  auto of_another = entry_with("lyon", "0F");
  of_another.authority = "another";
  EXPECT_EQ(refusal(of_another), "") << "paris has not said yet whose certificate it has";
  merge(paris, {paris_node});

  EXPECT_THAT(refusal(of_another), HasSubstr("are not of the cluster of"));
  EXPECT_EQ(refusal(entry_with("lyon", "0F")), "");
}

TEST_F(NodeCertificates, KeepANodeOutThatWasRemoved) {
  auto lyon = node("lyon");
  EXPECT_EQ(refusal(entry_with("paris", "0B")), "") << "nobody listed it yet";
  merge(lyon, {paris_node});
  EXPECT_EQ(refusal(entry_with("paris", "0B")), "");
  EXPECT_EQ(refusal(entry_with("paris", "0C")), "") << "it renewed its certificate, and could not tell";

  merge(lyon, {revoked(paris_node)});

  EXPECT_THAT(refusal(entry_with("paris", "0B")), HasSubstr("paris, was removed"));
  EXPECT_THAT(refusal(entry_with("paris", "0C")), HasSubstr("was removed"));
  EXPECT_THAT(refusal(entry_with("nice", "0B")), HasSubstr("was removed")) << "whatever it calls itself";
  EXPECT_EQ(refusal(entry_with("nice", "0D")), "");

  merge(lyon, {{"0E", "node/paris", noon, next_year, 0}}); // it is added again
  EXPECT_THAT(refusal(entry_with("paris", "0B")), HasSubstr("was removed"));
  EXPECT_EQ(refusal(entry_with("paris", "0E")), "");
}

TEST_F(NodeCertificates, TheRunsOfANodeEndWhetherTheyBeatOrNot) {
  auto paris = node("paris"), lyon = node("lyon");
  {
    const beating beats(*paris.in.beats);

    EXPECT_THAT(lyon.in.failovers->end_node("paris"), ElementsAre(paris.in.run));
    EXPECT_THAT(lyon.in.failovers->end_node("paris"), IsEmpty());
    EXPECT_THAT(lyon.in.failovers->end_node("nobody"), IsEmpty());
  }
  EXPECT_TRUE(paris.in.beats->beat({}).gone);
  EXPECT_EQ(kind_of([&] { merge(paris, {zoe}); }), store_error::kind::fatal);
  EXPECT_THAT(all(lyon), IsEmpty());
}

TEST_F(NodeCertificates, ARunIsAskedToDrainByNews) {
  auto paris = node("paris"), lyon = node("lyon");

  lyon.db->transact([&](const auto& db) { db.homes.ask_to_drain(paris.in.run, 30); });

  const auto told = paris.in.beats->beat({0, 0, 0, {}, paris.in.last_news}).news;
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].told, (fact{fact::kind::drain, {}, {}, std::to_string(paris.in.run) + " 30"}));
}

} // namespace salond
