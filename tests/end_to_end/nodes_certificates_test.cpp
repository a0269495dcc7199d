// The certificates of several nodes on one database: each is of all nodes, and ends at all; how a node is removed for
// good; and what holds where one of them starts without --cluster.
#include "tests/end_to_end/cluster_test.hpp"
#include <filesystem>
#include <sys/stat.h>

namespace salond::end_to_end {
namespace {

using words = std::vector<std::string>;
using support::eventually;
using testing::HasSubstr;
using namespace std::chrono_literals;

class ClusterCertificates : public cluster_test {
protected:
  /// Whether that node lists an operator's certificate, and so as revoked or not.
  bool lists(const std::string& node, const std::string& name, bool revoked) {
    for (const auto& each : all_->ask(node, {"cert", "list"}))
      if (each["name"] == name)
        return each["revoked"].is_null() != revoked;
    return false;
  }
};

TEST_F(ClusterCertificates, ACertificateIsOneOfAllNodesAndEndsAtAll) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  const support::temporary_folder folder;
  const auto by = [&](const std::string& node, const words& options, const words& command) {
    return run_salonctl(all_->at(node), options, command, {}, folder);
  };
  const auto asks_as_zoe = [&](const std::string& node) { return by(node, {"--bundle=zoe.pem"}, {"status"}).status; };
  ASSERT_EQ(by("a", {"--state=" + all_->at("a").state()}, {"cert", "issue", "zoe"}).status, 0);
  EXPECT_EQ(asks_as_zoe("b"), 0);
  EXPECT_TRUE(eventually([&] { return lists("b", "zoe", false); }, 5s));

  EXPECT_EQ(all_->ask("b", {"cert", "revoke", "zoe"})["revoked"], 1) << "a issued it";

  EXPECT_EQ(asks_as_zoe("b"), 4);
  EXPECT_TRUE(eventually([&] { return asks_as_zoe("a") == 4; }, 5s));
  EXPECT_TRUE(lists("a", "zoe", true));
}

// A node knew only what it had read within the last two seconds: it answered that all was revoked, and what another one
// had issued a moment ago stayed valid for good.
TEST_F(ClusterCertificates, WhatAnotherNodeIssuedAMomentAgoEndsWithItsName) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  const support::temporary_folder folder;
  auto& a = all_->at("a");
  const auto at_a = [&](const words& command, const std::string& input = {}) {
    return run_salonctl(a, {"--state=" + a.state()}, command, input, folder).status;
  };
  for (const std::string name : {"zoe", "paul", "marc", "lea"})
    ASSERT_EQ(at_a({"user", "add", name}, "secret\n"), 0);

  ASSERT_EQ(at_a({"cert", "issue", "zoe"}), 0);
  EXPECT_EQ(all_->ask("b", {"cert", "revoke", "zoe"})["revoked"], 1);
  EXPECT_TRUE(lists("b", "zoe", true));
  ASSERT_EQ(at_a({"cert", "issue", "paul"}), 0);
  EXPECT_EQ(all_->ask("b", {"ban", "paul"})["done"], true);
  EXPECT_TRUE(lists("b", "paul", true));
  ASSERT_EQ(at_a({"cert", "issue", "marc"}), 0);
  EXPECT_EQ(all_->ask("b", {"erase", "marc"})["done"], true);
  EXPECT_TRUE(lists("b", "marc", true));
  ASSERT_EQ(at_a({"cert", "issue", "lea"}), 0);
  EXPECT_TRUE(lists("b", "lea", false)) << "it was answered";
  ASSERT_EQ(at_a({"cert", "issue", "lea", "--out=second.pem"}), 0);
  auto& b = all_->at("b");
  EXPECT_THAT(run_salonctl(b, {"--state=" + b.state()}, {"user", "rename", "lea", "leo"}, {}, folder).errors,
              HasSubstr("cert revoke it first"));
  ASSERT_EQ(at_a({"node", "add", "c"}), 0);
  EXPECT_EQ(all_->ask("b", {"node", "remove", "c"})["revoked"], 1);
}

TEST_F(ClusterCertificates, ANodeThatWasAwayRefusesWhatWasRevokedMeanwhile) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  const support::temporary_folder folder;
  ASSERT_EQ(
      run_salonctl(all_->at("b"), {"--state=" + all_->at("b").state()}, {"cert", "issue", "zoe"}, {}, folder).status,
      0);
  ASSERT_EQ(all_->at("b").stop(), 0);

  EXPECT_EQ(all_->ask("a", {"cert", "revoke", "zoe"})["revoked"], 1);
  all_->at("b").start();

  EXPECT_EQ(run_salonctl(all_->at("b"), {"--bundle=zoe.pem"}, {"status"}, {}, folder).status, 4);
  EXPECT_TRUE(lists("b", "zoe", true));
}

