// Bans by address and network, with the real salonctl on each kind of database: who is closed, who is not let in, what
// outlasts a restart and a backup, and what is refused.
#include "tests/end_to_end/operators_test.hpp"
#include "tests/support/line_client.hpp"

namespace salond::end_to_end {
namespace {

using support::line_client;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto for_good = "Vous avez été banni définitivement du serveur !";
constexpr auto for_a_time = "Vous êtes banni. Réessayez dans quelques minutes.";

class AddressBans : public operators_test {
protected:
  /// Whether a login from there is heard.
  bool is_let_in(const std::string& from) {
    line_client client(server_.endpoint(), from);
    client.say("nobody:wrong");
    return client.hear() == "AUTH_FAILED";
  }
};

TEST_P(AddressBans, CloseWhoIsConnectedFromThereAndLetNobodyInAnyMore) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë"); // at 127.0.0.1
  answer({"user", "add", "paul"}, "secret\n");
  line_client paul(server_.endpoint(), "127.0.0.66"), stranger(server_.endpoint(), "127.0.0.66");
  ASSERT_TRUE(paul.log_in("paul"));

  const auto done = answer({"ban", "127.0.0.64/26", "trop", "de", "bruit"});

  EXPECT_EQ(done["user"], "127.0.0.64/26");
  EXPECT_EQ(paul.hear(), for_good);
  EXPECT_EQ(paul.hear(), support::closed);
  EXPECT_EQ(stranger.hear(), for_good) << "who has not logged in, too";
  for (const auto* from : {"127.0.0.64", "127.0.0.66", "127.0.0.127"}) {
    line_client client(server_.endpoint(), from);
    EXPECT_EQ(client.hear(), for_good) << from;
    EXPECT_EQ(client.hear(), support::closed) << from;
  }
  EXPECT_TRUE(is_let_in("127.0.0.63"));
  EXPECT_TRUE(is_let_in("127.0.0.128"));
  zoe.say("MSG (Général):encore là");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: encore là");
  EXPECT_EQ(answer({"user", "paul"})["disabled"], false) << "the account stays";

