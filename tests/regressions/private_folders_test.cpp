// A parent folder computed from a path's text. `--state=DIR/` and `--state=./c/.` took DIR itself for the folder above
// the state folder, and made it like any folder: 0755, with umask 0 even 0777, though it holds the keys. Right: each
// folder that salond makes is its owner's alone, however the path is written; one that is there already and that others
// may enter is left, and warned of.
#include "tests/support/daemon.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace salond::regressions {
namespace {

using support::run_salond;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
}

/// In the folder, with that umask.
support::finished migrate(const support::temporary_folder& folder, const std::string& state, const char* umask) {
  return run_salond(folder, {"--migrate-only", "--state=" + state}, {},
                    {"/bin/sh", "-c", R"(umask "$0" && cd "$1" && shift && exec "$@")", umask, folder / ""});
}

TEST(PrivateFolders, TheStateFolderIsItsOwnersAloneHoweverItIsWritten) {
  for (const auto* umask : {"022", "0"})
    for (const auto* written : {"a", "a/", "a//", "./a/.", "./a/./", "a/././/", "a/b/", "./a/./b/."}) {
      const support::temporary_folder folder;
      const auto run = migrate(folder, written, umask);
      EXPECT_EQ(run.status, 0) << written << ": " << run.errors;
      EXPECT_EQ(mode_of(folder / "a"), 0700u) << written << " with umask " << umask;
      if (fs::exists(folder / "a/b")) {
        EXPECT_EQ(mode_of(folder / "a/b"), 0700u) << written << " with umask " << umask;
      }
      EXPECT_THAT(run.errors, Not(HasSubstr("chmod 700")));
    }
}

TEST(PrivateFolders, AnAbsolutePathWithASlashIsTheSame) {
  const support::temporary_folder folder;

  EXPECT_EQ(migrate(folder, std::string(folder / "new/state/"), "0").status, 0);

  EXPECT_EQ(mode_of(folder / "new"), 0700u);
  EXPECT_EQ(mode_of(folder / "new/state"), 0700u);
}

TEST(PrivateFolders, OneThatOthersMayEnterIsWarnedOf) {
  const support::temporary_folder folder;
  fs::create_directory(folder / "open");
  ASSERT_EQ(::chmod((folder / "open").c_str(), 0755), 0);

  const auto run = migrate(folder, "open/", "022");

  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.errors, HasSubstr("chmod 700"));
  EXPECT_EQ(mode_of(folder / "open"), 0755u) << "whoever made it may have a reason";
}

// A umask that takes its owner's rights away left a folder that nobody can enter, and the start ended at it.
TEST(PrivateFolders, WhatIsMadeIsItsOwnersToUseWhateverTheUmask) {
  for (const auto* umask : {"0777", "0277", "0377"}) {
    const support::temporary_folder folder;
    const auto run = migrate(folder, "state", umask);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_EQ(mode_of(folder / "state"), 0700u) << umask;
    EXPECT_EQ(mode_of(folder / "state/salond.db"), 0600u) << umask;
  }
}

// The dry run told what would be made, with status 0, where nothing can be.
TEST(PrivateFolders, ADryRunTellsOfADatabaseThatHasNoRoom) {
  const support::temporary_folder folder;
  for (const auto* action : {"--dry-run", "--migrate-only"}) {
    const auto run = run_salond(folder, {action, "--state=" + std::string(folder / "state"), "--db=sqlite:/proc/db"});
    EXPECT_EQ(run.status, 1) << action << run.output;
    EXPECT_THAT(run.errors, HasSubstr("/proc")) << action;
  }
}

TEST(PrivateFolders, ADatabaseThatCannotBeMadeIsAFaultOfTheConfiguration) {
  const support::temporary_folder folder;
  const std::string here = folder.path();
  std::ofstream(folder / "file").close();
  const auto run_at = [&](const std::string& db, const char* action) {
    return support::run_salond(folder, {action, "--state=" + here + "/new/state", "--db=sqlite:" + db});
  };
  const std::pair<std::string, const char*> wrong[] = {{here, "is a folder"},
                                                       {here + "/db/", "is a folder"},
                                                       {here + "/none/.", "is a folder"},
                                                       {here + "/none/db", "there is no folder"},
                                                       {here + "/file/db", "is no folder, in which the database"},
                                                       {"/dev/null", "is a device, a pipe or a socket"}};
  for (const auto& [db, why] : wrong)
    for (const auto* action : {"--check-config", "--migrate-only"}) {
      const auto run = run_at(db, action);
      EXPECT_EQ(run.status, 2) << db << " " << action;
      EXPECT_THAT(run.errors, HasSubstr(why));
    }
  EXPECT_EQ(run_at(here + "/db", "--check-config").status, 0);
  EXPECT_EQ(run_at(here + "/new/state/db", "--check-config").status, 0) << "the state folder is made by the start";
}

// The check said nothing, and the start ended at it with status 1.
TEST(PrivateFolders, WhatHasThePlaceOfTheStateFolderIsAFaultOfTheConfiguration) {
  const support::temporary_folder folder;
  const std::string here = folder.path();
  std::ofstream(folder / "file").close();
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", folder / "dangling");
  std::filesystem::create_directory_symlink(here, folder / "link");
  const auto run_at = [&](const std::string& state, const char* action) {
    return support::run_salond(folder, {action, "--state=" + here + state, "--db=sqlite:" + here + "/db"});
  };

  for (const auto* wrong : {"/file", "/file/", "/file/state", "/file/new/state", "/fifo", "/dangling"})
    for (const auto* action : {"--check-config", "--migrate-only"}) {
      const auto run = run_at(wrong, action);
      EXPECT_EQ(run.status, 2) << wrong << " " << action;
      EXPECT_THAT(run.errors, HasSubstr("is no folder; name another one"));
    }
  for (const auto* right : {"", "/", "/new", "/new/state", "/link", "/link/new"})
    EXPECT_EQ(run_at(right, "--check-config").status, 0) << right;
}

} // namespace
} // namespace salond::regressions
