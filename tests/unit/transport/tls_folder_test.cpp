// The folder of certificates on a real file system: a temporary one.
#include "actors/transport/private_file.hpp"
#include "actors/transport/tls_folder.hpp"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace salond {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const identity zoe{peer_kind::administrator, "zoe"};
constexpr std::time_t nine_months = 270 * 24 * 3600;

unsigned mode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777U;
}

class TlsFolder : public testing::Test {
protected:
  void SetUp() override {
    auto pattern = (std::filesystem::temp_directory_path() / "salond-tls-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    state = pattern;
    path = state + "/tls";
  }
  void TearDown() override { std::filesystem::remove_all(state); }

  std::string content(const std::string& name) const { return read_private_file(path + '/' + name); }
  static std::string why_not_renewed(tls_folder& folder) {
    try {
      folder.renew();
    } catch (const pki_error& why) {
      return why.what();
    }
    return {};
  }
  void overwrite(const std::string& name, const std::string& text) const {
    std::ofstream{path + '/' + name, std::ios::trunc} << text;
  }
  static std::string serial(const std::string& bundle_text) {
    return facts_of(bundle_from(bundle_text).own.certificate.get())->serial;
  }

  std::string state, path;
};

} // namespace

// A name that means two things: a moderator called `salond`, revoked, took the server's own certificates along.
TEST_F(TlsFolder, RevokesOperatorsOfANameAndNeverTheServer) {
  tls_folder folder{path, {"localhost"}};
  folder.renew();
  const auto moderator = serial(folder.issue({peer_kind::moderator, "salond"}));

  EXPECT_EQ(folder.revoke("salond").count, 1u);

  EXPECT_EQ(folder.revoked(), std::set<std::string>{moderator});
  EXPECT_FALSE(folder.renew().server);
  EXPECT_FALSE(folder.renew().chat);
}

TEST_F(TlsFolder, MakesACertificateForClientsWhereThereAreHosts) {
  tls_folder none{path}, folder{path, {"localhost", "127.0.0.1", "::1", "chat.example"}};

  EXPECT_FALSE(none.renew().chat);
  EXPECT_TRUE(folder.renew().chat);
  EXPECT_FALSE(folder.renew().chat);

  const auto chat = folder.chat();
  EXPECT_EQ(facts_of(chat.own.certificate.get())->who, (identity{peer_kind::chat, "salond"}));
  for (const auto* host : {"localhost", "127.0.0.1", "::1", "chat.example", "CHAT.example"})
    EXPECT_TRUE(is_for_host(chat.own.certificate.get(), host)) << host;
  for (const auto* host : {"example", "127.0.0.2", "salond", "a.chat.example", ""})
    EXPECT_FALSE(is_for_host(chat.own.certificate.get(), host)) << host;
  EXPECT_EQ(mode_of(path + "/chat.pem"), 0600u);
}

TEST_F(TlsFolder, RenewsTheCertificateForClientsWhenItIsDueOrTheyReachItByAnotherName) {
  tls_folder folder{path, {"localhost"}};
  folder.renew();

  EXPECT_FALSE((tls_folder{path, {"localhost"}}.renew().chat));
  EXPECT_TRUE((tls_folder{path, {"localhost", "chat.example"}}.renew().chat));
  EXPECT_FALSE((tls_folder{path, {"localhost"}}.renew().chat)) << "it is good for that name still";
  EXPECT_TRUE(folder.renew(std::time(nullptr) + nine_months).chat);
}

TEST_F(TlsFolder, ShowsTheAuthorityWithoutItsKey) {
  tls_folder folder{path};
  folder.renew();

  const auto shown = content("ca.pem");

  EXPECT_EQ(shown.find("PRIVATE"), std::string::npos);
  EXPECT_EQ(X509_cmp(certificates_from(shown).front().get(), folder.server().authority.get()), 0);
}

TEST_F(TlsFolder, IsMadeAtFirstStart) {
  tls_folder folder{path};

  const auto made = folder.renew();

  EXPECT_TRUE(made.server);
  EXPECT_TRUE(made.administrator);
  const auto server = facts_of(folder.server().own.certificate.get());
  const auto local = facts_of(bundle_from(read_private_file(folder.administrator_file())).own.certificate.get());
  EXPECT_EQ(server->who, (identity{peer_kind::node, "salond"}));
  EXPECT_EQ(local->who, (identity{peer_kind::administrator, "local"}));
  EXPECT_EQ(folder.issued().size(), 2u);
  EXPECT_TRUE(folder.revoked().empty());
}

