// A second node: the bundle that the first makes, and the folder of certificates that the second makes of it.
#include "actors/transport/private_file.hpp"
#include "actors/transport/tls_folder.hpp"
#include "actors/transport/tls_settings.hpp"
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace salond {
namespace {

using testing::HasSubstr;

std::string temporary_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "salond-nodes-XXXXXX").string();
  return ::mkdtemp(pattern.data()) ? pattern : "/nonexistent";
}

class NodeBundle : public testing::Test {
protected:
  void SetUp() override { first.renew(); }
  void TearDown() override { std::filesystem::remove_all(state); }

  /// The file that an operator carries to the machine of another node.
  std::string file_of(const std::string& bundle) const {
    write_private_file(state + "/b.pem", bundle);
    return state + "/b.pem";
  }
  std::string why_not(const std::string& folder, const std::string& file) const {
    try {
      join_cluster(folder, file);
    } catch (const pki_error& why) {
      return why.what();
    }
    return "it joins";
  }
  static std::string serial(const bundle& x) { return facts_of(x.own.certificate.get())->serial; }

  std::string state = temporary_folder(), one = state + "/one", two = state + "/two";
  tls_folder first{one, {}, "a"};
};

} // namespace

TEST_F(NodeBundle, MakesAnotherFolderANodeOfTheSameAuthority) {
  const auto file = file_of(first.issue_node("b"));

  const auto joined = join_cluster(two, file);
  tls_folder second{two, {}, joined.name};
  const auto made = second.renew();

  EXPECT_EQ(joined.name, "b");
  EXPECT_TRUE(joined.taken);
  EXPECT_FALSE(made.server) << "it uses what was issued for it";
  EXPECT_FALSE(made.authority);
  EXPECT_TRUE(made.administrator);
  const auto own = second.server();
  EXPECT_EQ(facts_of(own.own.certificate.get())->who, (identity{peer_kind::node, "b"}));
  EXPECT_EQ(X509_cmp(own.authority.get(), first.server().authority.get()), 0);
  EXPECT_NO_THROW(make_tls_settings(own, {}));
  const auto operators = second.issue({peer_kind::administrator, "zoe"});
  EXPECT_EQ(X509_verify(bundle_from(operators).own.certificate.get(), X509_get0_pubkey(own.authority.get())), 1);
}

TEST_F(NodeBundle, IsReadableForItsOwnerOnly) {
  const auto old = ::umask(0);
  join_cluster(two, file_of(first.issue_node("b")));
  ::umask(old);

  for (const auto* name : {"/authority.pem", "/server.pem", "/certificates"}) {
    struct stat found {};
    ASSERT_EQ(::stat((two + name).c_str(), &found), 0) << name;
    EXPECT_EQ(found.st_mode & 07777U, 0600u) << name;
  }
}

TEST_F(NodeBundle, IsIgnoredByLaterStartsBeItThereOrNot) {
  const auto file = file_of(first.issue_node("b"));
  join_cluster(two, file);
  const auto before = serial(tls_folder{two, {}, "b"}.server());

  const auto again = join_cluster(two, file);
  std::filesystem::remove(file);
  const auto without = join_cluster(two, file);

  EXPECT_EQ(again.name, "b");
  EXPECT_FALSE(again.taken);
  EXPECT_EQ(without.name, "b");
  EXPECT_EQ(serial(tls_folder{two, {}, "b"}.server()), before);
  EXPECT_EQ(name_in_cluster(two), "b");
}

TEST_F(NodeBundle, BringsWhatWasRevoked) {
  const auto zoe = serial(bundle_from(first.issue({peer_kind::administrator, "zoe"})));
  first.revoke("zoe");

  join_cluster(two, file_of(first.issue_node("b")));

  EXPECT_EQ(tls_folder(two, {}, "b").revoked(), std::set<std::string>{zoe});
}

