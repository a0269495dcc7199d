// Resources that run out. With a limit of files' sizes (ulimit -f, LimitFSIZE=) a signal killed the server in the
// middle of its work, and nobody was told. Now that is as a full disk: what cannot be stored is refused, an operator's
// backup too, and the server goes on. With too few threads (TasksMax=, ulimit -u) a start hung for ever and heard no
// signal, or aborted without a sentence, as it did with too little memory or too few descriptors. Now it proves first
// that its threads are to be had, and ends with status 1 and the limit that is in the way.
#include "tests/end_to_end/salonctl.hpp"
#include <gmock/gmock.h>
#include <unistd.h>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;

TEST(ResourcesRunOut, AFileThatMayNotGrowIsAsAFullDisk) {
  support::daemon server;
  server.options.through = {"prlimit", "--fsize=800000"};
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

/// A start of another user, who has just so much of something.
support::finished start_with(const std::string& limit) {
  const support::temporary_folder folder;
  // What the runner of the tests leaves open is not to count.
  std::vector<std::string> through{"sh", "-c",      R"(exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; exec "$@")",
                                   "sh", "prlimit", limit};
  if (::geteuid() == 0) { // whom a limit of processes does not bind
    constexpr uid_t nobody_else = 54321;
    EXPECT_EQ(::chown(folder.path().c_str(), nobody_else, nobody_else), 0);
    through.insert(through.begin(), {"setpriv", "--reuid=" + std::to_string(nobody_else), "--clear-groups"});
  }
  return run_salond(folder, {"--state=" + (folder / "state").string(), "--listen=tcp://127.0.0.1:0", "--admin=none"},
                    {}, through);
}

class TooFewThreads : public testing::TestWithParam<int> {};

TEST_P(TooFewThreads, AreToldAndEndTheStart) {
  const auto run = start_with("--nproc=" + std::to_string(GetParam()));

  EXPECT_EQ(run.status, 1) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("TasksMax="));
}
INSTANTIATE_TEST_SUITE_P(Limits, TooFewThreads, testing::Values(1, 2, 3, 4, 5, 7, 9, 11));

TEST(ResourcesRunOut, TooLittleMemoryIsTold) {
  // With much less the system's loader cannot even load the program, and says so itself. With a little more than the
  // least of these, it was by chance at which thread the start, or the running server, failed.
  for (const auto* little : {"--as=150000000", "--as=345000000", "--as=460000000", "--as=550000000"}) {
    const auto run = start_with(little);
    EXPECT_EQ(run.status, 1) << little << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("ulimit -v")) << little;
  }
}

class TooFewDescriptors : public testing::TestWithParam<int> {};

TEST_P(TooFewDescriptors, AreToldAndEndTheStart) {
  const auto run = start_with("--nofile=" + std::to_string(GetParam()));

  EXPECT_EQ(run.status, 1) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("LimitNOFILE="));
}
INSTANTIATE_TEST_SUITE_P(Limits, TooFewDescriptors, testing::Range(4, 23));

} // namespace
} // namespace salond::end_to_end