TEST_F(ClusterCertificates, ANodeThatStartsAloneRefusesWhatWasRevokedMeanwhile) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  auto& b = all_->at("b");
  const support::temporary_folder folder;
  ASSERT_EQ(run_salonctl(b, {"--state=" + b.state()}, {"cert", "issue", "zoe"}, {}, folder).status, 0);
  ASSERT_EQ(b.stop(), 0);
  EXPECT_EQ(all_->ask("a", {"cert", "revoke", "zoe"})["revoked"], 1);
  ASSERT_EQ(all_->at("a").stop(), 0);

  b.options.settings.erase("cluster");
  b.start();

  EXPECT_EQ(run_salonctl(b, {"--bundle=zoe.pem"}, {"status"}, {}, folder).status, 4);
  EXPECT_TRUE(lists("b", "zoe", true));
}

// --- nodes that are removed, or run alone ---

TEST_F(ClusterCertificates, ANodesBundleIsForItsOwnerAloneAndANodeIsRemovedForGood) {
  all_->start_all(3);
  ASSERT_TRUE(all_->all_linked({"a", "b", "c"}));
  struct stat bundle {};
  ASSERT_EQ(::stat(all_->bundle_for("d", "b").c_str(), &bundle), 0); // any node makes one
  EXPECT_EQ(bundle.st_mode & 0777, 0600u);

  auto paul = support::newcomer(all_->at("b").endpoint(), "paul");

  EXPECT_EQ(all_->ask("a", {"node", "remove", "b"})["done"], true);

  EXPECT_THAT(paul.hear_all(5s), testing::Contains(HasSubstr("service momentanément indisponible")));
  EXPECT_TRUE(all_->all_linked({"a", "c"}, 5s));
  EXPECT_EQ(all_->at("b").running().wait(), 1) << "it would begin anew";
  EXPECT_THAT(all_->at("b").log(), HasSubstr("this node, b, was removed from the cluster"));
  EXPECT_THAT(refusal(all_->at("b")), HasSubstr("salonctl node add b"));
  EXPECT_THAT(all_->ask("c", {"nodes"}), testing::SizeIs(2));
  EXPECT_EQ(run_salonctl(all_->at("c"), {"node", "remove", "b"}).status, 1) << "c knows of it";

  ASSERT_EQ(all_->at("a").stop(), 0);
  ASSERT_EQ(all_->at("c").stop(), 0);
  all_->at("b").options.settings.erase("cluster");
  EXPECT_THAT(refusal(all_->at("b")), HasSubstr("is that of b, which was removed")) << "without --cluster too";
}

// Its folder has a certificate that was revoked while another copy of it was at work.
TEST_F(ClusterCertificates, AnOldCopyOfTheFirstNodesFolderIsRefusedWithoutClusterToo) {
  auto& a = all_->add("a");
  const auto as_node = a.options.settings;
  a.options.settings.erase("cluster");
  a.start();
  ASSERT_EQ(a.stop(), 0);
  const support::temporary_folder before;
  std::filesystem::copy(a.state(), before / "state", std::filesystem::copy_options::recursive);
  a.options.settings = as_node;
  a.start();
  all_->start("b");
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  ASSERT_EQ(all_->ask("b", {"node", "remove", "a"})["done"], true);
  ASSERT_EQ(a.running().wait(), 1);
  ASSERT_EQ(all_->at("b").stop(), 0);

  std::filesystem::remove_all(a.state());
  std::filesystem::copy(before / "state", a.state(), std::filesystem::copy_options::recursive);
  a.options.settings.erase("cluster");
  EXPECT_THAT(refusal(a), HasSubstr("is that of salond, which was removed"));
}

TEST_F(ClusterCertificates, ANodeThatRanAloneMeanwhileIsLetInAgain) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  auto& b = all_->at("b");
  ASSERT_EQ(b.stop(), 0);
  ASSERT_EQ(all_->at("a").stop(), 0);
  const auto as_node = b.options.settings;
  b.options.settings.erase("cluster");
  b.start();
  EXPECT_EQ(run_salonctl(b, {"status"}).status, 0);
  ASSERT_EQ(b.stop(), 0);

  all_->at("a").start();
  b.options.settings = as_node;
  b.start();

  EXPECT_TRUE(all_->all_linked({"a", "b"}));
}

} // namespace
} // namespace salond::end_to_end