TEST_F(NodeBundle, IsRefusedWhereItCannotBeMeant) {
  const auto operators = file_of(first.issue({peer_kind::administrator, "b"}));
  EXPECT_THAT(why_not(two, operators),
              testing::AllOf(HasSubstr(operators + " is no node's bundle (it does not hold the authority's key)"),
                             HasSubstr("salonctl node add")));
  EXPECT_THAT(why_not(two, state + "/missing.pem"), HasSubstr("missing.pem"));
  EXPECT_THAT(why_not(two, file_of("garbage")), HasSubstr("is no node's bundle (no certificate: no start line)"));
  const auto whole = first.issue_node("b");
  EXPECT_THAT(why_not(two, file_of(whole.substr(0, whole.find("-----BEGIN SALOND")))), HasSubstr("no list"));
  const auto revoked = first.issue_node("c");
  first.revoke_node("c");
  EXPECT_EQ(why_not(two, file_of(revoked)), "it joins") << "the file does not know of it; its peers do";
}

TEST_F(NodeBundle, IsRefusedOnceItHasExpired) {
  const auto file = file_of(first.issue_node("b", {std::chrono::hours{-2}, std::chrono::hours{-1}}));

  EXPECT_THAT(why_not(two, file), HasSubstr("has expired or was revoked"));
  EXPECT_FALSE(std::filesystem::exists(two + "/authority.pem"));
}

TEST_F(NodeBundle, IsNoWayIntoAFolderOfAnotherInstallation) {
  tls_folder lone{two};
  lone.renew();
  const auto before = read_private_file(two + "/authority.pem");

  EXPECT_THAT(why_not(two, file_of(first.issue_node("b"))), HasSubstr("is of another installation"));

  EXPECT_EQ(read_private_file(two + "/authority.pem"), before);
  EXPECT_THAT(why_not(two, state + "/gone.pem"), HasSubstr("start it without --join"));
}

// A start that was cut off before the folder was whole begins anew.
TEST_F(NodeBundle, JoinsAgainAfterAStartThatWasCutOff) {
  const auto file = file_of(first.issue_node("b"));
  join_cluster(two, file);
  std::filesystem::remove(two + "/authority.pem");

  EXPECT_TRUE(join_cluster(two, file).taken);
}

TEST_F(NodeBundle, ALoneServerBecomesTheFirstNodeAndItsOperatorsStayWhatTheyWere) {
  tls_folder lone{two, {"localhost"}};
  lone.renew();
  const auto zoe = bundle_from(lone.issue({peer_kind::administrator, "zoe"}));
  const auto administrator = read_private_file(lone.administrator_file());
  EXPECT_EQ(name_in_cluster(two), std::nullopt);

  tls_folder node{two, {"localhost"}, "a"}; // its administrator called as before
  const auto made = node.renew();

  EXPECT_TRUE(made.server) << "its own name alone is another";
  EXPECT_FALSE(made.authority);
  EXPECT_FALSE(made.administrator);
  EXPECT_FALSE(made.chat) << "clients see the same";
  EXPECT_EQ(read_private_file(node.administrator_file()), administrator);
  EXPECT_EQ(X509_cmp(node.server().authority.get(), zoe.authority.get()), 0);
  EXPECT_EQ(name_in_cluster(two), "a");
}

TEST_F(NodeBundle, RevokesANodeAndNeverItself) {
  const auto b = serial(node_bundle_from(first.issue_node("b")).own);
  first.issue({peer_kind::administrator, "b"});

  EXPECT_EQ(first.revoke_node("b").count, 1u) << "an operator of that name is somebody else";
  EXPECT_THROW(first.revoke_node("a"), pki_error);

  EXPECT_EQ(first.revoked(), std::set<std::string>{b});
}

TEST_F(NodeBundle, ANodeIsRevokedWithItsCertificatesThatHaveEnded) {
  first.issue_node("b", {-std::chrono::hours{2}, -std::chrono::hours{1}});
  first.issue_node("b");

  EXPECT_EQ(first.revoke_node("b").count, 2u) << "one that is not revoked would speak for the node";
}

