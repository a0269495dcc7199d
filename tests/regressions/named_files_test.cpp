// Files that somebody names, and that are none. `--restore` of a pipe said that the backup was whole, and then, since a
// pipe is read once, that it was cut off; a named pipe held up the start for ever, and SIGTERM was not heard. Right:
// what is no regular file is refused at once, with a sentence, wherever a file may be named; and so is one that is
// longer than anything of its kind, before it fills the memory.
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/daemon.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace salond::regressions {
namespace {

using support::daemon;
using support::run_salond;
using testing::AnyOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

class NamedFiles : public testing::Test {
protected:
  NamedFiles() {
    EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    fs::create_directory(box);
    std::ofstream(huge) << "{}";
    fs::resize_file(huge, uintmax_t{10} << 30); // of which nothing is on the disk
    for (const auto* name : {"certificate", "key"})
      std::ofstream(folder / name) << "not looked at";
  }
  std::string state() const { return "--state=" + std::string(folder / "state"); }

  /// Starts with a configuration that names `file` in place of NAME.
  support::finished start_with(std::string text, const std::string& file) const {
    text.replace(text.find("NAME"), 4, file);
    const std::string config = folder / "c.json";
    std::ofstream(config) << text;
    return run_salond(folder, {"--config=" + config, state(), "--check-config"});
  }

  const support::temporary_folder folder;
  const std::string pipe = folder / "pipe", box = folder / "box", huge = folder / "huge";
};

TEST_F(NamedFiles, ABackupIsARegularFile) {
  for (const auto& file : {pipe, box, std::string("/dev/zero"), std::string("/dev/null")}) {
    const auto run = run_salond(folder, {state(), "--restore=" + file});
    EXPECT_EQ(run.status, 1) << file;
    EXPECT_THAT(run.errors,
                AnyOf(HasSubstr("it is a pipe"), HasSubstr("it is a folder"), HasSubstr("no regular file")));
    EXPECT_THAT(run.errors, HasSubstr("The database was not changed"));
  }
}

TEST_F(NamedFiles, ABackupThatIsPipedInIsRefusedBeforeItIsRead) {
  std::ofstream(folder / "backup") << "anything";
  const auto run = run_salond(folder, {state(), "--restore=/dev/stdin"}, {},
                              {"/bin/sh", "-c", R"(cat "$0" | "$@")", folder / "backup"});

  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.errors, HasSubstr("it is a pipe"));
}

TEST_F(NamedFiles, TheConfigurationAndAllThatItNamesAreRegularFilesWithABound) {
  for (const auto& file : {pipe, box, huge, std::string("/dev/zero")}) {
    EXPECT_EQ(run_salond(folder, {"--config=" + file, state(), "--check-config"}).status, 2) << file;
    for (const auto* text :
         {R"({"db": "mysql://chat@localhost/chat", "db_password_file": "NAME"})",
          R"({"db": "mysql://chat@localhost/chat?tls=ca:NAME"})", R"({"tls": {"certificate": "NAME", "key": "/key"}})",
          R"({"tls": {"certificate": "/certificate", "key": "NAME"}})"}) {
      const auto run = start_with(text, file);
      EXPECT_EQ(run.status, 2) << text << file;
      EXPECT_THAT(run.errors, HasSubstr(file + " cannot be read: it is"));
    }
  }
}

TEST_F(NamedFiles, SalonctlTakesAPipeAsStandardInputAlone) {
  daemon server;
  server.start();

  for (const auto& file : {pipe, box, std::string("/dev/zero")}) {
    EXPECT_EQ(end_to_end::run_salonctl(server, {"users", "import", file}).status, 1) << file;
    const auto ran = end_to_end::run_salonctl(server, {"--bundle=" + file}, {"status"}, "", folder);
    EXPECT_EQ(ran.status, 4) << file;
    EXPECT_THAT(ran.errors, HasSubstr("it is"));
  }
  EXPECT_EQ(end_to_end::run_salonctl(server, {"--bundle=" + huge}, {"status"}, "", folder).status, 4);
  EXPECT_EQ(end_to_end::run_salonctl(server, {"users", "import", "-"}, "username,password\nzoë,secret\n").status, 0);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(NamedFiles, APipeInThePlaceOfACertificateOfItsOwnDoesNotHoldUpTheStart) {
  for (const auto* name : {"authority.pem", "certificates", "server.pem"}) {
    daemon server;
    fs::create_directories(server.state() + "/tls");
    ASSERT_EQ(::mkfifo((server.state() + "/tls/" + name).c_str(), 0600), 0);
    server.launch();
    if (!server.ready()) {
      EXPECT_EQ(server.running().wait(std::chrono::seconds{1}), 1) << name;
    } else {
      EXPECT_EQ(server.stop(), 0) << name; // it was made again
    }
  }
}

} // namespace
} // namespace salond::regressions