TEST_F(TlsFolder, IsReadableForItsOwnerOnly) {
  const auto old = ::umask(0);
  tls_folder{path}.renew();
  ::umask(old);

  EXPECT_EQ(mode_of(path), 0700u);
  for (const auto* name : {"authority.pem", "server.pem", "administrator.pem", "certificates"})
    EXPECT_EQ(mode_of(path + '/' + name), 0600u) << name;
}

TEST_F(TlsFolder, NarrowsAFolderThatIsTooOpen) {
  std::filesystem::create_directory(path);
  ::chmod(path.c_str(), 0755);

  tls_folder{path}.renew();

  EXPECT_EQ(mode_of(path), 0700u);
}

TEST_F(TlsFolder, RefusesASymbolicLinkInItsPlace) {
  std::filesystem::create_directory(state + "/elsewhere");
  std::filesystem::create_directory_symlink(state + "/elsewhere", path);

  EXPECT_THROW(tls_folder{path}.renew(), pki_error);
  EXPECT_TRUE(std::filesystem::is_empty(state + "/elsewhere"));
}

TEST_F(TlsFolder, ChangesNothingWhenNothingIsDue) {
  tls_folder folder{path};
  folder.renew();
  const auto server = content("server.pem");

  const auto again = tls_folder{path}.renew();

  EXPECT_FALSE(again.server);
  EXPECT_FALSE(again.administrator);
  EXPECT_EQ(content("server.pem"), server);
}

TEST_F(TlsFolder, RenewsWhatHasAThirdOfItsLifeLeft) {
  tls_folder folder{path};
  folder.renew();
  const auto server = content("server.pem"), authority = content("authority.pem");

  const auto made = folder.renew(std::time(nullptr) + nine_months);

  EXPECT_TRUE(made.server);
  EXPECT_TRUE(made.administrator);
  EXPECT_NE(content("server.pem"), server);
  EXPECT_EQ(content("authority.pem"), authority);
  EXPECT_EQ(folder.issued().size(), 4u);
}

TEST_F(TlsFolder, RenewsTheAuthorityAndKeepsItsKey) {
  tls_folder folder{path};
  folder.renew();
  const auto before = key_pair_from(content("authority.pem"));

  folder.renew(std::time(nullptr) + 8 * 365 * 24 * 3600L);

  const auto after = key_pair_from(content("authority.pem"));
  EXPECT_NE(X509_cmp(before.certificate.get(), after.certificate.get()), 0);
  EXPECT_EQ(EVP_PKEY_eq(before.key.get(), after.key.get()), 1);
  EXPECT_EQ(X509_cmp(folder.server().authority.get(), after.certificate.get()), 0);
}

TEST_F(TlsFolder, ReplacesABundleThatIsGoneOrBroken) {
  tls_folder folder{path};
  folder.renew();
  std::filesystem::remove(path + "/administrator.pem");
  overwrite("server.pem", "garbage");

  const auto made = folder.renew();

  EXPECT_TRUE(made.server);
  EXPECT_TRUE(made.administrator);
  EXPECT_NO_THROW(folder.server());
}

TEST_F(TlsFolder, ReplacesTheServersBundleWhenItsNameChanges) {
  tls_folder{path, {}, "a"}.renew();

  EXPECT_TRUE((tls_folder{path, {}, "b"}.renew().server));
  EXPECT_FALSE((tls_folder{path, {}, "b"}.renew().server));
}

TEST_F(TlsFolder, NeverReplacesAnAuthorityThatItCannotRead) {
  tls_folder folder{path};
  folder.renew();
  overwrite("authority.pem", "garbage");

  EXPECT_THAT(why_not_renewed(folder), testing::HasSubstr("authority.pem is damaged"));
  EXPECT_EQ(content("authority.pem"), "garbage");

  std::filesystem::remove(path + "/authority.pem");
  EXPECT_THAT(why_not_renewed(folder), testing::HasSubstr("authority.pem is missing"));
  EXPECT_FALSE(std::filesystem::exists(path + "/authority.pem"));
}

