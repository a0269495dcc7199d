// A SQLite file that was moved or deleted under the running server: it went on in the file without a name, answered
// "done", and said nothing; all of it was gone with its end. Right: `status` and the log say so for as long as it
// lasts.
//
// And one that was moved without its log while nothing ran: a start, or a restore, made a new database in its place,
// and the log, in which the last commits stood alone, was written over. Right: refused, and nothing changed.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include <filesystem>
#include <fstream>
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

TEST(MovedDatabase, WhoseLogWasLeftBehindIsNotReplaced) {
  support::daemon server;
  server.start();
  EXPECT_EQ(run_salonctl(server, {"user", "add", "zoe"}, "a password\n").status, 0);
  ASSERT_EQ(run_salonctl(server, {"backup", "saved"}).status, 0);
  server.kill();
  const auto restore = "--restore=" + std::string(server.folder() / "state/backups/saved");
  const auto path = server.sqlite_path();
  const auto bytes = std::filesystem::file_size(path + "-wal");
  ASSERT_GT(bytes, 0u);

  for (const auto* left : {"nothing", "an empty file"}) {
    std::filesystem::rename(path, path + ".moved");
    if (left != std::string("nothing"))
      std::ofstream{path};
    for (const auto* action : {"--migrate-only", "--dry-run", restore.c_str()}) {
      const auto run = support::run_salond(server.folder(), {"--db=sqlite:" + path, action});
      EXPECT_EQ(run.status, 1) << action << " beside " << left;
      EXPECT_THAT(run.errors, HasSubstr("-wal holds changes of a database")) << action << " beside " << left;
    }
    EXPECT_EQ(std::filesystem::file_size(path + "-wal"), bytes);
    std::filesystem::rename(path + ".moved", path);
  }

  server.start();
  EXPECT_EQ(answer_of(server, {"users", "zoe"}).size(), 1u) << "what was committed last is there";
  EXPECT_EQ(server.stop(), 0);
}

} // namespace
} // namespace salond::end_to_end
