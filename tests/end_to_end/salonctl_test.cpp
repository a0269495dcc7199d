// What the real salonctl, its completion and the manual pages say, whatever the database.
#include "protocol/words/operator_command.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include <gmock/gmock.h>
#include <sstream>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;
using words = std::vector<std::string>;

TEST(Salonctl, TellsApartWhyItCannotConnect) {
  support::daemon server;
  server.start();
  const support::temporary_folder folder;
  const auto run = [&](const words& options) {
    words arguments{SALONCTL_BINARY};
    arguments.insert(arguments.end(), options.begin(), options.end());
    support::process tool(arguments, {}, folder / "out", folder / "err");
    const auto status = tool.wait();
    return std::pair{status, tool.errors()};
  };
  const auto state = "--state=" + server.state();

  const auto nobody = run({state, "--server=127.0.0.1:1", "status"});
  EXPECT_EQ(nobody.first, 3);
  EXPECT_THAT(nobody.second, HasSubstr("Connection refused"));
  const auto text = run({state, "--server=127.0.0.1:" + std::to_string(server.port()), "status"});
  EXPECT_EQ(text.first, 3) << text.second;
  const auto no_certificate = run({"--state=" + std::string(folder / "none"), "--server=" + server.admin(), "status"});
  EXPECT_EQ(no_certificate.first, 4);
  EXPECT_THAT(no_certificate.second, HasSubstr("cannot read the certificate"));
  support::daemon other; // of another authority
  other.start();
  EXPECT_EQ(run({"--state=" + other.state(), "--server=" + server.admin(), "status"}).first, 4);
  EXPECT_EQ(run({state, "--server=" + server.admin()}).first, 2);
  EXPECT_EQ(run({state, "--server=" + server.admin(), "dance"}).first, 2);
  EXPECT_EQ(run({"--bogus", "status"}).first, 2);
  EXPECT_EQ(run({"--help"}).first, 0);
}

TEST(Salonctl, HasEveryCommandInItsManualPage) {
  const auto page = support::read_file(std::string(SALOND_TRANSCRIPTS) + "/../../tools/packaging/salonctl.1");

  for (const auto& command : operator_commands())
    EXPECT_THAT(page, HasSubstr("\n.B " + std::string(command.name))) << command.name;
}

TEST(ManualPages, HaveEveryOptionAndEveryNameOfTheConfiguration) {
  const std::string packaging = std::string(SALOND_TRANSCRIPTS) + "/../../tools/packaging/";
  const auto program = support::read_file(packaging + "salond.8");
  const auto configuration = support::read_file(packaging + "salond.json.5");

  for (const auto* option : {"config", "db", "listen", "admin", "state", "cluster", "node", "join", "check\\-config",
                             "migrate\\-only", "dry\\-run", "restore", "help", "version"})
    EXPECT_THAT(program, HasSubstr(std::string("\\-\\-") + option));
  std::istringstream names("listen listen_clear_anywhere unix.mode unix.group tls.certificate tls.key admin.listen db "
                           "cluster.listen cluster.node cluster.join "
                           "db_password_file state passwords.memory_kib passwords.passes passwords.threads "
                           "passwords.queue limits.connections limits.connections_per_address limits.login_seconds "
                           "limits.frame_bytes limits.unread_bytes limits.unsent_bytes limits.posts_in_flight "
                           "limits.posts_in_flight_per_salon rate.messages_per_second rate.burst "
                           "rate.logins_per_minute_per_address rate.requests_per_second rate.request_burst "
                           "rate.requests_per_second_per_address registration.policy registration.per_hour "
                           "registration.per_hour_per_address requests.keep_offline retention.salons_days "
                           "retention.private_days retention.hours text.raw_after_ms text.raw_gap_ms "
                           "text.pace_ms stop.seconds log.level log.format");
  for (std::string name; names >> name;)
    EXPECT_THAT(configuration, HasSubstr(name));
}

TEST(Salonctl, CompletesWhatIsTyped) {
  const auto offered = [](std::vector<std::string> words) {
    words.insert(words.begin(), {SALONCTL_BINARY, "--complete"});
    const support::temporary_folder folder;
    support::process tool(words, {}, folder / "out", folder / "err");
    EXPECT_EQ(tool.wait(), 0);
    return tool.output();
  };

  EXPECT_EQ(offered({"sal"}), "salons\nsalon\n");
  EXPECT_EQ(offered({"salon", "ar"}), "archive\n");
  EXPECT_EQ(offered({"--state=/x", "role", "zoe", "mod"}), "moderator\n");
  EXPECT_EQ(offered({"salon", "create", "x", "--policy=o"}), "--policy=open\n");
  EXPECT_EQ(offered({"users", "import", ""}), ":files \n");
  EXPECT_EQ(offered({"--bundle=z"}), ":files --bundle=\n");
  EXPECT_EQ(offered({"help", "ki"}), "kick\nkill\n");
  EXPECT_EQ(offered({"kick", ""}), "");
}

} // namespace
} // namespace salond::end_to_end