TEST_F(TlsFolder, SaysWhichLineOfItsListIsDamagedAndWhatToDo) {
  tls_folder folder{path};
  folder.renew();
  const auto damaged = content("certificates") + "12 paul\n";
  overwrite("certificates", damaged);

  const auto why = why_not_renewed(folder);

  EXPECT_THAT(why, testing::HasSubstr(path + "/certificates is damaged at \"12 paul\"; bring its folder back"));
  EXPECT_EQ(content("certificates"), damaged);
}

TEST_F(TlsFolder, StopsWhenTheListOfCertificatesIsGoneOrDamaged) {
  tls_folder folder{path};
  folder.renew();
  const auto list = content("certificates");
  for (const auto& damage : {std::string{}, std::string{"something else\n"}, list + "nonsense\n",
                             list + "0A administrator/zoe 1 2\n", list + "0A administrator/zoe 1 2 3 4\n",
                             list + "0A user/zoe 1 2 3\n", list + "xyz administrator/zoe 1 2 3\n"}) {
    overwrite("certificates", damage);
    EXPECT_THROW(folder.revoked(), pki_error) << damage;
    EXPECT_THROW(folder.renew(), pki_error) << damage;
  }
  std::filesystem::remove(path + "/certificates");
  EXPECT_THROW(folder.renew(), pki_error);
}

TEST_F(TlsFolder, IssuesABundleForAnOperator) {
  tls_folder folder{path};
  folder.renew();

  const auto made = bundle_from(folder.issue({peer_kind::moderator, "paul"}, {seconds{0}, hours{24}}));

  EXPECT_EQ(facts_of(made.own.certificate.get())->who, (identity{peer_kind::moderator, "paul"}));
  ASSERT_EQ(folder.issued().size(), 3u);
  EXPECT_EQ(folder.issued().back().facts.who.name, "paul");
  EXPECT_EQ(folder.issued().back().facts.serial, facts_of(made.own.certificate.get())->serial);
  EXPECT_FALSE(folder.issued().back().revoked);
}

TEST_F(TlsFolder, RevokesAllCertificatesOfAName) {
  tls_folder folder{path};
  folder.renew();
  const auto a = serial(folder.issue(zoe)), b = serial(folder.issue({peer_kind::moderator, "zoe"}));
  const auto paul = serial(folder.issue({peer_kind::moderator, "paul"}));
  folder.issue(zoe, {seconds{-7200}, seconds{-3600}}); // expired: not worth a line

  EXPECT_EQ(folder.revoke("zoe").count, 2u);

  EXPECT_THAT(tls_folder{path}.revoked(), testing::UnorderedElementsAre(a, b));
  EXPECT_EQ(folder.revoke("zoe").count, 0u);
  EXPECT_EQ(folder.revoke("nobody").count, 0u);
  EXPECT_EQ(folder.revoked().count(paul), 0u);
}

// A full disk: the certificate was as good as before, though the operator had been told that it was not.
TEST_F(TlsFolder, ARevocationThatCannotBeStoredHoldsAndIsStoredLater) {
  tls_folder folder{path};
  folder.renew();
  const auto a = serial(folder.issue(zoe));
  const auto in_the_way = path + "/certificates.new";
  ASSERT_EQ(::mkdir(in_the_way.c_str(), 0700), 0);

  const auto made = folder.revoke("zoe");

  EXPECT_EQ(made.count, 1u);
  EXPECT_THAT(made.not_stored, testing::HasSubstr("cannot write"));
  EXPECT_EQ(folder.revoked(), std::set<std::string>{a});
  EXPECT_TRUE(folder.issued().back().revoked);
  EXPECT_TRUE(tls_folder{path}.revoked().empty()) << "a process that starts now knows nothing of it";
  EXPECT_THROW(folder.renew(), pki_error);
  EXPECT_TRUE(folder.has_unstored());
  ASSERT_EQ(::rmdir(in_the_way.c_str()), 0);
  folder.renew();
  EXPECT_FALSE(folder.has_unstored());
  EXPECT_EQ(tls_folder{path}.revoked(), std::set<std::string>{a});
}

