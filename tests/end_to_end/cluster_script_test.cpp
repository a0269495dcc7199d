// tools/cluster: starts what it says, goes on without a node that is killed, and stops all in order.
#include "tests/end_to_end/databases.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/mariadb.hpp"
#include <csignal>
#include <gmock/gmock.h>
#include <sstream>

namespace salond::end_to_end {
namespace {

using support::eventually;
using testing::HasSubstr;
using namespace std::chrono_literals;

class ClusterScript : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    script_ = std::make_unique<support::process>(
        std::vector<std::string>{"/bin/sh", SALOND_SOURCE_FOLDER "/tools/cluster", "2"},
        std::vector<std::string>{"SALOND_PORT=0", "SALOND_STATE=" + state(), "SALOND_BUILD=" SALOND_BUILD_FOLDER},
        folder_ / "out", folder_ / "said");
    ASSERT_TRUE(eventually([&] { return said("2 nodes are running") || !script_->running(); }, 100s));
    ASSERT_TRUE(said("2 nodes are running")) << all();
    ASSERT_TRUE(eventually([&] { return said("Press Ctrl-C"); }));
  }
  void TearDown() override {
    if (!script_ || !script_->running())
      return;
    script_->send(SIGTERM);
    script_->wait();
  }

  std::string state() const { return folder_ / "state"; }
  std::string all() const { return script_->errors(); }
  bool said(const std::string& part) const { return all().find(part) != std::string::npos; }
  std::string of_node(int number, const std::string& file) const {
    return support::read_file(state() + "/node" + std::to_string(number) + file);
  }
  pid_t pid(int number) const { return static_cast<pid_t>(std::stoi(of_node(number, ".pid"))); }
  std::string endpoint(int number) const {
    std::istringstream line(of_node(number, ".ready"));
    std::string ready, first;
    line >> ready >> first;
    return first;
  }

  support::temporary_folder folder_;
  std::unique_ptr<support::process> script_;
};

TEST_F(ClusterScript, StartsNodesAndStopsThemInOrder) {
  const auto first = pid(1), second = pid(2);
  EXPECT_THAT(endpoint(2), HasSubstr("tcp://127.0.0.2:"));
  support::newcomer(endpoint(1), "zoë");
  support::line_client elsewhere(endpoint(2));
  EXPECT_TRUE(elsewhere.log_in("zoë"));

  script_->send(SIGINT);

  EXPECT_EQ(script_->wait(60s), 0) << all();
  EXPECT_EQ(::kill(first, 0), -1);
  EXPECT_EQ(::kill(second, 0), -1);
  EXPECT_THAT(of_node(2, ".log"), HasSubstr("stopping: everything is committed"));
}

TEST_F(ClusterScript, StartsANodeAgainThatWasKilled) {
  const auto before = pid(2);

  ::kill(before, SIGKILL);

  EXPECT_TRUE(eventually([&] { return said("node2 is back"); }, 60s)) << all();
  EXPECT_NE(pid(2), before);
  EXPECT_TRUE(script_->running());
}

} // namespace
} // namespace salond::end_to_end