  answer({"unban", "127.0.0.64/26"});
  EXPECT_TRUE(is_let_in("127.0.0.66"));
  EXPECT_THAT(answer({"bans"}), IsEmpty());
  EXPECT_THAT(column(answer({"log", "2"}), "what"), ElementsAre("ban_address", "unban_address"));
}

TEST_P(AddressBans, LastForATimeAndOutlastARestart) {
  answer({"ban", "127.0.0.9", "--for=2h"});
  answer({"ban", "2001:db8::7/48", "robots"});
  answer({"ban", "casino", "--name"});

  EXPECT_EQ(line_client(server_.endpoint(), "127.0.0.9").hear(), for_a_time);
  const auto out = answer({"bans"});
  EXPECT_THAT(column(out, "user"), ElementsAre("127.0.0.9", "2001:db8::/48", "casino"));
  EXPECT_THAT(column(out, "kind"), ElementsAre("address", "network", "name"));
  EXPECT_THAT(column(out, "by"), ElementsAre("local", "local", "local"));
  EXPECT_THAT(column(out, "reason"), ElementsAre("", "robots", ""));
  EXPECT_NE(out[0]["until"], "for good");
  EXPECT_EQ(out[1]["until"], "for good");
  EXPECT_THAT(column(answer({"bans", "--limit=1", "--after=127.0.0.9"}), "user"), ElementsAre("2001:db8::/48"));

  ASSERT_EQ(server_.stop(), 0);
  server_.start();

  EXPECT_EQ(line_client(server_.endpoint(), "127.0.0.9").hear(), for_a_time);
  EXPECT_TRUE(is_let_in("127.0.0.8"));
  EXPECT_EQ(answer({"bans"}), out);
  answer({"ban", "127.0.0.9"});
  EXPECT_EQ(line_client(server_.endpoint(), "127.0.0.9").hear(), for_good) << "said last";
}

TEST_P(AddressBans, AreReadPageByPageBesideNamesThatAreSpelledAlike) {
  answer({"ban", "127.0.0.9"});
  answer({"ban", "127.0.0.9", "--name"});
  answer({"ban", "casino", "--name"});

  words rows;
  std::string after;
  for (;;) {
    auto said = words{"bans", "--limit=1"};
    if (!after.empty())
      said.push_back("--after=" + after);
    const auto page = answer(said);
    if (page.empty() || rows.size() > 3)
      break;
    after = page[0]["kind"].get<std::string>() + ":" + page[0]["user"].get<std::string>();
    rows.push_back(after);
  }

  EXPECT_EQ(rows, (words{"address:127.0.0.9", "name:127.0.0.9", "name:casino"}));
  EXPECT_THAT(column(answer({"bans", "--after=127.0.0.9"}), "user"), ElementsAre("casino")) << "behind both";
  EXPECT_THAT(column(answer({"bans", "--sort=-user", "--after=name:casino"}), "kind"), ElementsAre("address", "name"));
  EXPECT_THAT(column(answer({"bans", "--after=network:127.0.0.9"}), "user"), ElementsAre("casino")) << "is not there";
}

TEST_P(AddressBans, CloseWithoutAWordWhereThatWouldCostAHandshake) {
  ASSERT_EQ(server_.stop(), 0);
  server_.options.listen = {"tls://127.0.0.1:0"};
  server_.start();
  answer({"ban", "127.0.0.9"});

  line_client client("tcp" + server_.endpoint().substr(3), "127.0.0.9");

  EXPECT_EQ(client.hear(), support::closed);
  EXPECT_TRUE(is_let_in("127.0.0.8"));
}

TEST_P(AddressBans, TellNoMoreThanManyAtOnceWhy) {
  answer({"ban", "127.0.0.9"});
  std::vector<std::unique_ptr<line_client>> crowd;
  for (int n = 0; n < 64; ++n) // who are told, and do not close
    crowd.push_back(std::make_unique<line_client>(server_.endpoint(), "127.0.0.9"));

  line_client next(server_.endpoint(), "127.0.0.9");

  EXPECT_EQ(next.hear(), support::closed);
  EXPECT_TRUE(is_let_in("127.0.0.8"));
  for (auto& each : crowd)
    EXPECT_EQ(each->hear(), for_good);
  crowd.clear();
  EXPECT_TRUE(support::eventually([&] { return line_client(server_.endpoint(), "127.0.0.9").hear() == for_good; }));
}

TEST_P(AddressBans, AreNoMattersOfTheAdminPort) {
  answer({"ban", "127.0.0.0/8"});

  EXPECT_EQ(line_client(server_.endpoint()).hear(), for_good);
  answer({"unban", "127.0.0.1/8"}); // from 127.0.0.1
  EXPECT_TRUE(is_let_in("127.0.0.1"));
}

TEST_P(AddressBans, RefuseWhatCannotBeMeant) {
  answer({"user", "add", "203.0.113.7"}, "secret\n");

  refused({"ban", "0.0.0.0/0"}, 2, "too much to be meant");
  refused({"ban", "::/0"}, 2, "too much to be meant");
  refused({"ban", "10.0.0.0/7"}, 2, "10.0.0.0/7 is too much to be meant");
  refused({"ban", "2000::/15"}, 2, "too much to be meant");
  refused({"ban", "203.0.113.0/33"}, 1, "no such user, and it is no address or network");
  refused({"ban", "203.0.113.7"}, 1, "a user has that name");
  refused({"ban", "203.0.113.8", "--for=tomorrow"}, 2, "--for is a time");
  refused({"ban", "203.0.113.8", "--for=59s"}, 2, "--for is a time");
  refused({"ban", "203.0.113.8", "--for=367d"}, 2, "--for is a time");
  refused({"ban", "zoë", "--for=1h"}, 2, "kick puts a user out for a time");
  refused({"unban", "203.0.113.8"}, 1, "just this address or network is not banned");
  EXPECT_THAT(answer({"bans"}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Databases, AddressBans, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
