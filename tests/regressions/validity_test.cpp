// The story: a machine's clock was a month ahead at the first start. Everything that was issued then began a month
// later; once the clock was right, the server answered "certificate is not yet valid" for thirty days, on the admin
// port and on tls://, and warned nobody, since only the end of a validity was looked at. What is right: what we issue
// is dated back, so that a month does not matter; what is not good yet is due for renewal as what ends soon, the
// authority too; and of what only its holder can replace, an operator's certificate, it is said.
#include "actors/transport/private_file.hpp"
#include "actors/transport/tls_folder.hpp"
#include "tests/support/temporary_folder.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using std::chrono::hours;

constexpr hours day{24};
constexpr validity from_tomorrow{day, 365 * day};

class Validity : public testing::Test {
protected:
  std::string file(const std::string& name) const { return folder_ / ("tls/" + name); }
  std::string content(const std::string& name) const { return read_private_file(file(name)); }
  void expect_good_now(const bundle& bundle) const {
    const auto now = std::time(nullptr);
    for (const auto* certificate : {bundle.own.certificate.get(), bundle.authority.get()}) {
      EXPECT_LE(lifetime_of(certificate).first, now);
      EXPECT_GT(lifetime_of(certificate).second, now);
    }
  }

  support::temporary_folder folder_;
  tls_folder all_{folder_ / "tls", {"localhost"}};
};

TEST_F(Validity, OfWhatIsIssuedBearsAClockThatIsAMonthAhead) {
  const auto authority = make_authority();
  const auto made = issue({peer_kind::chat, "salond"}, authority);
  const auto a_month_ago = std::time(nullptr) - 29 * 24 * 3600;

  EXPECT_LE(lifetime_of(authority.certificate.get()).first, a_month_ago - 9 * 365 * 24 * 3600L);
  const auto [from, until] = lifetime_of(made.own.certificate.get());
  EXPECT_LE(from, a_month_ago);
  EXPECT_LE(until - from, 398L * 24 * 3600) << "longer than programs of today bear";
  EXPECT_FALSE(renewal_due(made.own.certificate.get(), std::time(nullptr)));
}

TEST_F(Validity, ThatHasNotBegunIsDue) {
  const auto made = issue({peer_kind::chat, "salond"}, make_authority(), from_tomorrow);

  EXPECT_TRUE(renewal_due(made.own.certificate.get(), std::time(nullptr)));
  EXPECT_FALSE(renewal_due(made.own.certificate.get(), std::time(nullptr) + 2 * 24 * 3600));
}

TEST_F(Validity, OfTheServersOwnIsMendedAtTheNextLook) {
  all_.renew();
  const auto authority = key_pair_from(content("authority.pem"));
  for (const auto* name : {"server.pem", "chat.pem", "administrator.pem"}) {
    const auto who = facts_of(bundle_from(content(name)).own.certificate.get())->who;
    write_private_file(file(name), to_pem(issue(who, authority, from_tomorrow, {"localhost"})));
  }

  const auto made = all_.renew();

  EXPECT_TRUE(made.server && made.chat && made.administrator);
  EXPECT_FALSE(made.authority);
  expect_good_now(all_.server());
  expect_good_now(all_.chat());
  expect_good_now(bundle_from(content("administrator.pem")));
  const auto again = all_.renew();
  EXPECT_FALSE(again.server || again.chat || again.administrator) << "it would be renewed each minute";
}

TEST_F(Validity, OfTheAuthorityIsMendedAndAllItsBundlesWithIt) {
  all_.renew();
  const auto early = make_authority(from_tomorrow);
  write_private_file(file("authority.pem"), to_pem(early));

  const auto made = all_.renew();

  EXPECT_TRUE(made.authority && made.server && made.chat && made.administrator);
  expect_good_now(all_.server());
  expect_good_now(all_.chat());
  const auto now = key_pair_from(content("authority.pem"));
  EXPECT_EQ(EVP_PKEY_eq(now.key.get(), early.key.get()), 1) << "what it has signed is lost";
  EXPECT_FALSE(all_.renew().authority);
}

TEST_F(Validity, OfAnOperatorsCertificateThatHasNotBegunIsTold) {
  all_.renew();
  all_.issue({peer_kind::moderator, "paul"}, from_tomorrow);
  all_.issue({peer_kind::moderator, "zoe"});
  all_.issue({peer_kind::administrator, "lea"}, from_tomorrow);
  all_.revoke("lea");

  const auto told = all_.renew().not_good_yet;

  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(to_string(told.front().who), "moderator/paul");
  EXPECT_TRUE(all_.renew(std::time(nullptr) + 2 * 24 * 3600).not_good_yet.empty());
}

} // namespace
} // namespace salond
