// The tests of several nodes: real ones on one private MariaDB, and what is asked of them again and again.
#pragma once
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/line_client.hpp"
#include <gmock/gmock.h>

namespace salond::end_to_end {

/// Shows the logs of all nodes where a test fails.
class cluster_test : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    all_ = std::make_unique<support::cluster>(support::mariadb_server::shared());
  }
  void TearDown() override {
    if (all_ && HasFailure())
      ADD_FAILURE() << all_->logs();
  }
  /// What a start that is refused says.
  static std::string refusal(support::daemon& other) {
    other.launch();
    EXPECT_EQ(other.running().wait(std::chrono::seconds{60}), 1);
    return other.log();
  }
  /// Whether that line comes, perhaps behind notices.
  static bool hears(support::line_client& who, const std::string& line) {
    for (;;) {
      const auto heard = who.hear();
      if (heard == line || heard == support::nothing || heard == support::closed)
        return heard == line;
    }
  }

  std::unique_ptr<support::cluster> all_;
};

} // namespace salond::end_to_end
