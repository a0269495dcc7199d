// Wrong configuration of which not all was told. Two addresses at which only one can listen, a group that is none, two
// spellings of one path: `--check-config` said that all was well; the start opened and migrated the database, and then
// ended with status 1 and the first of the faults, so that the service manager tried for ever. Now all of them are told
// at once, before anything is opened, with status 2.
#include "actors/doors.hpp"
#include "tests/support/temporary_folder.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

config::settings with(const std::vector<std::string>& listen, const std::string& admin = "none") {
  config::settings values;
  values.listen.clear();
  std::string why;
  for (const auto& each : listen)
    values.listen.push_back(*config::parse_endpoint(each, why));
  values.admin = config::parse_admin(admin, why);
  return values;
}

std::vector<std::string> faults(const config::settings& values) {
  std::vector<std::string> said;
  for (const auto& each : faults_of_doors(values))
    said.push_back(each.to_string());
  return said;
}

TEST(AllFaultsAtOnce, OfAddressesAtWhichOnlyOneCanListen) {
  EXPECT_THAT(
      faults(with({"tcp://127.0.0.1:5599", "tls://127.0.0.1:5599", "tcp://127.0.0.1:5001"}, "127.0.0.1:5001")),
      ElementsAre(HasSubstr("listen: tcp://127.0.0.1:5599 and tls://127.0.0.1:5599 are both at 127.0.0.1:5599"),
                  HasSubstr("admin.listen: the admin port and tcp://127.0.0.1:5001 are both at 127.0.0.1:5001")));
  EXPECT_THAT(faults(with({"tcp://127.0.0.1:5599", "tls://localhost:5599"})), ElementsAre(HasSubstr("are both at")));
  EXPECT_THAT(faults(with({"tcp://0.0.0.0:5599", "tls://127.0.0.1:5599"})), ElementsAre(HasSubstr("are both at")));
  EXPECT_THAT(faults(with({"tls://[::]:5001"}, "127.0.0.1:5001")), ElementsAre(HasSubstr("admin.listen")));
}

TEST(AllFaultsAtOnce, AndNothingThatCanBe) {
  EXPECT_THAT(faults(with({"tcp://127.0.0.1:0", "tls://127.0.0.1:0"}, "127.0.0.1:0")), IsEmpty());
  EXPECT_THAT(faults(with({"tcp://127.0.0.1:5599", "tcp://localhost:5599"}, "127.0.0.1:5001")), IsEmpty());
  EXPECT_THAT(faults(with({"tls://[::]:5599", "tcp://127.0.0.1:5599"})), IsEmpty()) << "one gives way";
  EXPECT_THAT(faults(with({"tcp://chat.invalid:5599", "tls://chat.invalid:5600"}, "127.0.0.1:5599")), IsEmpty());
}

TEST(AllFaultsAtOnce, OfDialects) {
  static const dialect other{"other", nullptr};
  const auto faults_of = [](const config::settings& values) {
    std::vector<std::string> said;
    for (const auto& each : faults_of_doors(values, {&text_dialect, &other}))
      said.push_back(each.to_string());
    return said;
  };

  EXPECT_THAT(faults(with({"irc+tls://127.0.0.1:5599", "other+unix:/run/s", "text+unix:/run/t"})),
              ElementsAre(HasSubstr("listen: irc+tls://127.0.0.1:5599 names a dialect that salond does not speak; "
                                    "it speaks text"),
                          HasSubstr("listen: other+unix:/run/s names a dialect")));
  EXPECT_THAT(faults_of(with({"tcp://127.0.0.1:5599", "other+tcp://127.0.0.1:5599", "text+tcp://127.0.0.1:5599"})),
              ElementsAre(HasSubstr("tcp://127.0.0.1:5599 and other+tcp://127.0.0.1:5599 are both at 127.0.0.1:5599"),
                          HasSubstr("other+tcp://127.0.0.1:5599 and text+tcp://127.0.0.1:5599 are both at")));
  EXPECT_THAT(faults_of(with({"unix:/run/s", "other+unix:/run/s", "other+tcp://127.0.0.1:5599"})),
              ElementsAre(HasSubstr("are one path")));
}

TEST(AllFaultsAtOnce, OfSocketsThatCannotBeMade) {
  const support::temporary_folder folder;
  const std::string here = folder.path();

  EXPECT_THAT(
      faults(with({"unix:" + here + "/", "unix:" + here + "/none/s", "unix:" + here + "/s"})),
      ElementsAre(HasSubstr("is a folder; name a file in it"), HasSubstr("there is no folder " + here + "/none")));
}

TEST(AllFaultsAtOnce, OfSocketFiles) {
  const support::temporary_folder folder;
  const std::string here = folder.path();
  std::filesystem::create_directory_symlink(here, folder / "link");
  auto values = with({"unix:" + here + "/s", "unix:" + here + "/./s", "unix:" + here + "/link/s"});
  values.unix_socket.group = "nosuchgroup";

  EXPECT_THAT(faults(values),
              ElementsAre(HasSubstr("unix.group: there is no group nosuchgroup"), HasSubstr("are one path"),
                          HasSubstr("are one path"), HasSubstr("are one path")));

  values = with({"unix:" + here + "/s", "unix:" + here + "/t"});
  values.unix_socket.group = "4294967295"; // to the system: no change
  EXPECT_THAT(faults(values), ElementsAre(HasSubstr("unix.group")));
  values.unix_socket.group = "0";
  EXPECT_THAT(faults(values), IsEmpty());
}

} // namespace
} // namespace salond