// A read-only folder: it was refused outright, and the certificate was as good as before.
TEST_F(TlsFolder, RevokesWhereItsLockOrItsListCannotBeOpened) {
  for (const std::string missing : {"lock", "certificates"}) {
    SCOPED_TRACE(missing);
    tls_folder folder{path + missing};
    folder.renew();
    const auto a = serial(folder.issue(zoe));
    const auto file = path + missing + "/" + missing, aside = file + ".aside";
    ASSERT_EQ(::rename(file.c_str(), aside.c_str()), 0);
    ASSERT_EQ(::mkdir(file.c_str(), 0700), 0); // is no file that could be opened

    if (missing == "lock") {
      EXPECT_EQ(folder.issued().back().facts.serial, a); // it is only read
    }
    const auto made = folder.revoke("zoe");

    EXPECT_EQ(made.count, 1u);
    EXPECT_FALSE(made.not_stored.empty());
    EXPECT_EQ(folder.revoked(), std::set<std::string>{a});
    EXPECT_EQ(folder.revoke("zoe").count, 0u) << "it holds";
    EXPECT_TRUE(folder.revoke("nobody").not_stored.empty());
    ASSERT_EQ(::rmdir(file.c_str()), 0);
    ASSERT_EQ(::rename(aside.c_str(), file.c_str()), 0);
    folder.renew();
    EXPECT_EQ(tls_folder{path + missing}.revoked(), std::set<std::string>{a});
  }
}

TEST_F(TlsFolder, EndsTheLocalAdministratorOfANodeWithTheNode) {
  tls_folder alone{path};
  alone.renew();
  const auto old = serial(content("administrator.pem")), server = serial(content("server.pem"));
  tls_folder paris{path, {}, "paris", local_administrator_of("paris")};
  paris.renew();
  const auto lyon = paris.issue({peer_kind::administrator, local_administrator_of("lyon")});
  paris.issue_node("lyon");
  EXPECT_EQ(paris.revoked(), std::set<std::string>{});

  EXPECT_EQ(paris.revoke_node("lyon").count, 4u);

  for (const auto& each : {serial(lyon), old, server})
    EXPECT_EQ(paris.revoked().count(each), 1u);
  EXPECT_EQ(paris.revoked().count(serial(content("administrator.pem"))), 0u);
  for (const auto* name : {"local", "local.lyon"})
    EXPECT_TRUE(is_local_administrator(name));
  for (const auto* name : {"", "loc", "locals", "zoe"})
    EXPECT_FALSE(is_local_administrator(name)) << name;
  EXPECT_EQ(local_administrator_of(std::string(64, 'n')).size(), 64u);
}

TEST_F(TlsFolder, ReplacesARevokedBundleOfItsOwn) {
  tls_folder folder{path};
  folder.renew();
  const auto old = serial(content("administrator.pem"));

  folder.revoke("local");
  const auto made = folder.renew();

  EXPECT_TRUE(made.administrator);
  EXPECT_FALSE(made.server);
  EXPECT_NE(serial(content("administrator.pem")), old);
  EXPECT_EQ(folder.revoked(), std::set<std::string>{old});
}

TEST_F(TlsFolder, ForgetsWhatHasBeenExpiredForAYear) {
  tls_folder folder{path};
  folder.renew();
  overwrite("certificates", content("certificates") + "0A administrator/old 1 2 3\n");
  ASSERT_EQ(folder.issued().size(), 3u);

  folder.issue(zoe);

  EXPECT_EQ(folder.issued().size(), 3u);
}

TEST_F(TlsFolder, LosesNoCertificateWhenSeveralIssueAtOnce) {
  tls_folder{path}.renew();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i)
        tls_folder{path}.issue(zoe);
    });
  for (auto& t : threads)
    t.join();

  EXPECT_EQ(tls_folder{path}.issued().size(), 42u);
}

TEST_F(TlsFolder, SurvivesARestOfAnInterruptedWrite) {
  tls_folder folder{path};
  folder.renew();
  overwrite("certificates.new", "half a li");
  ::chmod((path + "/certificates.new").c_str(), 0644);

  folder.issue(zoe);

  EXPECT_EQ(folder.issued().size(), 3u);
  EXPECT_EQ(mode_of(path + "/certificates"), 0600u);
  EXPECT_FALSE(std::filesystem::exists(path + "/certificates.new"));
}

TEST_F(TlsFolder, SaysWhichFileCannotBeWritten) {
  try {
    write_private_file(state + "/nowhere/x", "text");
    FAIL() << "no exception";
  } catch (const pki_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/x"));
  }
}

} // namespace salond