TEST_F(NodeBundle, FoldersTakeUpWhatTheOthersIssuedAndRevoked) {
  join_cluster(two, file_of(first.issue_node("b")));
  tls_folder second{two, {}, "b"};
  second.renew();
  const auto zoe = serial(bundle_from(second.issue({peer_kind::moderator, "zoe"})));
  const auto paul = serial(bundle_from(first.issue({peer_kind::moderator, "paul"})));

  EXPECT_TRUE(first.merge(second.issued()));
  EXPECT_TRUE(second.merge(first.issued()));
  EXPECT_FALSE(first.merge(second.issued())) << "nothing is new";
  first.revoke("zoe");
  second.revoke("paul");
  EXPECT_TRUE(second.merge(first.issued()));
  EXPECT_TRUE(first.merge(second.issued()));

  EXPECT_EQ(first.revoked(), (std::set<std::string>{zoe, paul}));
  EXPECT_EQ(second.revoked(), first.revoked());
  EXPECT_EQ(first.issued().size(), second.issued().size());
}

// A folder that was away: what others revoked was as good as before, until the folder was back.
TEST_F(NodeBundle, WhatOthersRevokedHoldsWhereTheListCannotBeRead) {
  join_cluster(two, file_of(first.issue_node("b")));
  tls_folder second{two, {}, "b"};
  second.renew();
  const auto zoe = serial(bundle_from(first.issue({peer_kind::moderator, "zoe"})));
  first.revoke("zoe");
  const auto list = two + "/certificates", aside = list + ".aside";
  ASSERT_EQ(::rename(list.c_str(), aside.c_str()), 0);

  EXPECT_THROW(second.merge(first.issued()), pki_error);

  EXPECT_EQ(second.revoked(), std::set<std::string>{zoe});
  ASSERT_EQ(::rename(aside.c_str(), list.c_str()), 0);
  second.renew(); // writes the list, in which that one does not stand yet
  EXPECT_EQ(second.revoked(), std::set<std::string>{zoe});
  EXPECT_TRUE(second.merge(first.issued()));
  EXPECT_EQ(tls_folder(two, {}, "b").revoked(), std::set<std::string>{zoe});
}

TEST_F(NodeBundle, FoldersOfOneClusterNameOneAuthority) {
  join_cluster(two, file_of(first.issue_node("b")));
  const tls_folder second{two, {}, "b"};
  tls_folder stranger{state + "/three", {}, "c"};
  stranger.renew();

  EXPECT_EQ(second.authority(), first.authority());
  EXPECT_EQ(first.authority().size(), 64u);
  EXPECT_NE(stranger.authority(), first.authority());
  const auto own = certificate_in(two);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->authority, first.authority());
  EXPECT_EQ(own->serial, serial(second.server()));
  EXPECT_FALSE(certificate_in(state + "/nothing"));
}

TEST_F(NodeBundle, WhoWasRemovedMakesNoCertificateForItself) {
  join_cluster(two, file_of(first.issue_node("b")));
  tls_folder second{two, {}, "b"};
  second.renew();
  const auto before = serial(second.server());
  first.revoke_node("b");
  ASSERT_TRUE(second.merge(first.issued()));

  EXPECT_FALSE(second.renew().server);

  EXPECT_EQ(serial(second.server()), before);
  EXPECT_EQ(second.revoked(), std::set<std::string>{before});
}

// It was made that of a server alone, which no node lets in, and which a bundle could not make a node again.
TEST_F(NodeBundle, AFolderStaysTheNodesWhereItRunsAlone) {
  const auto file = file_of(first.issue_node("b"));
  join_cluster(two, file);
  tls_folder(two, {}, "b").renew();

  EXPECT_FALSE(tls_folder{two}.renew().server);
  EXPECT_EQ(name_in_cluster(two), "b");
  EXPECT_EQ(why_not(two, file), "it joins");

  first.revoke_node("b");
  tls_folder alone{two};
  alone.merge(first.issued());
  EXPECT_TRUE(alone.renew().server) << "it was removed, and is a server of its own now";
  EXPECT_FALSE(name_in_cluster(two));
}

TEST_F(NodeBundle, TakesNothingUpThatHasLongEndedOrIsNoSerial) {
  const auto before = first.issued().size();
  const identity zoe{peer_kind::moderator, "zoe"};

  EXPECT_FALSE(first.merge({{{zoe, "0A", 1, 1000}, std::nullopt}}));
  EXPECT_FALSE(first.merge({{{zoe, "0A 1", 1, std::time(nullptr) + 1000}, std::nullopt}}));

  EXPECT_EQ(first.issued().size(), before);
}

} // namespace salond
