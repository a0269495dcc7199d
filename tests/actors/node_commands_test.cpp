// `node add` and `node remove`, as an administrator gives them.
#include "actors/transport/private_file.hpp"
#include "tests/support/operators_node.hpp"
#include "tests/support/temporary_folder.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::HasSubstr;

class NodeCommands : public OperatorsNode {
protected:
  void SetUp() override {
    OperatorsNode::SetUp();
    folder_.renew();
    certificates.issue = [this](const identity& who, const validity& when) {
      return issued_bundle{folder_.issue(who, when), 0};
    };
    certificates.list = [this] { return folder_.issued(); };
    certificates.revoke = [this](const std::string& name) { return folder_.revoke(name); };
  }
  void be_a_node() {
    certificates.node = "a";
    certificates.issue_node = [this](const std::string& name) { return folder_.issue_node(name); };
    certificates.revoke_node = [this](const std::string& name) { return folder_.revoke_node(name); };
  }

  support::temporary_folder place_;
  tls_folder folder_{place_ / "tls", {}, "a"};
};

} // namespace

TEST_F(NodeCommands, ANodeIsAddedWithItsBundleAndRemoved) {
  be_a_node();
  start();

  const auto [verdict, text] = command({"node", "add", "b"});

  ASSERT_EQ(verdict, admin_verdict::done) << text;
  const auto made = node_bundle_from(json::parse(text)["bundle"].get<std::string>());
  EXPECT_EQ(facts_of(made.own.own.certificate.get())->who, (identity{peer_kind::node, "b"}));
  EXPECT_EQ(command({"node", "remove", "b"}).second, R"({"done":true,"revoked":1})");
  EXPECT_EQ(folder_.revoked().size(), 1u);
  EXPECT_EQ(log_of("node add").at(0)["to"], "b");
  EXPECT_EQ(log_of("node remove").at(0)["result"], "done");
}

TEST_F(NodeCommands, WhatCannotBeMeantIsRefusedAndNoted) {
  be_a_node();
  start();

  EXPECT_THAT(command({"node", "add", "a"}).second, HasSubstr("this node itself"));
  EXPECT_THAT(command({"node", "add", "salond"}).second, HasSubstr("choose another"));
  EXPECT_THAT(command({"node", "remove", "a"}).second, HasSubstr("this node itself"));
  EXPECT_THAT(command({"node", "remove", "z"}).second, HasSubstr("no other node of that name"));
  EXPECT_EQ(verdict_of({"node", "add", "L'\xc3\xa9t\xc3\xa9; DROP"}), admin_verdict::wrong_usage);
  EXPECT_EQ(verdict_of({"node", "add"}), admin_verdict::wrong_usage);

  EXPECT_EQ(log_of("node add").size(), 2u);
  EXPECT_EQ(log_of("node remove").at(0)["result"], "refused");
  EXPECT_EQ(folder_.issued().size(), 2u) << "nothing was issued";
}

TEST_F(NodeCommands, AServerThatIsNoNodeSaysWhatToDo) {
  start();

  for (const auto* verb : {"add", "remove"}) {
    const auto [verdict, text] = command({"node", verb, "b"});
    EXPECT_EQ(verdict, admin_verdict::refused);
    EXPECT_THAT(text, HasSubstr("--cluster=HOST:PORT"));
  }
}

TEST_F(NodeCommands, AreAdministratorsAlone) {
  be_a_node();
  start();
  who = {peer_kind::moderator, "paul"};

  EXPECT_EQ(verdict_of({"node", "add", "b"}), admin_verdict::not_allowed);
  EXPECT_EQ(verdict_of({"node", "remove", "b"}), admin_verdict::not_allowed);
}

} // namespace salond
