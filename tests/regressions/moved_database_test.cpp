// A SQLite file that was moved or deleted under the running server: it went on in the file without a name, answered
// "done", and said nothing; all of it was gone with its end. Right: `status` and the log say so for as long as it
// lasts.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include <filesystem>
#include <gmock/gmock.h>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;

TEST(MovedDatabase, IsToldByStatusAndTheLogUntilItIsPutBack) {
  support::daemon server;
  server.start();
  const auto path = server.sqlite_path();
  EXPECT_FALSE(answer_of(server, {"status"})["database"].contains("trouble"));

  std::filesystem::rename(path, path + ".moved");
  EXPECT_THAT(answer_of(server, {"status"})["database"]["trouble"].get<std::string>(), HasSubstr("moved or deleted"));
  EXPECT_TRUE(server.logs("error what is said and done now may be lost"));

  std::filesystem::rename(path + ".moved", path);
  EXPECT_FALSE(answer_of(server, {"status"})["database"].contains("trouble"));

  std::filesystem::rename(path + "-wal", path + "-moved"); // what is committed stands there alone for a while
  EXPECT_TRUE(answer_of(server, {"status"})["database"].contains("trouble"));
  std::filesystem::rename(path + "-moved", path + "-wal");
  EXPECT_FALSE(answer_of(server, {"status"})["database"].contains("trouble"));
  EXPECT_EQ(server.stop(), 0);
}

} // namespace
} // namespace salond::end_to_end
