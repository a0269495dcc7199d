// Resources that run out. With a limit of files' sizes (ulimit -f, LimitFSIZE=) a signal killed the server in the
// middle of its work, and nobody was told. Now that is as a full disk: what cannot be stored is refused, an operator's
// backup too, and the server goes on.
#include "tests/end_to_end/salonctl.hpp"
#include <gmock/gmock.h>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;

TEST(ResourcesRunOut, AFileThatMayNotGrowIsAsAFullDisk) {
  support::daemon server;
  server.how.through = {"prlimit", "--fsize=800000"};
  server.start();

  const std::string long_text(30000, 'x');
  int said = 0;
  while (said < 60 && run_salonctl(server, {"announce", long_text}).status == 0)
    ++said;

  EXPECT_GT(said, 0);
  EXPECT_LT(said, 60) << "the limit was not reached";
  ASSERT_TRUE(server.running().running()) << server.log();
  EXPECT_EQ(run_salonctl(server, {"status"}).status, 0);
  EXPECT_EQ(run_salonctl(server, {"kill", "0"}).status, 0);
  EXPECT_EQ(server.running().wait(), 0) << server.log();
}

} // namespace
} // namespace salond::end_to_end
